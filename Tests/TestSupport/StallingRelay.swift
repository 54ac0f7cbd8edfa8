import Foundation
import Synchronization

/// Stands between a client and a server, and after so many of the server's bytes lets nothing through any more.
public final class StallingRelay: Sendable {
    public let port: UInt16
    private let isStopped = Stop()

    private final class Stop: Sendable {
        let value = Atomic(false)
    }

    /// - Parameters:
    ///   - server: its port on 127.0.0.1.
    ///   - limit: the bytes of the server that reach a client, on each connection.
    ///   - address: where it listens.
    public init(to server: UInt16, limit: Int = .max, on address: String = "127.0.0.1") throws {
        let (listener, port) = try FreePort.listen(on: address)
        self.port = port
        let isStopped = isStopped
        Thread {
            struct Pair {
                let client: CInt
                let server: CInt
                var left: Int
            }
            var pairs: [Pair] = []
            var buffer = [UInt8](repeating: 0, count: 65536)
            while !isStopped.value.load(ordering: .relaxed) {
                var descriptors = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
                for pair in pairs {
                    descriptors.append(pollfd(fd: pair.client, events: Int16(POLLIN), revents: 0))
                    descriptors.append(pollfd(fd: pair.left > 0 ? pair.server : -1, events: Int16(POLLIN), revents: 0))
                }
                guard poll(&descriptors, nfds_t(descriptors.count), 50) > 0 else { continue }
                var ended: Set<Int> = []
                for index in pairs.indices {
                    if descriptors[1 + 2 * index].revents != 0 {
                        let count = read(pairs[index].client, &buffer, buffer.count)
                        if count <= 0 { ended.insert(index) }
                        if count > 0 { _ = send(pairs[index].server, buffer, count, CInt(MSG_NOSIGNAL)) }
                    }
                    if descriptors[2 + 2 * index].revents != 0 {
                        let count = read(pairs[index].server, &buffer, min(buffer.count, pairs[index].left))
                        if count <= 0 { ended.insert(index) }
                        if count > 0 {
                            _ = send(pairs[index].client, buffer, count, CInt(MSG_NOSIGNAL))
                            pairs[index].left -= count
                        }
                    }
                }
                for index in ended.sorted(by: >) {
                    close(pairs[index].client)
                    close(pairs[index].server)
                    pairs.remove(at: index)
                }
                if descriptors[0].revents != 0 {
                    let client = accept(listener, nil, nil)
                    if client >= 0, let server = try? connectLoopback(server) {
                        pairs.append(Pair(client: client, server: server, left: limit))
                    } else if client >= 0 {
                        close(client)
                    }
                }
            }
            for pair in pairs {
                close(pair.client)
                close(pair.server)
            }
            close(listener)
        }.start()
    }

    deinit {
        isStopped.value.store(true, ordering: .relaxed)
    }
}

private func connectLoopback(_ port: UInt16) throws -> CInt {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let code = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard code == 0 else {
        close(descriptor)
        throw ChildProcess.Failure(description: "no connection: errno \(errno)")
    }
    return descriptor
}
