import Foundation
import TestSupport
import Testing

@Suite struct FreePortTests {
    @Test(arguments: ["127.0.0.1", "::1"])
    func `a port that was handed out is nobody's who asks for any`(_ host: String) throws {
        let ports = Set(try (0..<100).map { _ in try FreePort.next() })
        #expect(ports.count == 100)
        // Enough to meet one of them by chance: the system has 14,000 for who asks.
        for _ in 0..<3000 {
            let socket = openSocket(host)
            defer { close(socket) }
            try #require(withAddress(host, 0) { bind(socket, $0, $1) } == 0)
            let port = try ownPort(of: socket)
            #expect(!ports.contains(port))
        }
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `a port that was handed out is no outgoing connection's, and a server listens there time and again`(
        _ host: String
    ) throws {
        let server = try FreePort.next()
        // Linux has the odd numbers for who asks for a port and the even ones for connections, as long as there are any. So
        // these are ones that connections had.
        var ports: Set<UInt16> = []
        try withListener(host, server) { connect in
            for _ in 0..<1000 where ports.count < 100 {
                if let port = try FreePort.reserve(try connect()) { ports.insert(port) }
            }
        }
        #expect(ports.count == 100)
        for _ in 0..<2 {
            try withListener(host, server) { connect in
                for _ in 0..<5000 {
                    let port = try connect()
                    #expect(!ports.contains(port))
                }
            }
        }
    }

    /// - Parameter body: gets what connects, closes, and says from which port that was.
    private func withListener(_ host: String, _ port: UInt16, _ body: (() throws -> UInt16) throws -> Void) throws {
        let listener = openSocket(host)
        defer { close(listener) }
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, [CInt(1)], socklen_t(MemoryLayout<CInt>.size))
        try #require(withAddress(host, port) { bind(listener, $0, $1) } == 0)
        try #require(listen(listener, 64) == 0)
        try body {
            let client = openSocket(host)
            defer { close(client) }
            try #require(withAddress(host, port) { connect(client, $0, $1) } == 0)
            close(accept(listener, nil, nil))
            // So that the port is free at once.
            var linger = Foundation.linger(l_onoff: 1, l_linger: 0)
            setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            return try ownPort(of: client)
        }
    }

    private func ownPort(of socket: CInt) throws -> UInt16 {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        try #require(code == 0)
        // Both kinds of address have it at the same place.
        return UInt16(bigEndian: withUnsafeBytes(of: address) { $0.load(fromByteOffset: 2, as: UInt16.self) })
    }

    private func openSocket(_ host: String) -> CInt {
        socket(host == "::1" ? AF_INET6 : AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    private func withAddress(
        _ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        if host == "::1" {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = in6addr_loopback
            return with(address, body)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        return with(address, body)
    }

    private func with<Address>(_ address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}
