import Foundation
import Synchronization

/// A TCP proxy between a client and a real server, whose faults a test switches while it runs.
///
///     let proxy = try FaultProxy(to: server.port)
///     proxy.behaviour = .resetting(after: 40)  // for the connections that come from now on
///     proxy.freeze()                           // and those that are there
///
/// It also stands where there is no server at all. Everything happens on one thread of its own; a call returns once it has
/// taken effect.
public final class FaultProxy: Sendable {
    /// What becomes of a connection; settled when it is made.
    public enum Behaviour: Sendable {
        case passing
        /// Nobody listens: the system refuses it.
        case refusing
        /// Its first packet is dropped, as a firewall does: it is never made.
        case dropping
        /// It is accepted, and that is all.
        case silent
        /// It is sent these bytes over and over, one each 5 ms, whatever it says itself.
        case babbling([UInt8])
        /// After so many of the server's bytes no more of them come; what the client says still reaches the server.
        case stalling(after: Int)
        /// The server's bytes come one by one.
        case dripping(every: Duration)
        /// Whatever the server says comes so much later.
        case delaying(by: Duration)
        /// It ends with a RST after so many of the server's bytes.
        case resetting(after: Int)
        /// Each LDAP message of the server comes as this makes it. Without TLS only.
        case rewriting(@Sendable (LDAPMessage) -> LDAPMessage)
    }

    public let port: UInt16
    private let commands: Commands
    private let current: Mutex<Behaviour>

    /// - Parameters:
    ///   - target: a port of 127.0.0.1, where each connection is led on to; nil if there is no server.
    ///   - address: where it listens.
    public init(
        to target: UInt16? = nil, _ behaviour: Behaviour = .passing, on address: String = "127.0.0.1"
    ) throws {
        // A port that was asked for stays ours while nobody listens there.
        let (listener, port) = try FreePort.listen(on: address, port: try FreePort.next())
        self.port = port
        current = Mutex(behaviour)
        let commands = try Commands()
        self.commands = commands
        Thread {
            var loop = ProxyLoop(listener: listener, target: target, commands: commands)
            while loop.turn() {}
            loop.end()
        }.start()
        commands.run { $0.take(behaviour) }
    }

    deinit {
        commands.stop()
    }

    /// Of the connections that are made from now on.
    public var behaviour: Behaviour {
        get { current.withLock { $0 } }
        set {
            current.withLock { $0 = newValue }
            commands.run { $0.take(newValue) }
        }
    }

    /// From now on nothing passes over the connections that were made so far, in either direction; they stay open.
    public func freeze() {
        commands.run { $0.freeze() }
    }

    /// Ends the connections that were made so far, with a RST to both sides.
    public func cut() {
        commands.run { $0.cut() }
    }

    /// The connections that were accepted so far, in their order: how many bytes of the server each was given.
    public var deliveries: [Int] {
        let answer = Mutex<[Int]>([])
        commands.run { loop in answer.withLock { $0 = loop.deliveries } }
        return answer.withLock { $0 }
    }

    /// How many connections were accepted so far.
    public var connectionCount: Int { deliveries.count }
}

/// What the proxy's thread is told to do; it is woken for it.
private final class Commands: Sendable {
    typealias Command = @Sendable (inout ProxyLoop) -> Void

    private let waiting = Mutex<[Command]>([])
    private let hasStopped = Atomic(false)
    /// A pipe: something in it wakes the thread.
    private let alarm: (read: CInt, write: CInt)

    init() throws {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw ChildProcess.Failure(description: "no descriptor is left: errno \(errno)")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        alarm = (ends[0], ends[1])
    }

    var descriptor: CInt { alarm.read }

    private func wake() {
        _ = write(alarm.write, [1], 1)
    }

    /// Has the thread do it, and waits for that: a moment.
    func run(_ command: @escaping Command) {
        let isDone = DispatchSemaphore(value: 0)
        waiting.withLock {
            $0.append { loop in
                command(&loop)
                isDone.signal()
            }
        }
        wake()
        isDone.wait()
    }

    func stop() {
        hasStopped.store(true, ordering: .relaxed)
        wake()
    }

    var isStopped: Bool { hasStopped.load(ordering: .relaxed) }

    func take() -> [Command] {
        var bytes = [UInt8](repeating: 0, count: 64)
        _ = read(alarm.read, &bytes, bytes.count)
        return waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    deinit {
        close(alarm.read)
        close(alarm.write)
    }
}

/// The proxy's thread: it alone touches the sockets, and never waits for one.
private struct ProxyLoop {
    private let listener: CInt
    private let target: UInt16?
    private let commands: Commands
    private var behaviour = FaultProxy.Behaviour.passing
    private var isListening = true
    /// Fills the system's queue of connections to be accepted.
    private var filler: CInt?
    private var connections: [ProxyConnection] = []
    private(set) var deliveries: [Int] = []

    init(listener: CInt, target: UInt16?, commands: Commands) {
        self.listener = listener
        self.target = target
        self.commands = commands
        // Somebody who gave up may be gone between `poll` and `accept`.
        _ = fcntl(listener, F_SETFL, O_NONBLOCK)
    }

    // MARK: Commands

    mutating func take(_ behaviour: FaultProxy.Behaviour) {
        accept()
        self.behaviour = behaviour
        switch behaviour {
        case .refusing:
            stopListening()
        case .dropping:
            stopListening()
            // A queue of 0 has room for one (tcp(7), listen(2)); the packets of a second one are dropped.
            listen(0)
            filler = connectLoopback(to: listener)
        default:
            if filler != nil { stopListening() }
            if !isListening { listen(128) }
        }
    }

    /// Linux then refuses, and the port stays bound: what HAProxy does to pause a listener.
    private mutating func stopListening() {
        shutdown(listener, CInt(SHUT_RDWR))
        isListening = false
        if let filler { close(filler) }
        filler = nil
    }

    private mutating func listen(_ backlog: CInt) {
        precondition(Glibc.listen(listener, backlog) == 0, "the proxy's port is lost: errno \(errno)")
        isListening = true
    }

    mutating func freeze() {
        // One that is made may still wait to be accepted.
        accept()
        for index in connections.indices { connections[index].freeze() }
    }

    mutating func cut() {
        accept()
        for connection in connections { connection.reset() }
        connections = []
    }

    // MARK: Work

    /// Waits for something to do and does it.
    ///
    /// - Returns: false once the proxy is gone.
    mutating func turn() -> Bool {
        var descriptors = [
            pollfd(fd: commands.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isListening && filler == nil ? listener : -1, events: Int16(POLLIN), revents: 0),
        ]
        descriptors += connections.flatMap(\.interests)
        let due = connections.compactMap(\.due).min().map { ContinuousClock.now.duration(to: $0) }
        let timeout = due.map { CInt(max(($0 / .milliseconds(1)).rounded(.up), 0)) } ?? -1
        _ = poll(&descriptors, nfds_t(descriptors.count), timeout)
        if commands.isStopped { return false }
        for command in commands.take() { command(&self) }
        accept()
        for index in connections.indices {
            connections[index].forward()
            deliveries[connections[index].number] = connections[index].delivered
        }
        for connection in connections where connection.isDone { connection.end() }
        connections.removeAll(where: \.isDone)
        return true
    }

    func end() {
        for connection in connections { connection.end() }
        if let filler { close(filler) }
        close(listener)
    }

    private mutating func accept() {
        while isListening, filler == nil {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            // A program of a test would keep it open.
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            let number = deliveries.count
            deliveries.append(0)
            var server: CInt?
            if let target, behaviour.needsServer {
                server = connectLoopback(to: target)
                // As the server would have done it.
                guard server != nil else {
                    resetSocket(client)
                    continue
                }
            }
            connections.append(ProxyConnection(number: number, client: client, server: server, behaviour))
        }
    }
}

extension FaultProxy.Behaviour {
    fileprivate var needsServer: Bool {
        switch self {
        case .silent, .babbling: false
        case .passing, .refusing, .dropping, .stalling, .dripping, .delaying, .resetting, .rewriting: true
        }
    }
}

/// - Returns: a connected socket that doesn't block; nil if nobody listens there.
private func connectLoopback(to port: UInt16) -> CInt? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = port.bigEndian
    return connectSocket(address)
}

/// A connection to a socket that listens.
private func connectLoopback(to listener: CInt) -> CInt? {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isKnown = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) == 0 }
    }
    return isKnown ? connectSocket(address) : nil
}

private func connectSocket(_ address: sockaddr_in) -> CInt? {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let isConnected = withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
    guard isConnected else {
        close(descriptor)
        return nil
    }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    return descriptor
}
