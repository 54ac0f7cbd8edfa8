import Foundation
import TestSupport
import Testing

/// What the servers themselves do: end, start, run out of something, or take their time.
@Suite struct ServerFaultTests {
    private func restart(_ kind: Faulted.Kind, _ servers: Servers) async throws {
        switch kind {
        case .postgres: try await servers.postgres.restart()
        case .ldap: try await servers.ldap.restart()
        }
    }

    private func start(_ kind: Faulted.Kind, _ servers: Servers) async throws {
        switch kind {
        case .postgres: try await servers.postgres.start()
        case .ldap: try await servers.ldap.start()
        }
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `restarted between two sign-ins: nobody notices`(_ kind: Faulted.Kind) async throws {
        let servers = try await Servers.own()
        // Time for a new connection beside the lost one.
        let faulted = try await Faulted(kind, servers: servers, budget: 2000)
        try await faulted.expect((Faulted.right, Faulted.accepted))
        let before = faulted.proxy.connectionCount
        try await restart(kind, servers)
        try await faulted.expect((Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged))
        // As many as at first: nothing was tried twice.
        #expect(faulted.proxy.connectionCount == 2 * before)
        try await faulted.end()
    }

    @Test func `postgres ended during a statement`() async throws {
        let servers = try await Servers.own()
        let patience = try await Patience(servers.postgres, seconds: 30)
        let faulted = try await Faulted(.postgres, servers: servers, budget: 3000, changing: Patience.use)
        async let reasons = faulted.expectOutage()
        try await patience.waitUntilCounts { $0 == 1 }
        try await servers.postgres.stop()
        // At once, not at the end of the budget.
        #expect(try await !reasons.contains { $0.contains("deadline-exceeded") })
        try await servers.postgres.start()
        try await patience.set(seconds: 0)
        try await faulted.expectRecovery()
        try await patience.end()
        try await faulted.end()
    }

    @Test func `slapd hangs, and is ended with the requests that it has`() async throws {
        let servers = try await Servers.own()
        let faulted = try await Faulted(.ldap, servers: servers, budget: 3000)
        try await faulted.expect((Faulted.right, Faulted.accepted))
        servers.ldap.pause()
        async let reasons = faulted.expectOutage()
        try await Task.sleep(for: .milliseconds(300))
        servers.ldap.stop()
        #expect(try await !reasons.contains { $0.contains("deadline-exceeded") })
        try await servers.ldap.start()
        try await faulted.expectRecovery()
        try await faulted.end()
    }

    @Test func `slapd hangs for a while`() async throws {
        let servers = try await Servers.own()
        let faulted = try await Faulted(.ldap, servers: servers)
        try await faulted.expect((Faulted.right, Faulted.accepted))
        servers.ldap.pause()
        defer { servers.ldap.resume() }
        #expect(try await faulted.expectOutage().allSatisfy { $0.contains("deadline-exceeded") })
        servers.ldap.resume()
        try await faulted.expectRecovery()
        try await faulted.end()
    }

    // MARK: Certificates

    @Test(
        arguments: Faulted.Kind.allCases,
        [(names: TestCertificates.loopback, days: -1), (names: "DNS:elsewhere.example.com", days: 2)])
    func `its certificate has expired, or is another's`(
        _ kind: Faulted.Kind, _ certificate: (names: String, days: Int)
    ) async throws {
        let servers = try await Servers.own()
        func renew(_ names: String, _ days: Int) async throws {
            switch kind {
            case .postgres: try await servers.postgres.renewCertificate(names: names, days: days)
            case .ldap: try await servers.ldap.renewCertificate(names: names, days: days)
            }
        }
        let faulted = try await Faulted(kind, servers: servers)
        try await renew(certificate.names, certificate.days)
        let reasons = try await faulted.expectOutage()
        try await renew(TestCertificates.loopback, 2)
        #expect(reasons.allSatisfy { $0.contains("tls") }, "\(reasons)")
        try await faulted.expectRecovery()
        try await faulted.end()
    }

    // MARK: Too much

    @Test func `postgres has too many connections`() async throws {
        let servers = try await Servers.own()
        func run(_ sql: String) async throws { try await servers.postgres.run(sql, database: Servers.database) }
        try await run(
            """
            CREATE ROLE crowded LOGIN PASSWORD '\(PostgresServer.password)' CONNECTION LIMIT 0;
            GRANT SELECT ON users TO crowded
            """)
        let faulted = try await Faulted(.postgres, servers: servers, connection: { _ in "user=crowded" })
        #expect(try await faulted.expectOutage().allSatisfy { $0.contains("overloaded (53300)") })
        try await run("ALTER ROLE crowded CONNECTION LIMIT 10")
        try await faulted.expectRecovery()
        try await faulted.end()
    }

    @Test func `slapd has no descriptor left for another connection`() async throws {
        let servers = try await Servers.own()
        let pid = try #require(servers.ldap.pid)
        func limit(_ count: String) async throws {
            try await ChildProcess.run("prlimit", ["--pid", "\(pid)", "--nofile=\(count)"])
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").compactMap { Int($0) }
        let faulted = try await Faulted(.ldap, servers: servers)
        // One that is there when it has none left, and whose end lets it listen again.
        let other = try await Faulted(.ldap, servers: servers)
        try await other.expect((Faulted.right, Faulted.accepted))
        try await limit("\((files.max() ?? 0) + 1):")
        let reasons = try await faulted.expectOutage()
        try await limit("1024:")
        try await other.end()
        #expect(reasons.allSatisfy { $0.contains("deadline-exceeded") }, "\(reasons)")
        try await faulted.expectRecovery()
        try await faulted.end()
    }

    @Test func `a statement runs for a minute, and not for nobody`() async throws {
        let servers = try await Servers.own()
        let patience = try await Patience(servers.postgres, seconds: 60)
        let faulted = try await Faulted(.postgres, servers: servers, changing: Patience.use)
        #expect(try await faulted.expectOutage().allSatisfy { $0.contains("deadline-exceeded") })
        // The directory's own timeout is the last that may pass.
        try await patience.waitUntilCounts { $0 == 0 }
        try await patience.set(seconds: 0)
        try await faulted.expectRecovery()
        try await patience.end()
        try await faulted.end()
    }

    /// A server that answers each operation so many seconds later (slapo-retcode(5)).
    @Test func `slapd takes a minute`() async throws {
        let servers = try await Servers.own()
        let faulted = try await Faulted(.ldap, servers: servers)
        try await servers.ldap.restart(with: "overlay retcode\nretcode-sleep 60")
        let reasons = try await faulted.expectOutage()
        try await servers.ldap.restart(with: "")
        #expect(reasons.allSatisfy { $0.contains("deadline-exceeded") }, "\(reasons)")
        try await faulted.expectRecovery()
        try await faulted.end()
    }
}

/// How long the look-up's statement takes, as a table of the database says.
private struct Patience {
    private static let table = "patience"

    private let server: PostgresServer

    init(_ server: PostgresServer, seconds: Int) async throws {
        self.server = server
        try await run("CREATE TABLE \(Self.table) AS SELECT \(seconds) AS seconds")
    }

    /// connectors.yaml with a look-up that takes so long.
    static func use(_ yaml: String) -> String {
        yaml.replacing(
            "SELECT * FROM users WHERE",
            with: "SELECT users.*, pg_sleep((SELECT seconds FROM \(table))) FROM users WHERE")
    }

    func set(seconds: Int) async throws {
        try await run("UPDATE \(Self.table) SET seconds = \(seconds)")
    }

    func end() async throws {
        try await run("DROP TABLE \(Self.table)")
    }

    /// Waits until so many such statements are being worked on.
    func waitUntilCounts(_ isMet: (Int?) -> Bool) async throws {
        let limit = ContinuousClock.now + .seconds(4)
        var count: Int?
        repeat {
            if count != nil { try await Task.sleep(for: .milliseconds(20)) }
            count = Int(
                try await run(
                    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'"
                ).trimmingCharacters(in: .whitespacesAndNewlines))
        } while !isMet(count) && ContinuousClock.now < limit
        #expect(isMet(count), "\(count ?? -1) statements")
    }

    @discardableResult
    private func run(_ sql: String) async throws -> String {
        try await server.run(sql, database: Servers.database)
    }
}
