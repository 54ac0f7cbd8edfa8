import Foundation
import TestSupport
import Testing

/// A reader's password that changes while the trigger runs: the real programs, a real PostgreSQL and slapd, secrets at moto.
@Suite struct RotationTests {
    private static let event = UserTable.event("ana@example.com", password: UserTable.password)

    private func isSignedIn(_ trigger: ServedTrigger, _ email: String) async throws -> Bool {
        let event = UserTable.event(email, password: UserTable.password)
        let reply = try await trigger.send(event)
        return UserTable.problem(
            with: reply.bytes, isError: reply.isError, to: event, .user(status: "CONFIRMED", email: email)) == nil
    }

    @Test func `a rotated password of PostgreSQL's reader costs nobody a sign-in`() async throws {
        let account = try await MotoAccount.open()
        let server = try await PostgresServer.shared()
        try await server.run("CREATE DATABASE rotation; CREATE ROLE rotated LOGIN PASSWORD 'first-password'")
        try await server.run(UserTable.sql + "; GRANT SELECT ON users TO rotated", database: "rotation")
        try await account.makeSecret("rotation/db", #"{"password":"first-password"}"#)
        let place = "host=127.0.0.1 port=\(server.port) user=rotated password=${secretsmanager:rotation/db#password} "
        let trigger = try await ServedTrigger(
            UserTable.configuration(
                type: "postgres", place: "connection: \"\(place) dbname=rotation\"", parameter: "$1",
                more: "cache: { memory: { ttl: 0s, negative_ttl: 0s, verdict_ttl: 0s } }"),
            environment: MotoAccount.environment(account.server))
        #expect(try await isSignedIn(trigger, "ana@example.com"))

        try await server.run(
            "ALTER ROLE rotated PASSWORD 'second-password'; "
                + "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rotated'")
        try await account.rotateSecret("rotation/db", #"{"password":"second-password"}"#)
        #expect(try await isSignedIn(trigger, "ana@example.com"))
        let log = try await trigger.end()
        for secret in UserTable.secrets + ["first-password", "second-password"] { #expect(!log.contains(secret)) }
    }

    @Test func `a password that is wrong and isn't rotated stays an outage`() async throws {
        let account = try await MotoAccount.open()
        let server = try await PostgresServer.shared()
        try await server.run("CREATE ROLE stuck LOGIN PASSWORD 'right-password'")
        try await account.makeSecret("stuck/db", "wrong-password")
        let place = "host=127.0.0.1 port=\(server.port) user=stuck password=${secretsmanager:stuck/db} dbname=postgres"
        let trigger = try await ServedTrigger(
            UserTable.configuration(type: "postgres", place: "connection: \"\(place)\"", parameter: "$1"),
            environment: MotoAccount.environment(account.server))
        let reply = try await trigger.send(Self.event)
        #expect(reply.isError)
        #expect(String(decoding: reply.bytes, as: UTF8.self).contains("DirectoryUnavailable"))
        let line = try #require(try await trigger.invocations().first)
        #expect(line.reason?.contains("reader-refused") == true)
        let log = try await trigger.end()
        #expect(!log.contains("wrong-password"))
    }

    @Test func `a secret in a file that is replaced is read again, for an LDAP reader`() async throws {
        let server = try await UserEntries.server()
        let files = try TemporaryFolder("rotation")
        let secret = URL(fileURLWithPath: files.file("reader"))
        try Data("not yet\n".utf8).write(to: secret)
        let yaml = UserEntries.configuration(server, authority: server.certificateAuthority).replacing(
            /bind_password: .*/, with: "bind_password: \"${file:\(secret.path)}\"")
        let trigger = try await ServedTrigger(yaml, environment: UserEntries.environment, in: files)
        try Data((UserEntries.environment.values.first ?? "").utf8).write(to: secret)
        #expect(try await isSignedIn(trigger, "ana@example.com"))
        try await trigger.end()
    }

    @Test func `a secret that isn't there stops the start, with its place`() async throws {
        let account = try await MotoAccount.open()
        let files = try TemporaryFolder("rotation")
        let yaml = UserTable.configuration(
            type: "postgres", place: "connection: \"${secretsmanager:no/such#url}\"", parameter: "$1")
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: files.file("connectors.yaml")))
        let result = try await Program.run(
            "migrate-cli", ["lookup", "ana@example.com"], environment: MotoAccount.environment(account.server),
            in: files.path)
        #expect(result.status == 78, "\(result)")
        #expect(
            result.errors.contains(
                /connectors\.yaml:\d+:\d+: error: customers: connection: \$\{secretsmanager:no\/such#url\}: there is none/
            ),
            "\(result.errors)")
    }
}
