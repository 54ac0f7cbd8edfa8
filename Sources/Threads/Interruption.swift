internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Tells a thread in the middle of a call that nobody waits for the result any more.
///
/// The thread polls `descriptor` beside its socket, or looks at `reason` now and then; anyone else may `raise` it. It
/// stays raised until `reset()`, which whoever makes the next call does before it starts; `close()` is for good.
public final class Interruption: Sendable {
    public enum Reason: Sendable, Hashable {
        /// This call isn't wanted any more.
        case cancelled
        /// No call is.
        case closed
    }

    /// Readable while there is a reason. Never read or closed by anyone else.
    public let descriptor: CInt

    private let writeEnd: CInt
    private let state = Mutex<Reason?>(nil)

    /// - Returns: nil if the process has no descriptor left.
    public init?() {
        // A pair of sockets, because eventfd(2) and pipe2(2) are not to be had from Swift without a shim.
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let ends = withUnsafeTemporaryAllocation(of: CInt.self, capacity: 2) { ends -> (CInt, CInt)? in
            socketpair(AF_UNIX, kind, 0, ends.baseAddress) == 0 ? (ends[0], ends[1]) : nil
        }
        guard let ends else { return nil }
        descriptor = ends.0
        writeEnd = ends.1
    }

    public var reason: Reason? {
        state.withLock { $0 }
    }

    /// Ends the call that is under way.
    public func raise() {
        set(.cancelled)
    }

    /// Ends the call that is under way and all later ones.
    public func close() {
        set(.closed)
    }

    private func set(_ reason: Reason) {
        state.withLock { state in
            if state == nil {
                // One byte is on its way while there is a reason, so this can't block.
                withUnsafeBytes(of: UInt8(1)) { _ = write(writeEnd, $0.baseAddress, 1) }
            }
            if state != .closed { state = reason }
        }
    }

    /// Makes ready for the next call. A closed one stays closed.
    public func reset() {
        state.withLock { state in
            guard state == .cancelled else { return }
            withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { _ = read(descriptor, $0.baseAddress, 1) }
            state = nil
        }
    }

    deinit {
        closeDescriptor(descriptor)
        closeDescriptor(writeEnd)
    }
}

// Inside the class `close` is the method.
private func closeDescriptor(_ descriptor: CInt) {
    close(descriptor)
}
