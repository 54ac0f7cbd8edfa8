import Foundation
import MigrationCore
import TLSInspection
import TestSupport
import Testing
import Threads

/// Certificates of a real slapd and a real PostgreSQL, as `doctor` looks at them.
@Suite struct CertificateTests {
    private func ldap(
        _ server: LDAPServer, url: String? = nil, authority: String? = nil,
        _ more: [String: ConnectorOptions.Value] = [:]
    ) async throws -> DirectoryExamination {
        try await examine(
            type: "ldap",
            [
                "url": .text(url ?? server.tlsURL), "base": .text(LDAPServer.suffix),
                "filter": .text("(uid={username})"),
                "list_filter": .text("(objectClass=person)"),
                "ca_file": .text(authority ?? server.certificateAuthority),
                "bind_dn": .text(LDAPServer.readerDN), "bind_password": .text(LDAPServer.password),
            ].merging(more) { $1 }, key: "entryUUID", password: .bind, attributes: [])
    }

    @Test(arguments: [true, false])
    func `a good certificate is said to be good, at once or by StartTLS`(_ isAtOnce: Bool) async throws {
        let server = try await LDAPServer(ldif: "", certificateDays: 90)
        let examination = try await ldap(
            server, url: isAtOnce ? nil : server.plainURL, isAtOnce ? [:] : ["start_tls": .flag(true)])
        #expect(examination.severity(.certificate) == .ok, "\(examination.findings)")
        #expect(examination.first(.certificate)?.what.contains("CN=Test CA") == true)
        #expect(examination.first(.certificateExpiresSoon) == nil)
    }

    @Test func `one that is expired is said to be, with its day`() async throws {
        let examination = try await ldap(try await LDAPServer(ldif: "", certificateDays: -1))
        #expect(examination.severity(.certificateExpired) == .problem, "\(examination.findings)")
        #expect(examination.first(.certificateExpired)?.what.contains("1 day ago") == true)
        #expect(examination.first(.certificateName) == nil)
        #expect(examination.first(.certificateIssuer) == nil)
        #expect(examination.severity(.connection) == .problem)
    }

    @Test func `one that expires soon is a warning`() async throws {
        let examination = try await ldap(try await LDAPServer(ldif: "", certificateDays: 20))
        #expect(examination.severity(.certificateExpiresSoon) == .warning)
        #expect(examination.first(.certificateExpiresSoon)?.what.contains("in 19 days") == true)
    }

    @Test func `one for another name is said to be, with its names`() async throws {
        let server = try await LDAPServer(ldif: "", certificateNames: "DNS:ldap.example.com,IP:192.0.2.7")
        let examination = try await ldap(server)
        let finding = try #require(examination.first(.certificateName))
        #expect(finding.severity == .problem)
        #expect(finding.what.contains("isn't for 127.0.0.1; it is for ldap.example.com, 192.0.2.7"))
        #expect(examination.first(.certificateIssuer) == nil)
    }

    @Test func `one by a strange issuer is said to be, with the issuer`() async throws {
        let server = try await LDAPServer(ldif: "")
        let examination = try await ldap(server, authority: server.strangeAuthority)
        #expect(examination.first(.certificateIssuer)?.what.contains("CN=Test CA") == true, "\(examination.findings)")
        #expect(examination.first(.certificateName) == nil)
    }

    @Test func `one that signed itself is said to have`() async throws {
        let server = try await LDAPServer(ldif: "", isSelfSigned: true)
        let examination = try await ldap(server)
        #expect(
            examination.first(.certificateIssuer)?.what.contains("signed itself") == true, "\(examination.findings)")
    }

    @Test func `with tls_verify off what is wrong is a warning, and so is that`() async throws {
        let server = try await LDAPServer(ldif: "", certificateNames: "DNS:ldap.example.com")
        let examination = try await ldap(server, ["tls_verify": .flag(false)])
        #expect(examination.severity(.tlsUnchecked) == .warning)
        #expect(examination.severity(.certificateName) == .warning)
        #expect(examination.severity(.connection) == .ok)
    }

    @Test(arguments: [("missing.pem", "no such file"), ("empty.pem", "no certificate in")])
    func `a ca_file that is missing or holds nothing is said to`(_ name: String, _ words: String) async throws {
        let server = try await LDAPServer(ldif: "")
        let folder = try TemporaryFolder("ca")
        try Data("nothing\n".utf8).write(to: URL(fileURLWithPath: folder.file("empty.pem")))
        let examination = try await ldap(server, authority: folder.file(name))
        #expect(examination.first(.certificateAuthorities)?.what.contains(words) == true, "\(examination.findings)")
    }

    @Test func `a port without TLS is said to have none`() async throws {
        let server = try await LDAPServer(ldif: "")
        let examination = try await ldap(server, url: "ldaps://127.0.0.1:\(server.plainPort)")
        #expect(examination.severity(.tlsAbsent) == .problem, "\(examination.findings)")
    }

    @Test(arguments: [
        FaultProxy.Behaviour.silent, .babbling([0x16, 3, 3, 0x40, 0, 2, 0, 0x3F, 0xFC]), .babbling([0x30]),
    ])
    func `a peer that says nothing, or little at a time, costs a few seconds`(_ manner: FaultProxy.Behaviour)
        async throws
    {
        let peer = try FaultProxy(manner)
        for start in [TLSEndpoint.Start.atOnce, .ldap, .postgres] {
            let endpoint = TLSEndpoint(
                host: "127.0.0.1", port: peer.port, start: start, check: .nothing, authorities: nil,
                authoritiesKey: "ca_file")
            let begin = ContinuousClock.now
            let observation = await Self.inspector.inspect(endpoint, by: .after(.milliseconds(300)))
            #expect(begin.duration(to: .now) < .seconds(2))
            if case .certificate = observation { Issue.record("there was none") }
        }
    }

    private static let inspector = OpenSSLInspector()

    @Test func `PostgreSQL's certificate is looked at too`() async throws {
        let server = try await PostgresServer.shared()
        for (file, code) in [
            (server.certificateAuthority, Finding.Code.certificateExpiresSoon),
            (server.strangeAuthority, .certificateIssuer),
        ] {
            let examination = try await examine(
                type: "postgres",
                [
                    "connection": .text(server.connection("sslmode=verify-full sslrootcert=\(file)")),
                    "lookup": .text("SELECT 1 AS id, 'x' AS pw, 'y' AS email WHERE $1 = ''"),
                ])
            #expect(examination.first(code) != nil, "\(examination.findings)")
        }
    }
}
