#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
internal import Synchronization

/// Looks host names up without ever holding a caller beyond its deadline.
///
/// `getaddrinfo` has no time limit of ours (10 s were seen with a silent name server) and can't be cut, so each look-up
/// has a thread of its own; one that outlives its caller is left behind, and at most `maxLeftBehind` may be.
public final class NameResolver: Sendable {
    public enum Failure: Error, Sendable, Hashable {
        /// The name server says that there is no such host, or fails (`getaddrinfo`'s code, `EAI_*`).
        case notFound(code: CInt)
        case deadlineExceeded
        /// The task was cancelled.
        case cancelled
        /// As many look-ups hang as may: nothing new is started until one of them ends.
        case tooManyLeftBehind
        /// The system has no thread for it.
        case noThreadLeft
    }

    private let underWay = Atomic<Int>(0)
    private let maxLeftBehind: Int
    private let watchdog: Watchdog

    public init(maxLeftBehind: Int = 8, watchdog: Watchdog = .shared) {
        self.maxLeftBehind = maxLeftBehind
        self.watchdog = watchdog
    }

    /// The addresses of `host` as text, in the system's order (RFC 6724), each once. An address is its own answer.
    public func addresses(
        of host: String, by deadline: ContinuousClock.Instant
    ) async throws(Failure) -> [String] {
        if Self.isNumeric(host) { return [host] }
        guard underWay.wrappingAdd(1, ordering: .relaxed).newValue <= maxLeftBehind else {
            underWay.wrappingSubtract(1, ordering: .relaxed)
            throw .tooManyLeftBehind
        }
        let outcome: Result<[String], Failure> = await answer(
            by: deadline, watchdog: watchdog, late: { .failure(.deadlineExceeded) },
            work: {
                let outcome = Outcome()
                return await withTaskCancellationHandler {
                    await withCheckedContinuation { continuation in
                        outcome.wait(continuation)
                        do throws(ThreadRefused) {
                            // Detached from its handle on purpose: nobody can join a look-up that hangs.
                            try JoinableThread(name: "name look-up") {
                                let addresses = Self.getAddresses(host)
                                self.underWay.wrappingSubtract(1, ordering: .relaxed)
                                outcome.settle(addresses)
                            }.detach()
                        } catch {
                            self.underWay.wrappingSubtract(1, ordering: .relaxed)
                            outcome.settle(.failure(.noThreadLeft))
                        }
                    }
                } onCancel: {
                    outcome.settle(.failure(.cancelled))
                }
            })
        return try outcome.get()
    }

    /// Whether the text is an IPv4 or IPv6 address (a zone such as `fe80::1%eth0` included).
    public static func isNumeric(_ host: String) -> Bool {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return false }
        freeaddrinfo(list)
        return true
    }

    private static func getAddresses(_ host: String) -> Result<[String], Failure> {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { return .failure(.notFound(code: code)) }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var next = list
        while let entry = next?.pointee {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(
                entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            {
                // Never empty: it has NI_MAXHOST elements.
                let address = text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
                if !addresses.contains(address) { addresses.append(address) }
            }
            next = entry.ai_next
        }
        return addresses.isEmpty ? .failure(.notFound(code: EAI_NONAME)) : .success(addresses)
    }
}

/// The answer or the cancellation, whichever comes first.
private final class Outcome: Sendable {
    typealias Addresses = Result<[String], NameResolver.Failure>

    private struct State {
        var continuation: CheckedContinuation<Addresses, Never>?
        var settled: Addresses?
    }

    private let state = Mutex(State())

    func wait(_ continuation: CheckedContinuation<Addresses, Never>) {
        let settled = state.withLock { state in
            if state.settled == nil { state.continuation = continuation }
            return state.settled
        }
        if let settled { continuation.resume(returning: settled) }
    }

    func settle(_ addresses: Addresses) {
        let continuation = state.withLock { state in
            if state.settled == nil { state.settled = addresses }
            return state.continuation.take()
        }
        continuation?.resume(returning: addresses)
    }
}
