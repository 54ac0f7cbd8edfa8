import Glibc
import TestSupport
import Testing

@Suite struct FreePortTests {
    @Test
    func `a port that was handed out is neither handed out again nor an outgoing connection's, and can be listened on`()
        throws
    {
        let ports = Set(try (0..<300).map { _ in try FreePort.next() })
        #expect(ports.count == 300)
        let server = try #require(ports.first)
        for _ in 0..<2 {
            let listener = try listen(on: server)
            // Enough to meet one of them by chance: the system has 28,000 for outgoing connections.
            for _ in 0..<5000 {
                let client = try connect(to: server)
                #expect(!ports.contains(client.port))
                var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
                setsockopt(client.socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
                close(client.socket)
                close(accept(listener, nil, nil))
            }
            close(listener)
        }
    }

    private func listen(on port: UInt16) throws -> CInt {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var isOn: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<CInt>.size))
        try #require(withAddress(port) { Glibc.bind(descriptor, $0, $1) } == 0)
        try #require(Glibc.listen(descriptor, 64) == 0)
        return descriptor
    }

    private func connect(to port: UInt16) throws -> (socket: CInt, port: UInt16) {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(withAddress(port) { Glibc.connect(descriptor, $0, $1) } == 0)
        var own = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        try #require(code == 0)
        return (descriptor, UInt16(bigEndian: own.sin_port))
    }

    private func withAddress(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
