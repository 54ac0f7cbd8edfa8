import Foundation
import Synchronization

/// Ports of 127.0.0.1 and ::1 for the servers that a test starts.
public enum FreePort {
    /// A port that nobody else gets while this process lives: for one server, or for nobody to listen on.
    ///
    /// A socket is bound to it for good and never listens. The system gives such a port neither to who asks for any nor to
    /// an outgoing connection, and a server that says SO_REUSEADDR (slapd, PostgreSQL and most others) may still listen on
    /// it, as often as it is started.
    public static func next() throws -> UInt16 {
        while true {
            let (socket, port) = try bound(to: sockaddr_in(address: "127.0.0.1", port: 0), isReusable: true)
            guard let socket6 = try reserved6(port) else {
                close(socket)
                continue
            }
            reserved.withLock { $0 += [socket, socket6] }
            return port
        }
    }

    /// Never closed.
    private static let reserved = Mutex<[CInt]>([])

    /// - Returns: nil if somebody has it; -1 if there is no ::1 here.
    private static func reserved6(_ port: UInt16) throws -> CInt? {
        let descriptor = socket(AF_INET6, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return -1 }
        setReusable(descriptor)
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_addr = in6addr_loopback
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
            }
        }
        if isBound { return descriptor }
        let code = errno
        close(descriptor)
        return code == EADDRINUSE ? nil : -1
    }

    /// A socket that listens on one.
    ///
    /// - Parameters:
    ///   - local: an address of this machine, 127.0.0.1 or another in 127.0.0.0/8.
    ///   - port: 0 is any.
    public static func listen(
        on local: String = "127.0.0.1", port: UInt16 = 0
    ) throws -> (socket: CInt, port: UInt16) {
        // A port that was asked for can be listened on again while connections that were made there still end.
        let (descriptor, port) = try bound(to: sockaddr_in(address: local, port: port), isReusable: port != 0)
        guard Glibc.listen(descriptor, 16) == 0 else {
            let code = errno
            close(descriptor)
            throw ChildProcess.Failure(description: "nobody can listen on port \(port): errno \(code)")
        }
        return (descriptor, port)
    }

    private static func bound(
        to address: sockaddr_in, isReusable: Bool
    ) throws -> (socket: CInt, port: UInt16) {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if isReusable { setReusable(descriptor) }
        var address = address
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else {
            let code = errno
            close(descriptor)
            throw ChildProcess.Failure(description: "no port is free: errno \(code)")
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private static func setReusable(_ descriptor: CInt) {
        var isOn: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<CInt>.size))
    }
}

extension sockaddr_in {
    fileprivate init(address: String, port: UInt16) {
        self.init()
        sin_family = sa_family_t(AF_INET)
        sin_port = port.bigEndian
        sin_addr.s_addr = inet_addr(address)
    }
}
