import Foundation
import TestSupport
import Testing

/// `serve` over one directory, with a `FaultProxy` between it and the real server.
struct Faulted {
    enum Kind: String, CaseIterable {
        case postgres, ldap
    }

    /// What a sign-in may take, short where the budget isn't the feature.
    static let budget = 500
    /// What an answer may come late by.
    static let lateness = Duration.milliseconds(100)

    let proxy: FaultProxy
    let trigger: ServedTrigger
    private let budget: Int
    private let lag = MachineLag()

    /// - Parameters:
    ///   - behaviour: of the proxy from the start.
    ///   - servers: the shared ones if nil.
    ///   - isPlain: without TLS.
    ///   - timeout: of the directory, in milliseconds; as long as the budget if nil.
    ///   - host: what the proxy is called there.
    ///   - connection: what more is said of one to PostgreSQL, by the proxy's port; of two values the last counts.
    ///   - command: what starts `serve`.
    ///   - change: of connectors.yaml.
    init(
        _ kind: Kind, _ behaviour: FaultProxy.Behaviour = .passing, servers: Servers? = nil, isPlain: Bool = false,
        budget: Int = Faulted.budget, timeout: Int? = nil, host: String = "127.0.0.1", by command: [String] = [],
        changing change: (String) -> String = { $0 }, connection: (UInt16) -> String = { _ in "" }
    ) async throws {
        self.budget = budget
        let yaml: String
        let environment: [String: String]
        let servers = if let servers { servers } else { try await Servers.shared() }
        switch kind {
        case .postgres:
            proxy = try FaultProxy(to: servers.postgres.port, behaviour)
            let tls =
                isPlain
                ? "sslmode=disable" : "sslmode=verify-full sslrootcert=\(servers.postgres.certificateAuthority)"
            (yaml, environment) = Self.postgres(
                servers.postgres.connection(
                    database: Servers.database, "host=\(host) port=\(proxy.port) \(tls) \(connection(proxy.port))"))
        case .ldap:
            let server = servers.ldap
            proxy = try FaultProxy(to: isPlain ? server.plainPort : server.tlsPort, behaviour)
            (yaml, environment) = Self.ldap(
                server, url: "\(isPlain ? "ldap" : "ldaps")://\(host):\(proxy.port)", isPlain: isPlain)
        }
        trigger = try await ServedTrigger(
            change(Self.with(budget, timeout: timeout, yaml)), environment: environment, by: command)
    }

    /// - Parameter timeout: as long as the budget if nil: a look-up isn't left to hang beyond its sign-in, where the next
    ///   sign-in of the same user would join it.
    static func with(_ budget: Int, timeout: Int? = nil, _ yaml: String) -> String {
        yaml.replacing("budget: 3000ms", with: "budget: \(budget)ms")
            .replacing("timeout: 2s", with: "timeout: \(timeout ?? budget)ms")
    }

    /// Nothing is kept, so that every sign-in asks the directory.
    private static let nothingKept = "cache: { memory: { entries: 0 } }"

    static func postgres(_ connection: String) -> (yaml: String, environment: [String: String]) {
        let yaml = UserTable.configuration(
            type: "postgres", place: "connection: \"${env:CUSTOMERS_URL}\"", parameter: "$1", more: nothingKept)
        return (yaml, ["CUSTOMERS_URL": connection])
    }

    static func ldap(
        _ server: LDAPServer, url: String, isPlain: Bool = false
    ) -> (yaml: String, environment: [String: String]) {
        let yaml = UserEntries.configuration(
            server, url: url, authority: server.certificateAuthority, options: isPlain ? ["plaintext: true"] : [],
            more: nothingKept)
        return (yaml, UserEntries.environment)
    }

    // MARK: Sign-ins

    static let user = "ana@example.com"
    static let right = UserTable.event(user, password: UserTable.password)
    static let wrong = UserTable.event(user, password: UserTable.wrongPassword)
    /// Looks somebody up and checks no password.
    static let forgotten = UserTable.event(user, password: nil, source: "UserMigration_ForgotPassword")

    static let accepted = UserTable.Expected.user(status: "CONFIRMED", email: user)

    /// What is wrong with an answer, and how long it took as this process saw it.
    private func send(
        _ event: String, _ expected: UserTable.Expected
    ) async throws -> (problem: String?, milliseconds: Int) {
        let reply = try await trigger.send(event)
        let problem = UserTable.problem(with: reply.bytes, isError: reply.isError, to: event, expected)
        return (problem, Int(reply.duration / .milliseconds(1)))
    }

    /// The lines of sign-ins.
    ///
    /// - Parameters:
    ///   - count: of lines before them.
    ///   - seen: what each took, as this process saw it.
    private func lines(
        after count: Int, seen: [Int], sourceLocation: SourceLocation
    ) async throws -> [InvocationLine] {
        let lines = Array(try await trigger.invocations().dropFirst(count))
        #expect(lines.count == seen.count, sourceLocation: sourceLocation)
        // Both look at it from behind, each a little later in its own way: what the less late one saw is certain.
        let slowest = min(seen.max() ?? 0, lines.map(\.milliseconds).max() ?? 0)
        #expect(slowest <= budget + lag.allowance(over: Self.lateness), "\(lines)", sourceLocation: sourceLocation)
        return lines
    }

    /// One sign-in after the other, each as it has to end.
    func expect(
        _ events: (event: String, expected: UserTable.Expected)..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for (event, expected) in events {
            lag.reset()
            let count = try await trigger.invocations().count
            let (problem, time) = try await send(event, expected)
            let lines = try await lines(after: count, seen: [time], sourceLocation: sourceLocation)
            #expect(problem == nil, "\(lines)", sourceLocation: sourceLocation)
        }
    }

    /// The right password and a wrong one, both at once, are answered in time and as an outage.
    ///
    /// - Returns: the reasons in the log.
    @discardableResult
    func expectOutage(
        of events: [String] = [right, wrong], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [String] {
        lag.reset()
        let count = try await trigger.invocations().count
        let times = try await withThrowingTaskGroup { group in
            for event in events {
                group.addTask { try await send(event, .error("DirectoryUnavailable")) }
            }
            var times: [Int] = []
            for try await (problem, time) in group {
                #expect(problem == nil, sourceLocation: sourceLocation)
                times.append(time)
            }
            return times
        }
        let lines = try await lines(after: count, seen: times, sourceLocation: sourceLocation)
        #expect(lines.allSatisfy { $0.verdict == "unavailable" }, "\(lines)", sourceLocation: sourceLocation)
        let reasons = lines.compactMap(\.reason)
        #expect(reasons.count == events.count, "\(lines)", sourceLocation: sourceLocation)
        return reasons
    }

    /// Without a restart of ours the right password is accepted again soon, and the wrong one denied. Until then it is an
    /// outage.
    func expectRecovery(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let patience = ContinuousClock.now + .seconds(5)
        var problem = try await send(Self.right, Self.accepted).problem
        while problem != nil, ContinuousClock.now < patience {
            let reply = try await trigger.send(Self.right)
            problem = UserTable.problem(
                with: reply.bytes, isError: reply.isError, to: Self.right, Self.accepted)
            if problem != nil {
                let other = UserTable.problem(
                    with: reply.bytes, isError: reply.isError, to: Self.right, .error("DirectoryUnavailable"))
                #expect(other == nil, sourceLocation: sourceLocation)
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        #expect(problem == nil, sourceLocation: sourceLocation)
        try await expect((Self.wrong, .unchanged), (Self.right, Self.accepted), sourceLocation: sourceLocation)
    }

    /// Ends it; nothing secret is in its log.
    func end(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let log = try await trigger.end()
        for secret in UserTable.secrets + [LDAPServer.password, PostgresServer.password] {
            #expect(!log.contains(secret), sourceLocation: sourceLocation)
        }
    }
}

/// The real servers behind the proxies, with the same users in both.
struct Servers {
    static let database = "faults"

    let postgres: PostgresServer
    let ldap: LDAPServer

    private static let sharedServers = Task {
        try await filled(.shared(), UserEntries.server())
    }
    private static let ownServers = Task {
        try await filled(.separate(), UserEntries.server())
    }

    /// They are left running and as they are.
    static func shared() async throws -> Servers { try await sharedServers.value }

    /// They are stopped, changed and started by one test after the other, each of which leaves them as they were.
    static func own() async throws -> Servers { try await ownServers.value }

    private static func filled(_ postgres: PostgresServer, _ ldap: LDAPServer) async throws -> Servers {
        try await postgres.run("CREATE DATABASE \(database)")
        try await postgres.run(UserTable.sql, database: database)
        return Servers(postgres: postgres, ldap: ldap)
    }
}
