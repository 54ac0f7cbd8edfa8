import Foundation
import TestSupport
import Testing

/// What is known after a sign-in was answered, and how often a directory is shown a password.
@Suite struct RememberedAnswerTests {
    /// connectors.yaml with what is kept as it is by default, or so.
    private static func keeping(_ memory: String? = nil, _ yaml: String) -> String {
        yaml.replacing(
            "cache: { memory: { entries: 0 } }", with: memory.map { "cache: { memory: \($0) }" } ?? "")
    }

    private let lag = MachineLag()

    private static let dn = UserEntries.dn(of: 1)

    /// A slapd of the test's own: wrong passwords lock accounts.
    private func ownServer() async throws -> Servers {
        Servers(postgres: try await Servers.own().postgres, ldap: try await UserEntries.server(logsOperations: true))
    }

    /// As Cognito does it: again, when the answer before was an error.
    ///
    /// - Returns: how many tries it took.
    private func signInAgainAndAgain(_ faulted: Faulted, limit: Int) async throws -> Int {
        for number in 1...limit {
            let reply = try await faulted.trigger.send(Faulted.right)
            if UserTable.problem(with: reply.bytes, isError: reply.isError, to: Faulted.right, Faulted.accepted) == nil
            {
                return number
            }
            #expect(
                UserTable.problem(
                    with: reply.bytes, isError: reply.isError, to: Faulted.right, .error("DirectoryUnavailable")) == nil
            )
        }
        return .max
    }

    @Test func `a directory that takes 7 seconds answers a later try, and is shown the password once`() async throws {
        let servers = try await ownServer()
        // Both at once: the time is real.
        async let byBind = Task {
            let faulted = try await Faulted(
                .ldap, servers: servers, isPlain: true, budget: 2000, timeout: 10_000
            ) { Self.keeping(nil, $0) }
            try await faulted.expect((Faulted.forgotten, .user(status: "RESET_REQUIRED", email: Faulted.user)))
            // The connection for binds is still to be made.
            faulted.proxy.behaviour = .delaying(by: .seconds(7))
            let tries = try await signInAgainAndAgain(faulted, limit: 5)
            return (faulted, tries)
        }.value
        async let byQuery = Task {
            let faulted = try await Faulted(.postgres, budget: 2000, timeout: 10_000) {
                Self.keeping(nil, $0).replacing(
                    "SELECT * FROM users WHERE", with: "SELECT users.*, pg_sleep(7) FROM users WHERE")
            }
            return (faulted, try await signInAgainAndAgain(faulted, limit: 5))
        }.value
        for (faulted, tries) in [try await byBind, try await byQuery] {
            #expect((2...4).contains(tries))
            let lines = try await faulted.trigger.invocations()
            #expect(
                lines.map(\.milliseconds).max() ?? 0 <= 2000 + lag.allowance(over: Faulted.lateness), "\(lines)")
            #expect(
                lines.suffix(tries).map(\.verdict)
                    == Array(repeating: "unavailable", count: tries - 1) + ["accepted"])
            // And it is known from then on.
            try await faulted.expect((Faulted.right, Faulted.accepted))
            try await faulted.end()
        }
        #expect(try servers.ldap.bindCount(of: Self.dn) == 1)
    }

    // MARK: Changed passwords

    private static let otherPassword = "other horse"
    /// bcrypt of it, of cost 4.
    private static let otherHash = "$2b$04$abcdefghijklmnopqrstuux5f0Q9IFquGHzkXO0O6J4B4niRpC3RC"
    private static let changed = UserTable.event(Faulted.user, password: otherPassword)

    @Test(arguments: Faulted.Kind.allCases)
    func `a password that was changed works at once, and the old one no longer than it is kept`(
        _ kind: Faulted.Kind
    ) async throws {
        let servers = try await ownServer()
        func change(to password: String, hash: String) async throws {
            switch kind {
            case .postgres:
                try await servers.postgres.run(
                    "UPDATE users SET pw = '\(hash)' WHERE id = 1", database: Servers.database)
            case .ldap:
                try await servers.ldap.modify(
                    """
                    dn: \(Self.dn)
                    changetype: modify
                    replace: userPassword
                    userPassword: \(password)

                    # By the policy, whose password somebody else has set has to change it.
                    dn: \(Self.dn)
                    changetype: modify
                    delete: pwdReset

                    """)
            }
        }
        let ttl = Duration.seconds(2)
        func open() async throws -> Faulted {
            try await Faulted(kind, servers: servers, budget: 2000) { Self.keeping("{ ttl: 2s, verdict_ttl: 1s }", $0) }
        }
        // One process is shown the new password, the other one the old.
        let (first, second) = (try await open(), try await open())
        for faulted in [first, second] { try await faulted.expect((Faulted.right, Faulted.accepted)) }
        try await change(to: Self.otherPassword, hash: Self.otherHash)
        let start = ContinuousClock.now
        try await first.expect((Self.changed, Faulted.accepted))
        // Whatever it says of the old one meanwhile.
        try await Task.sleep(until: start + ttl, clock: .continuous)
        for faulted in [first, second] {
            try await faulted.expect((Faulted.right, .unchanged), (Self.changed, Faulted.accepted))
            try await faulted.end()
        }
        try await change(to: UserTable.password, hash: UserTable.hash)
    }

    // MARK: Wrong passwords

    private func wrong(_ number: Int) -> (event: String, expected: UserTable.Expected) {
        (UserTable.event(Faulted.user, password: "wrong \(number)"), .unchanged)
    }

    /// slapd locks the account after three.
    @Test func `after so many wrong passwords the directory isn't asked for that user, and locks nobody out`()
        async throws
    {
        let servers = try await ownServer()
        let faulted = try await Faulted(.ldap, servers: servers, budget: 2000) {
            Self.keeping(nil, $0).replacing("key: ", with: "attempts: { limit: 2, window: 15m }\n    key: ")
        }
        for number in 1...10 { try await faulted.expect(wrong(number)) }
        #expect(
            try await faulted.trigger.invocations().map(\.verdict) == Array(repeating: "wrong-password", count: 2)
                + Array(repeating: "throttled", count: 8))
        #expect(try servers.ldap.bindCount(of: Self.dn) == 2)
        // Another user is asked for, and nobody is locked out.
        let other = UserTable.event("дмитрий@example.com", password: UserTable.password)
        try await faulted.expect((other, .user(status: "CONFIRMED", email: "дмитрий@example.com")))
        try await ChildProcess.run(
            "ldapwhoami", ["-x", "-H", servers.ldap.plainURL, "-D", Self.dn, "-w", UserTable.password])
        try await faulted.end()
    }

    @Test func `a directory of hashes is never throttled by name`() async throws {
        let faulted = try await Faulted(.postgres, budget: 2000) { Self.keeping(nil, $0) }
        for number in 1...20 { try await faulted.expect(wrong(number)) }
        try await faulted.expect((Faulted.right, Faulted.accepted))
        #expect(try await faulted.trigger.invocations().allSatisfy { $0.verdict != "throttled" })
        try await faulted.end()
    }

    // MARK: One bind for one password

    @Test func `a bind whose answer is lost is not made again`() async throws {
        let servers = try await ownServer()
        let second = try FaultProxy(to: servers.ldap.plainPort)
        let faulted = try await Faulted(.ldap, servers: servers, isPlain: true, budget: 2000) { yaml in
            yaml.replacing(/url: (?<url>ldap:\S+)/) { "url: [\($0.output.url), \"ldap://127.0.0.1:\(second.port)\"]" }
        }
        try await faulted.expect((Faulted.forgotten, .user(status: "RESET_REQUIRED", email: Faulted.user)))
        // The server has answered by then; a bind's whole answer has 14 bytes.
        faulted.proxy.behaviour = .resetting(after: 13)
        #expect(try await faulted.expectOutage(of: [Faulted.right]).allSatisfy { !$0.contains("deadline") })
        #expect(try servers.ldap.bindCount(of: Self.dn) == 1)
        try await faulted.expectOutage(of: [Faulted.wrong])
        #expect(try servers.ldap.bindCount(of: Self.dn) == 2)
        #expect(second.connectionCount == 0)
        try await faulted.end()
    }

    @Test func `the same sign-in many times at once is one bind`() async throws {
        let servers = try await ownServer()
        let faulted = try await Faulted(.ldap, servers: servers, isPlain: true, budget: 4000) { Self.keeping(nil, $0) }
        try await faulted.expect((Faulted.forgotten, .user(status: "RESET_REQUIRED", email: Faulted.user)))
        faulted.proxy.behaviour = .delaying(by: .milliseconds(500))
        for (event, expected) in [(Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged)] {
            let before = try servers.ldap.bindCount(of: Self.dn)
            try await withThrowingTaskGroup { group in
                for _ in 1...20 {
                    group.addTask {
                        let reply = try await faulted.trigger.send(event)
                        #expect(
                            UserTable.problem(
                                with: reply.bytes, isError: reply.isError, to: event, expected) == nil)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try servers.ldap.bindCount(of: Self.dn) == before + 1)
        }
        try await faulted.end()
    }

    /// As Cognito does it: three tries, each while the directory hangs over the password.
    @Test func `a sign-in that is tried three times while the bind hangs is one bind`() async throws {
        let servers = try await ownServer()
        let faulted = try await Faulted(.ldap, servers: servers, isPlain: true, budget: 400, timeout: 2000) {
            Self.keeping(nil, $0)
        }
        try await faulted.expect((Faulted.forgotten, .user(status: "RESET_REQUIRED", email: Faulted.user)))
        // It was shown the password; its answer never comes.
        faulted.proxy.behaviour = .stalling(after: 0)
        for _ in 1...3 { try await faulted.expectOutage(of: [Faulted.wrong]) }
        #expect(try servers.ldap.bindCount(of: Self.dn) == 1)
        try await faulted.end()
    }
}
