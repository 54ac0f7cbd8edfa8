import Foundation
import TestSupport
import Testing

/// The function as it is shipped: the release build, in its zip, started by `bootstrap` in a root with nothing else.
///
/// The release build takes minutes, so whoever runs the tests makes it (`Tests/run`) and names it in
/// `MIGRATE_LAMBDA_RELEASE`.
@Suite struct PackageTests {
    /// The project's folder, from this file's.
    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private func releaseBuild() throws -> String {
        let path = ProcessInfo.processInfo.environment["MIGRATE_LAMBDA_RELEASE"]
        try Requirement.require(path != nil, orSkip: "MIGRATE_LAMBDA_RELEASE names no release build of MigrateLambda")
        return try #require(path)
    }

    private func script(_ name: String) -> String { "\(Self.project)/\(name)" }

    /// A package with a configuration of its own, in a new folder.
    private func package(_ yaml: String, in files: TemporaryFolder, named name: String = "function.zip") async throws
        -> String
    {
        let binary = try releaseBuild()
        let zip = files.file(name)
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: files.file("connectors.yaml")))
        let compiled = try await Program.run(
            "migrate-cli",
            ["config", "compile", "-c", files.file("connectors.yaml"), "-o", files.file("connectors.json")])
        try #require(compiled.status == 0, "\(compiled.errors)")
        let listed = try await Program.run("migrate-cli", ["config", "files", "-c", files.file("connectors.yaml")])
        let named = listed.output.split(separator: "\n").flatMap { ["--file", String($0)] }
        try await ChildProcess.run(
            script("deploy/package"),
            [binary, "-c", files.file("connectors.json"), "-o", zip, "--base", files.path] + named)
        return zip
    }

    /// Starts a package in an empty root, sends the events, and returns what came back.
    private func run(
        _ zip: String, environment: [String: String], events: [String]
    ) async throws -> [(bytes: [UInt8], isError: Bool)] {
        let emulator = try await RuntimeAPIEmulator.start()
        let variables = environment.merging(
            ["AWS_LAMBDA_RUNTIME_API": emulator.endpoint, "_HANDLER": "trigger", "LAMBDA_TASK_ROOT": "/var/task"]
        ) { $1 }
        let program = try Program(
            script("Tests/Scripts/empty-root"), [zip] + variables.map { "\($0)=\($1)" },
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"])
        var replies: [(bytes: [UInt8], isError: Bool)] = []
        for event in events {
            switch try await emulator.invoke(Array(event.utf8)) {
            case .response(let bytes): replies.append((bytes, false))
            case .error(_, let body): replies.append((body, true))
            }
        }
        program.signal(SIGTERM)
        let log = await program.result()
        for secret in UserTable.secrets { #expect(!(log.output + log.errors).contains(secret)) }
        await emulator.stop()
        return replies
    }

    @Test func `the package signs users in from an empty root, from a PostgreSQL over TLS`() async throws {
        let server = try await PostgresServer.shared()
        try await server.run("CREATE DATABASE package_rules")
        try await server.run(UserTable.sql, database: "package_rules")
        let files = try TemporaryFolder("package")
        try FileManager.default.copyItem(atPath: server.certificateAuthority, toPath: files.file("ca.pem"))
        // The password is the function's secret; the certificate comes along in the package, beside the configuration.
        let connection =
            "host=127.0.0.1 port=\(server.port) user=postgres password='${env:DB_PASSWORD}' "
            + "dbname=package_rules sslmode=verify-full sslrootcert=ca.pem"
        let zip = try await package(
            UserTable.configuration(type: "postgres", place: "connection: \"\(connection)\"", parameter: "$1"),
            in: files)
        try await check(zip, environment: ["DB_PASSWORD": PostgresServer.password], UserTable.cases)
    }

    @Test func `the package signs users in from an empty root, from an LDAP server over TLS, by bind`() async throws {
        let server = try await UserEntries.server()
        let files = try TemporaryFolder("package")
        try FileManager.default.copyItem(atPath: server.certificateAuthority, toPath: files.file("ca.pem"))
        let zip = try await package(UserEntries.configuration(server, authority: "ca.pem"), in: files)
        try await check(zip, environment: UserEntries.environment, UserEntries.bindCases)
    }

    private func check(_ zip: String, environment: [String: String], _ cases: [UserTable.Case]) async throws {
        let events = cases.map { UserTable.event($0.userName, password: $0.password, source: $0.source) }
        let replies = try await run(zip, environment: environment, events: events)
        try #require(replies.count == cases.count)
        for (test, (event, reply)) in zip2(cases, zip2(events, replies)) {
            #expect(
                UserTable.problem(with: reply.bytes, isError: reply.isError, to: event, test.expected) == nil,
                "\(test.description): \(String(decoding: reply.bytes.prefix(300), as: UTF8.self))")
        }
    }

    @Test func `the package holds the SQLite file that the configuration names`() async throws {
        let file = try await SQLiteFile(UserTable.sql)
        let files = try TemporaryFolder("package")
        try FileManager.default.createDirectory(atPath: files.file("data"), withIntermediateDirectories: false)
        try FileManager.default.copyItem(atPath: file.path, toPath: files.file("data/users.sqlite"))
        let zip = try await package(
            UserTable.configuration(type: "sqlite", place: "path: data/users.sqlite", parameter: "?1"), in: files)
        let event = UserTable.event("ana@example.com", password: UserTable.password)
        let replies = try await run(zip, environment: [:], events: [event])
        let reply = try #require(replies.first)
        #expect(
            UserTable.problem(
                with: reply.bytes, isError: reply.isError, to: event,
                .user(status: "CONFIRMED", email: "ana@example.com")) == nil)
    }

    @Test func `two packages of one build are the same bytes`() async throws {
        let files = try TemporaryFolder("package")
        let yaml = UserTable.configuration(type: "sqlite", place: "path: /mnt/users.sqlite", parameter: "?1")
        let first = try await package(yaml, in: files, named: "first.zip")
        let second = try await package(yaml, in: files, named: "second.zip")
        #expect(try Data(contentsOf: URL(fileURLWithPath: first)) == Data(contentsOf: URL(fileURLWithPath: second)))
    }

    @Test(arguments: ["ucal_open", "udat_open", "unum_open", "yaml_parser", "4Yams", "4GRDB", "SSL_connect"])
    func `the function links no ICU, Yams, GRDB or OpenSSL`(_ symbol: String) async throws {
        let symbols = try await ChildProcess.run("nm", [try releaseBuild()])
        #expect(!symbols.contains(symbol))
        // The check can fail: a symbol of ours is there.
        #expect(symbols.contains("MigrateLambda"))
    }
}

/// `zip` is a file here.
private func zip2<First: Sequence, Second: Sequence>(_ first: First, _ second: Second) -> Zip2Sequence<First, Second> {
    Swift.zip(first, second)
}
