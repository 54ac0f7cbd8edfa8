import Foundation
import TestSupport
import Testing

/// The Lambda function's own binary, over real sockets: the Runtime API's emulator before it, a real directory behind it.
@Suite struct MigrateLambdaTests {
    private func check(_ function: LambdaProcess, _ cases: [UserTable.Case] = UserTable.cases) async throws {
        for test in cases {
            let event = UserTable.event(test.userName, password: test.password, source: test.source)
            let reply = try await function.send(event)
            let problem = UserTable.problem(with: reply.bytes, isError: reply.isError, to: event, test.expected)
            #expect(problem == nil, "\(test.description): \(String(decoding: reply.bytes.prefix(500), as: UTF8.self))")
        }
    }

    /// The lines of invocations in a log.
    private func lines(of log: String) throws -> [[String: Any]] {
        try log.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }.filter { $0["message"] as? String == "invocation" }
    }

    /// The verdicts that were logged, by their number.
    private func verdicts(in log: String) throws -> [String: Int] {
        try lines(of: log).compactMap { $0["verdict"] as? String }.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    private func expectNothingSecret(in log: String) {
        for secret in UserTable.secrets {
            #expect(!log.contains(secret), "the log holds \(secret)")
        }
    }

    @Test func `every rule holds on a real PostgreSQL over TLS, and nothing secret is logged`() async throws {
        let server = try await PostgresServer.shared()
        let database = "lambda_rules"
        try await server.run("CREATE DATABASE \(database)")
        try await server.run(UserTable.sql, database: database)
        let files = try TemporaryFolder("lambda")
        let function = try await LambdaProcess(
            UserTable.configuration(
                type: "postgres", place: "connection: \"${env:CUSTOMERS_URL}\"", parameter: "$1"),
            environment: [
                "CUSTOMERS_URL": server.connection(
                    database: database, "sslmode=verify-full sslrootcert=\(server.certificateAuthority)"),
                // None of these may matter.
                "PGHOST": "192.0.2.1", "PGUSER": "stranger", "PGSSLMODE": "disable", "PGSERVICE": "nowhere",
            ], files: files)
        try await check(function)
        let log = try await function.end()
        expectNothingSecret(in: log)
        #expect(try lines(of: log).count == UserTable.cases.count)
        #expect(!log.contains(PostgresServer.password))
        let counts = try verdicts(in: log)
        for verdict in [
            "accepted", "must-reset", "wrong-password", "unknown-user", "not-canonical", "disabled", "ambiguous",
            "unverifiable", "unmappable",
        ] {
            #expect(counts[verdict, default: 0] > 0, "\(verdict) is not in the log: \(counts)")
        }
        #expect(counts["unavailable"] == nil)
    }

    @Test func `every rule holds on a real SQLite file, and nothing secret is logged`() async throws {
        let file = try await SQLiteFile(UserTable.sql)
        let function = try await LambdaProcess(
            UserTable.configuration(type: "sqlite", place: "path: \(file.path)", parameter: "?1"),
            files: try TemporaryFolder("lambda"))
        try await check(function)
        let log = try await function.end()
        expectNothingSecret(in: log)
        #expect(try lines(of: log).count == UserTable.cases.count)
    }

    @Test(arguments: ["{ from: \(UserEntries.attribute("pw")), scheme: auto }", nil])
    func `every rule holds on a real slapd over TLS, by hash and by bind`(_ password: String?) async throws {
        let server = try await UserEntries.server()
        let function = try await LambdaProcess(
            UserEntries.configuration(server, authority: server.certificateAuthority, password: password),
            // None of the rest may matter.
            environment: UserEntries.environment.merging([
                "LDAPTLS_REQCERT": "never", "LDAPURI": "ldap://192.0.2.1", "LDAPBASE": "dc=nowhere",
            ]) { $1 }, files: try TemporaryFolder("lambda"))
        let cases = password == nil ? UserEntries.bindCases : UserTable.cases
        try await check(function, cases)
        let log = try await function.end()
        expectNothingSecret(in: log)
        #expect(try lines(of: log).count == cases.count)
        #expect(!log.contains(LDAPServer.password))
    }

    @Test func `a server that is down is an outage, and back without a restart of ours`() async throws {
        let server = try await PostgresServer.separate()
        try await server.run(UserTable.sql)
        let function = try await LambdaProcess(
            UserTable.configuration(
                type: "postgres", place: "connection: \"${env:CUSTOMERS_URL}\"", parameter: "$1",
                // What is kept would admit without the server.
                more: "cache: { memory: { entries: 0 } }"),
            environment: ["CUSTOMERS_URL": server.connection()], files: try TemporaryFolder("lambda"))
        let right = UserTable.event("ana@example.com", password: UserTable.password)
        let wrong = UserTable.event("ana@example.com", password: UserTable.wrongPassword)
        func expect(_ event: String, _ expected: UserTable.Expected, _ when: Comment) async throws {
            let reply = try await function.send(event)
            #expect(
                UserTable.problem(with: reply.bytes, isError: reply.isError, to: event, expected) == nil, when)
        }
        let user = UserTable.Expected.user(status: "CONFIRMED", email: "ana@example.com")
        try await expect(right, user, "up")
        try await server.restart()
        try await expect(right, user, "restarted")
        try await server.stop()
        try await expect(right, .error("DirectoryUnavailable"), "down")
        try await expect(wrong, .error("DirectoryUnavailable"), "down")
        try await server.start()
        try await expect(right, user, "back")
        try await expect(wrong, .unchanged, "back")
        let log = try await function.end()
        expectNothingSecret(in: log)
        #expect(try verdicts(in: log) == ["accepted": 3, "unavailable": 2, "wrong-password": 1])
    }

    @Test func `a directory that says nothing is an outage by the budget`() async throws {
        let peer = try FaultProxy(.silent)
        let function = try await LambdaProcess(
            UserTable.configuration(
                type: "postgres", place: "connection: host=127.0.0.1 port=\(peer.port) user=u sslmode=disable",
                parameter: "$1"
            ).replacingOccurrences(of: "budget: 3000ms", with: "budget: 1000ms, cold_start_reserve: 0ms"),
            environment: ["AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency"],
            files: try TemporaryFolder("lambda"))
        try await function.emulator.nextIsAsked()
        let event = UserTable.event("ana@example.com", password: UserTable.password)
        for deadline in [Duration.seconds(5), .milliseconds(500)] {
            let reply = try await function.send(event, deadline: deadline)
            #expect(
                UserTable.problem(
                    with: reply.bytes, isError: reply.isError, to: event, .error("DirectoryUnavailable")) == nil)
        }
        // By the function's own clock: this process may be slow to look.
        let times = try lines(of: try await function.end()).compactMap {
            ($0["ms"] as? [String: Any])?["total"] as? Int
        }
        #expect(times.count == 2)
        for (time, limit) in Swift.zip(times, [900..<1300, 350..<750]) {
            #expect(limit.contains(time), "\(times)")
        }
        withExtendedLifetime(peer) {}
    }

    @Test(arguments: [
        ("not JSON", "nonsense"), ("JSON of another shape", "[1,2,3]"), ("nothing", ""),
        ("too deep", #"{"triggerSource":"UserMigration_Authentication","a":"# + String(repeating: "[", count: 200)),
        ("a key twice", #"{"triggerSource":"UserMigration_Authentication","userName":"a","userName":"b"}"#),
        ("no user name", #"{"triggerSource":"UserMigration_Authentication","request":{"password":"x"}}"#),
        ("a request that is a list", #"{"triggerSource":"UserMigration_Authentication","userName":"a","request":[]}"#),
    ])
    func `what is no event is the error InvalidEvent`(_ description: String, _ event: String) async throws {
        let file = try await SQLiteFile(UserTable.sql)
        let function = try await LambdaProcess(
            UserTable.configuration(type: "sqlite", place: "path: \(file.path)", parameter: "?1"),
            files: try TemporaryFolder("lambda"))
        let reply = try await function.send(event)
        #expect(UserTable.problem(with: reply.bytes, isError: reply.isError, to: event, .error("InvalidEvent")) == nil)
        // And it goes on.
        let next = UserTable.event("ana@example.com", password: UserTable.wrongPassword)
        let nextReply = try await function.send(next)
        #expect(UserTable.problem(with: nextReply.bytes, isError: nextReply.isError, to: next, .unchanged) == nil)
        _ = try await function.end()
    }

    @Test func `an event of 6 MB is answered`() async throws {
        let file = try await SQLiteFile(UserTable.sql)
        let function = try await LambdaProcess(
            UserTable.configuration(type: "sqlite", place: "path: \(file.path)", parameter: "?1"),
            files: try TemporaryFolder("lambda"))
        let filler = String(repeating: "x", count: (6 << 20) - 2000)
        let event = UserTable.event("ana@example.com", password: UserTable.wrongPassword)
            .replacingOccurrences(of: "\"app\":\"web\"", with: "\"app\":\"\(filler)\"")
        let reply = try await function.send(event)
        #expect(UserTable.problem(with: reply.bytes, isError: reply.isError, to: event, .unchanged) == nil)
        _ = try await function.end()
    }

    @Test func `outside Lambda it says what it is for`() async throws {
        let result = try await Program.run("MigrateLambda", [])
        #expect(result.status == 1)
        #expect(result.errors.contains("AWS_LAMBDA_RUNTIME_API"))
    }
}
