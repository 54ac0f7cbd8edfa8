import Foundation
import TestSupport
import Testing

@testable import AWSClient

/// Proxies and authorities.
@Suite struct ConnectionTests {
    typealias Answer = HTTPServer.Answer

    /// A server with a certificate for names that no name server knows: only a proxy leads there.
    private static func secure(for names: String) async throws -> (server: HTTPServer, folder: TemporaryFolder) {
        let folder = try TemporaryFolder("tls")
        try await TestCertificates.make(in: folder, names: names)
        return (try await HTTPServer(certificates: folder) { _ in Answer(body: "{}") }, folder)
    }

    @Test(arguments: ["HTTPS_PROXY", "https_proxy"])
    func `requests go through the proxy that the environment names, TLS to the service itself`(
        _ variable: String
    ) async throws {
        let (server, folder) = try await Self.secure(for: "DNS:cognito-idp.eu-west-1.amazonaws.com")
        let proxy = try await TunnelProxy(to: server.port)
        let environment = [
            variable: "http://user:p%40ss@127.0.0.1:\(proxy.port)/", "AWS_CA_BUNDLE": folder.file("ca.pem"),
        ]
        let client = ClientFixture.client(ClientFixture.keys.merging(environment) { $1 })
        _ = try await client.once().get()
        // user:p@ss
        #expect(
            proxy.tunnels == [
                .init(
                    target: "cognito-idp.eu-west-1.amazonaws.com:443", authorization: "Basic dXNlcjpwQHNz")
            ])
        #expect(server.requests.first?.header("Host") == "cognito-idp.eu-west-1.amazonaws.com")
        #expect(server.requests.first?.header("Proxy-Authorization") == nil)
        await proxy.stop()
        await server.stop()
    }

    @Test func `a service that isn't to be asked through the proxy is asked directly`() async throws {
        let (server, folder) = try await Self.secure(for: TestCertificates.loopback)
        let proxy = try await TunnelProxy(to: server.port)
        let environment = [
            "HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)", "NO_PROXY": "example.com, 127.0.0.1",
            "AWS_CA_BUNDLE": folder.file("ca.pem"), "AWS_ENDPOINT_URL": server.endpoint,
        ]
        _ = try await ClientFixture.client(ClientFixture.keys.merging(environment) { $1 }).once().get()
        #expect(proxy.tunnels.isEmpty)
        #expect(server.requests.count == 1)
        await proxy.stop()
        await server.stop()
    }

    @Test(arguments: ["socks5://127.0.0.1:1", "https://127.0.0.1:1", "http://127.0.0.1:x", "http://"])
    func `a proxy of another kind isn't gone past`(_ proxy: String) async throws {
        let environment = ["HTTPS_PROXY": proxy, "AWS_ENDPOINT_URL": "https://127.0.0.1:1"]
        let error = await ClientFixture.client(ClientFixture.keys.merging(environment) { $1 }).once().error
        #expect(error?.code == .unreachable)
        #expect(error?.detail == "127.0.0.1:1: HTTPS_PROXY should be http://HOST:PORT")
    }

    @Test(
        arguments: [
            ("cognito-idp.eu-west-1.amazonaws.com", "", true), ("x.example.com", "example.com", false),
            ("x.example.com", ".example.com", false), ("x.example.com", "*.example.com", false),
            ("example.com", ".EXAMPLE.com", false), ("badexample.com", "example.com", true), ("a.b", "*", false),
            ("a.b", "x,y a.b", false),
        ])
    func `NO_PROXY names hosts and domains`(_ host: String, _ exceptions: String, _ isUsed: Bool) throws {
        let proxy = HTTPProxy { ["HTTPS_PROXY": "proxy:3128", "NO_PROXY": exceptions][$0] }
        #expect(try proxy.server(forHost: host, isSecure: true)?.authority == (isUsed ? "proxy:3128" : nil))
        #expect(try proxy.server(forHost: host, isSecure: false) == nil)
    }

    @Test func `the machine's own endpoints are never asked through a proxy`() async throws {
        let machine = try await HTTPServer { _ in Answer(body: ClientFixture.machine("CONTAINER")) }
        let proxy = try FreePort.next()
        let settings = ClientFixture.settings([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(machine.endpoint)/x", "HTTP_PROXY": "http://127.0.0.1:\(proxy)",
        ])
        let transport = HTTPTransport(proxy: settings.proxy, authorities: nil)
        let source = ContainerCredentials(settings: settings, machine: MachineHTTP(transport: transport))
        #expect(try await source.credentials()?.accessKeyID == "CONTAINER")
        await transport.close()
        await machine.stop()
    }

    @Test(arguments: ["AWS_CA_BUNDLE", "SSL_CERT_FILE"])
    func `only the authorities that were named are trusted`(_ variable: String) async throws {
        let (server, folder) = try await Self.secure(for: TestCertificates.loopback)
        let environment = { (file: String) in
            ClientFixture.keys.merging([
                "AWS_ENDPOINT_URL": server.endpoint, variable: folder.file(file), "AWS_MAX_ATTEMPTS": "1",
            ]) { $1 }
        }
        _ = try await ClientFixture.client(environment("ca.pem")).once().get()
        let error = await ClientFixture.client(environment("strange-ca.pem")).once().error
        #expect(error?.code == .unreachable)
        #expect(error?.detail.contains("CERTIFICATE_VERIFY_FAILED") == true, "\(error?.detail ?? "")")
        let missing = await ClientFixture.client(environment("gone.pem")).once().error
        #expect(missing?.detail.contains("gone.pem can't be read (AWS_CA_BUNDLE, SSL_CERT_FILE)") == true)
        #expect(server.requests.count == 1)
        await server.stop()
    }

    @Test func `a certificate for another name isn't accepted`() async throws {
        let (server, folder) = try await Self.secure(for: "DNS:example.com")
        let environment = [
            "AWS_ENDPOINT_URL": server.endpoint, "AWS_CA_BUNDLE": folder.file("ca.pem"), "AWS_MAX_ATTEMPTS": "1",
        ]
        let error = await ClientFixture.client(ClientFixture.keys.merging(environment) { $1 }).once().error
        #expect(error?.code == .unreachable)
        #expect(server.requests.isEmpty)
        await server.stop()
    }
}
