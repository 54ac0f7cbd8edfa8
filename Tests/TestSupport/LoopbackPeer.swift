import Foundation
import Synchronization

/// A port that is free at the moment.
public enum FreePort {
    public static func next() throws -> UInt16 {
        let (socket, port) = try listen()
        close(socket)
        return port
    }

    /// - Parameter address: of this machine, 127.0.0.1 or another in 127.0.0.0/8.
    public static func listen(on local: String = "127.0.0.1") throws -> (socket: CInt, port: UInt16) {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr(local)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 16) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw ChildProcess.Failure(description: "no port is free: errno \(errno)") }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}

/// A peer that accepts connections and then isn't one to talk to.
public final class LoopbackPeer: Sendable {
    public enum Manner: Sendable {
        /// It says nothing at all.
        case silent
        /// It sends the bytes over and over, one each 5 ms.
        case dripping([UInt8])
    }

    public let port: UInt16
    private let stop = Stop()

    public init(_ manner: Manner) throws {
        let (listener, port) = try FreePort.listen()
        self.port = port
        let stop = stop
        let thread = Thread {
            var peers: [CInt] = []
            var position = 0
            while !stop.isStopped.load(ordering: .relaxed) {
                var descriptor = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
                if poll(&descriptor, 1, 5) > 0 {
                    let peer = accept(listener, nil, nil)
                    if peer >= 0 { peers.append(peer) }
                }
                if case .dripping(let bytes) = manner {
                    for peer in peers { _ = send(peer, [bytes[position % bytes.count]], 1, CInt(MSG_NOSIGNAL)) }
                    position += 1
                }
            }
            for peer in peers { close(peer) }
            close(listener)
        }
        thread.start()
    }

    private final class Stop: Sendable {
        let isStopped = Atomic(false)
    }

    deinit {
        stop.isStopped.store(true, ordering: .relaxed)
    }
}
