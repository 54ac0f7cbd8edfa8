import Foundation

/// A client's connection to a `FaultProxy` and the one to the server that belongs to it. Nothing here waits.
struct ProxyConnection {
    let number: Int
    /// How many bytes of the server the client was given.
    private(set) var delivered = 0
    /// When there is something to do though nothing comes in.
    private(set) var due: ContinuousClock.Instant?
    private(set) var isDone = false
    private var behaviour: FaultProxy.Behaviour
    private let client: CInt
    /// Nil if the client talks to nobody.
    private let server: CInt?
    private var toServer = Stream()
    private var toClient = Stream()
    private var babbled = 0

    init(number: Int, client: CInt, server: CInt?, _ behaviour: FaultProxy.Behaviour) {
        self.number = number
        self.client = client
        self.server = server
        self.behaviour = behaviour
        if case .babbling = behaviour { due = .now }
    }

    mutating func freeze() {
        behaviour = .silent
        due = nil
    }

    /// What there is to wait for.
    var interests: [pollfd] {
        let idle = pollfd(fd: -1, events: 0, revents: 0)
        let fromClient = toServer.interest(from: client, to: server)
        guard let server, !isSilent, due == nil, allowance > 0 else { return [fromClient, idle] }
        return [fromClient, toClient.interest(from: server, to: client)]
    }

    private var isSilent: Bool {
        if case .silent = behaviour { true } else { false }
    }

    /// How many more bytes of the server the client may be given.
    private var allowance: Int {
        switch behaviour {
        case .stalling(let limit), .resetting(let limit): limit - delivered
        default: .max
        }
    }

    /// Passes on what can be passed on without waiting, as far as its behaviour lets it.
    mutating func forward() {
        if case .babbling(let bytes) = behaviour { babble(bytes) }
        forwardToServer()
        forwardToClient()
        if case .resetting = behaviour, allowance <= 0 {
            reset()
            isDone = true
        }
    }

    private mutating func babble(_ bytes: [UInt8]) {
        guard let due, due <= .now else { return }
        _ = send(client, [bytes[babbled % bytes.count]], 1, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
        babbled += 1
        self.due = due + .milliseconds(5)
    }

    private mutating func forwardToServer() {
        toServer.receive(from: client)
        guard let server, !isSilent else {
            // Taken and forgotten. A frozen connection stays open on the other side.
            toServer.pending = []
            if toServer.hasEnded || toServer.isBroken { isDone = server == nil }
            return
        }
        toServer.send(to: server)
        if toServer.isBroken { isDone = true }
        if case .stalling = behaviour, toServer.hasEnded { isDone = true }
    }

    private mutating func forwardToClient() {
        guard let server, !isSilent, allowance > 0 else { return }
        switch behaviour {
        case .dripping(let interval):
            toClient.receive(from: server)
            if due.map({ $0 <= .now }) ?? true {
                delivered += toClient.send(to: client, atMost: 1)
                due = toClient.pending.isEmpty ? nil : .now + interval
            }
        case .delaying(let delay):
            let wasEmpty = toClient.pending.isEmpty
            toClient.receive(from: server)
            if wasEmpty, !toClient.pending.isEmpty { due = .now + delay }
            if due.map({ $0 <= .now }) ?? true {
                delivered += toClient.send(to: client)
                due = nil
            }
        case .rewriting(let rewrite):
            toClient.receive(from: server) { LDAPMessage.takeAll(from: &$0).flatMap { rewrite($0).bytes } }
            delivered += toClient.send(to: client)
        default:
            toClient.receive(from: server, atMost: allowance)
            delivered += toClient.send(to: client)
        }
        if toClient.isBroken || (toClient.hasEnded && toServer.hasEnded) { isDone = true }
    }

    // MARK: Ends

    func reset() {
        for descriptor in [client, server].compactMap({ $0 }) { resetSocket(descriptor) }
    }

    func end() {
        for descriptor in [client, server].compactMap({ $0 }) { close(descriptor) }
    }
}

/// What goes one way.
private struct Stream {
    /// Read and not sent yet; nothing more is read meanwhile.
    var pending: ArraySlice<UInt8> = []
    /// Read, and not to be sent as it is.
    private var arrived: [UInt8] = []
    /// The source has sent its last.
    private(set) var hasEnded = false
    private(set) var isBroken = false

    func interest(from source: CInt, to destination: CInt?) -> pollfd {
        if let destination, !pending.isEmpty {
            return pollfd(fd: destination, events: Int16(POLLOUT), revents: 0)
        }
        // `poll` passes over a negative descriptor.
        return pollfd(fd: hasEnded || isBroken ? -1 : source, events: Int16(POLLIN), revents: 0)
    }

    /// - Parameter transform: takes from what has arrived what is to be sent, as it is to be sent.
    mutating func receive(
        from source: CInt, atMost limit: Int = .max,
        _ transform: (inout [UInt8]) -> [UInt8] = { arrived in
            defer { arrived = [] }
            return arrived
        }
    ) {
        guard pending.isEmpty, !hasEnded, !isBroken, limit > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: min(limit, 65536))
        let count = recv(source, &bytes, bytes.count, CInt(MSG_DONTWAIT))
        if count > 0 {
            arrived += bytes[..<count]
            pending = transform(&arrived)[...]
        } else if count == 0 {
            hasEnded = true
        } else {
            isBroken = errno != EAGAIN && errno != EINTR
        }
    }

    /// Also tells the destination of the end.
    ///
    /// - Returns: how many bytes were sent.
    @discardableResult
    mutating func send(to destination: CInt, atMost limit: Int = .max) -> Int {
        var sent = 0
        if !pending.isEmpty {
            let count = pending.withUnsafeBytes {
                Glibc.send(destination, $0.baseAddress, min($0.count, limit), CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count >= 0 {
                pending.removeFirst(count)
                sent = count
            } else {
                isBroken = errno != EAGAIN && errno != EINTR
            }
        }
        if hasEnded, pending.isEmpty { shutdown(destination, CInt(SHUT_WR)) }
        return sent
    }
}

/// Closes a socket so that its other end gets a RST, whatever is still to be sent.
func resetSocket(_ descriptor: CInt) {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close(descriptor)
}
