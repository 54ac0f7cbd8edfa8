import Foundation
import Synchronization

/// A TCP proxy on 127.0.0.1 whose connections can be forgotten without a word, as a firewall does with idle ones.
public final class FreezingProxy: Sendable {
    public let port: UInt16
    private let connections: Connections

    /// - Parameter target: a port of 127.0.0.1, where each connection is led on to.
    public init(to target: UInt16) throws {
        let (listener, port) = try FreePort.listen()
        self.port = port
        let connections = Connections(listener: listener, target: target)
        self.connections = connections
        let thread = Thread {
            while connections.forward() {}
        }
        thread.start()
    }

    deinit {
        connections.stop()
    }

    /// From now on nothing passes over the connections that were made so far; they stay open. Later ones work.
    public func freeze() {
        connections.freeze()
    }
}

/// What the proxy and its thread share. The thread alone polls, without the lock, and closes.
private final class Connections: Sendable {
    private struct State {
        var pairs: [Pair] = []
        var frozen: [Pair] = []
        var isStopped = false
    }

    private let listener: CInt
    private let target: UInt16
    private let state = Mutex(State())

    init(listener: CInt, target: UInt16) {
        self.listener = listener
        self.target = target
        // Somebody who gave up may be gone between `poll` and `accept`.
        _ = fcntl(listener, F_SETFL, O_NONBLOCK)
    }

    func freeze() {
        state.withLock { state in
            // One that is made may still wait to be accepted.
            accept(into: &state.pairs)
            state.frozen += state.pairs
            state.pairs = []
        }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
    }

    /// Waits for something to do, a few milliseconds at most, and does it.
    ///
    /// - Returns: false when all is closed because of `stop()`.
    func forward() -> Bool {
        var descriptors = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        descriptors += state.withLock { $0.pairs.flatMap { [$0.toServer.interest, $0.toClient.interest] } }
        _ = poll(&descriptors, nfds_t(descriptors.count), 5)
        return state.withLock { state in
            if state.isStopped {
                for pair in state.pairs + state.frozen { pair.close() }
                close(listener)
                return false
            }
            accept(into: &state.pairs)
            for index in state.pairs.indices { state.pairs[index].forward() }
            for pair in state.pairs where pair.isDone { pair.close() }
            state.pairs.removeAll(where: \.isDone)
            return true
        }
    }

    private func accept(into pairs: inout [Pair]) {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            // A program of a test would keep it open.
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            guard let server = connect() else {
                close(client)
                continue
            }
            pairs.append(Pair(client: client, server: server))
        }
    }

    private func connect() -> CInt? {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = target.bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Glibc.connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isConnected { return descriptor }
        close(descriptor)
        return nil
    }
}

/// A connection of a client and the one to the server that belongs to it.
private struct Pair {
    var toServer: Direction
    var toClient: Direction

    init(client: CInt, server: CInt) {
        toServer = Direction(from: client, to: server)
        toClient = Direction(from: server, to: client)
    }

    var isDone: Bool { toServer.isBroken || toClient.isBroken || (toServer.hasEnded && toClient.hasEnded) }

    mutating func forward() {
        toServer.forward()
        toClient.forward()
    }

    func close() {
        Glibc.close(toServer.source)
        Glibc.close(toServer.destination)
    }
}

/// What goes one way.
private struct Direction {
    let source: CInt
    let destination: CInt
    /// Read and not sent yet; nothing more is read meanwhile.
    private var pending: ArraySlice<UInt8> = []
    /// The source has sent its last, and the destination was told.
    private(set) var hasEnded = false
    private(set) var isBroken = false

    init(from source: CInt, to destination: CInt) {
        self.source = source
        self.destination = destination
    }

    /// What there is to wait for; `poll` passes over a negative descriptor.
    var interest: pollfd {
        if hasEnded { return pollfd(fd: -1, events: 0, revents: 0) }
        return pending.isEmpty
            ? pollfd(fd: source, events: Int16(POLLIN), revents: 0)
            : pollfd(fd: destination, events: Int16(POLLOUT), revents: 0)
    }

    /// Passes on what can be passed on without waiting.
    mutating func forward() {
        if pending.isEmpty, !hasEnded { receive() }
        guard !pending.isEmpty else { return }
        let count = pending.withUnsafeBytes {
            send(destination, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        if count >= 0 { pending.removeFirst(count) } else { isBroken = errno != EAGAIN && errno != EINTR }
    }

    private mutating func receive() {
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = recv(source, &bytes, bytes.count, CInt(MSG_DONTWAIT))
        if count > 0 {
            pending = bytes[..<count]
        } else if count == 0 {
            hasEnded = true
            shutdown(destination, CInt(SHUT_WR))
        } else {
            isBroken = errno != EAGAIN && errno != EINTR
        }
    }
}
