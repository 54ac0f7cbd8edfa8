import Foundation
import Synchronization

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
