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
            if let port = try reserve(0) { return port }
        }
    }

    /// Keeps a port as `next` does.
    ///
    /// - Parameter port: 0 is any.
    /// - Returns: nil if somebody has it.
    public static func reserve(_ port: UInt16) throws -> UInt16? {
        guard let (socket, port) = try bound(to: sockaddr_in(address: "127.0.0.1", port: port), isReusable: true) else {
            return nil
        }
        do {
            let socket6 = try bound(to: sockaddr_in6(loopbackPort: port), isReusable: true)?.socket
            guard let socket6 else {
                close(socket)
                return nil
            }
            reserved.withLock { $0 += [socket, socket6] }
        } catch let error as POSIXError where [.EADDRNOTAVAIL, .EAFNOSUPPORT].contains(error.code) {
            // There is no ::1 here.
            reserved.withLock { $0.append(socket) }
        }
        return port
    }

    /// Never closed.
    private static let reserved = Mutex<[CInt]>([])

    /// A socket that listens on one.
    ///
    /// - Parameters:
    ///   - local: an address of this machine, 127.0.0.1 or another in 127.0.0.0/8.
    ///   - port: 0 is any.
    public static func listen(
        on local: String = "127.0.0.1", port: UInt16 = 0
    ) throws -> (socket: CInt, port: UInt16) {
        // A port that was asked for can be listened on again while connections that were made there still end.
        let address = sockaddr_in(address: local, port: port)
        guard let (descriptor, port) = try bound(to: address, isReusable: port != 0) else {
            throw POSIXError(.EADDRINUSE)
        }
        guard Glibc.listen(descriptor, 16) == 0 else {
            let error = lastError()
            close(descriptor)
            throw error
        }
        return (descriptor, port)
    }

    /// - Parameter address: a `sockaddr_in` or `sockaddr_in6`.
    /// - Returns: nil if somebody has that port.
    private static func bound<Address>(
        to address: Address, isReusable: Bool
    ) throws -> (socket: CInt, port: UInt16)? {
        let family = address is sockaddr_in6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw lastError() }
        var isOn: CInt = isReusable ? 1 : 0
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<CInt>.size))
        var address = address
        var length = socklen_t(MemoryLayout<Address>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else {
            let error = lastError()
            close(descriptor)
            if error.code == .EADDRINUSE { return nil }
            throw error
        }
        // Both kinds of address have it at the same place.
        let port = withUnsafeBytes(of: address) { $0.load(fromByteOffset: 2, as: UInt16.self) }
        return (descriptor, UInt16(bigEndian: port))
    }

    private static func lastError() -> POSIXError {
        POSIXError(POSIXErrorCode(rawValue: errno) ?? .EINVAL)
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

extension sockaddr_in6 {
    fileprivate init(loopbackPort port: UInt16) {
        self.init()
        sin6_family = sa_family_t(AF_INET6)
        sin6_port = port.bigEndian
        sin6_addr = in6addr_loopback
    }
}
