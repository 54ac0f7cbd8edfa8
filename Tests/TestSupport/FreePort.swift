import Foundation

/// A port that is free at the moment.
public enum FreePort {
    public static func next() throws -> UInt16 {
        let (socket, port) = try listen()
        close(socket)
        return port
    }

    /// A socket that listens on one.
    ///
    /// - Parameters:
    ///   - local: an address of this machine, 127.0.0.1 or another in 127.0.0.0/8.
    ///   - port: 0 is any.
    public static func listen(
        on local: String = "127.0.0.1", port: UInt16 = 0
    ) throws -> (socket: CInt, port: UInt16) {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // A port that was asked for can be listened on again while connections that were made there still end.
        var isOn: CInt = port == 0 ? 0 : 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(local)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 16) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else {
            let code = errno
            close(descriptor)
            throw ChildProcess.Failure(description: "no port is free: errno \(code)")
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
