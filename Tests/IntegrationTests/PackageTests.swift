import Foundation
import TestSupport
import Testing

/// The function as it is shipped: the release build, in its zip, started by `bootstrap` in a root with nothing else.
@Suite struct PackageTests {
    /// Starts a package in an empty root, sends the events, and returns what came back.
    private func run(
        _ zip: String, environment: [String: String], events: [String]
    ) async throws -> [(bytes: [UInt8], isError: Bool)] {
        let emulator = try await RuntimeAPIEmulator.start()
        let variables = environment.merging(
            ["AWS_LAMBDA_RUNTIME_API": emulator.endpoint, "_HANDLER": "trigger", "LAMBDA_TASK_ROOT": "/var/task"]
        ) { $1 }
        let program = try Program(
            FunctionPackage.script("Tests/Scripts/empty-root"), [zip] + variables.map { "\($0)=\($1)" },
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
        let zip = try await FunctionPackage.make(
            UserTable.configuration(type: "postgres", place: "connection: \"\(connection)\"", parameter: "$1"),
            in: files)
        try await check(zip, environment: ["DB_PASSWORD": PostgresServer.password], UserTable.cases)
    }

    @Test func `the package signs users in from an empty root, from an LDAP server over TLS, by bind`() async throws {
        let server = try await UserEntries.server()
        let files = try TemporaryFolder("package")
        try FileManager.default.copyItem(atPath: server.certificateAuthority, toPath: files.file("ca.pem"))
        let zip = try await FunctionPackage.make(UserEntries.configuration(server, authority: "ca.pem"), in: files)
        try await check(zip, environment: UserEntries.environment, UserEntries.bindCases)
    }

    /// Where the configuration names no certificates, those of the package count, in libpq, libldap and whatever else asks;
    /// there are none beside them in that root.
    @Test(arguments: [true, false])
    func `whom the package trusts is its own list`(_ isSigner: Bool) async throws {
        let postgres = try await PostgresServer.shared()
        let database = isSigner ? "package_trust" : "package_distrust"
        try await postgres.run("CREATE DATABASE \(database)")
        try await postgres.run(UserTable.sql, database: database)
        let connection =
            "host=127.0.0.1 port=\(postgres.port) user=postgres password='${env:DB_PASSWORD}' "
            + "dbname=\(database) sslmode=verify-full sslrootcert=system"
        let ldap = try await UserEntries.server()
        let cases = [
            (
                UserTable.configuration(
                    type: "postgres", place: "connection: \"\(connection)\"", parameter: "$1"),
                ["DB_PASSWORD": PostgresServer.password], UserTable.cases,
                isSigner ? postgres.certificateAuthority : postgres.strangeAuthority
            ),
            (
                UserEntries.configuration(ldap, authority: nil), UserEntries.environment, UserEntries.bindCases,
                isSigner ? ldap.certificateAuthority : ldap.strangeAuthority
            ),
        ]
        for (yaml, environment, cases, authority) in cases {
            let files = try TemporaryFolder("package")
            let zip = try await FunctionPackage.make(yaml, in: files, options: ["--ca-bundle", authority])
            if isSigner {
                try await check(zip, environment: environment, cases)
            } else {
                let event = UserTable.event(cases[0].userName, password: cases[0].password)
                let reply = try #require(try await run(zip, environment: environment, events: [event]).first)
                #expect(reply.isError)
                #expect(String(decoding: reply.bytes, as: UTF8.self).contains("DirectoryUnavailable"))
            }
        }
    }

    /// The list of trusted certificates is checked when it is packed, because a damaged one would show only when somebody
    /// signs in.
    @Test(arguments: ["", "nothing of the kind", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"])
    func `what is no list of certificates isn't packed as one`(_ text: String) async throws {
        let files = try TemporaryFolder("package")
        try Data(text.utf8).write(to: URL(fileURLWithPath: files.file("list.pem")))
        let yaml = UserTable.configuration(type: "sqlite", place: "path: /mnt/users.sqlite", parameter: "?1")
        let error = await #expect(throws: ChildProcess.Failure.self) {
            _ = try await FunctionPackage.make(yaml, in: files, options: ["--ca-bundle", files.file("list.pem")])
        }
        #expect(error?.description.contains("list.pem: no certificates of authorities") == true)
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
        let zip = try await FunctionPackage.make(
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
        let first = try await FunctionPackage.make(yaml, in: files, named: "first.zip")
        let second = try await FunctionPackage.make(yaml, in: files, named: "second.zip")
        #expect(try Data(contentsOf: URL(fileURLWithPath: first)) == Data(contentsOf: URL(fileURLWithPath: second)))
    }

    /// OpenSSL's by its whole name, because the HTTPS client has BoringSSL's with a prefix; the others by a part of it.
    @Test(arguments: ["ucal_open", "udat_open", "unum_open", "yaml_parser", "4Yams", "4GRDB", "SSL_connect"])
    func `the function links no ICU, Yams, GRDB or OpenSSL`(_ symbol: String) async throws {
        let symbols = try await ChildProcess.run("nm", [try FunctionPackage.releaseBuild()]).split(separator: "\n")
            .compactMap { $0.split(separator: " ").last }
        if symbol == "SSL_connect" {
            #expect(!symbols.contains("SSL_connect"))
        } else {
            #expect(!symbols.contains { $0.contains(symbol) })
        }
        // The check can fail: a symbol of ours is there.
        #expect(symbols.contains { $0.contains("MigrateLambda") })
    }

    /// What the package takes is looked at where it changes: a reviewer sees it in `deploy/sizes.json`, which has what a
    /// package of one small configuration had when that was last written.
    ///
    /// `RECORD_SIZES=1` writes it again, for this architecture.
    @Test func `the package is as small as it is said to be`() async throws {
        let files = try TemporaryFolder("package")
        let yaml = UserTable.configuration(type: "sqlite", place: "path: /mnt/users.sqlite", parameter: "?1")
        let zip = try await FunctionPackage.make(yaml, in: files, options: ["--sizes", files.file("sizes.json")])
        let sizes = try Self.sizes(in: files.file("sizes.json"))
        let (architecture, taken) = try #require(sizes.first)
        // It is what the file system says, too.
        let length = try #require(FileManager.default.attributesOfItem(atPath: zip)[.size] as? Int)
        #expect(taken.zip == length)
        #expect(taken.zip < 20_000_000)
        #expect(taken.files.values.reduce(0, +) == taken.unpacked)

        let record = FunctionPackage.script("deploy/sizes.json")
        var recorded = try Self.sizes(in: record)
        if ProcessInfo.processInfo.environment["RECORD_SIZES"] == "1" {
            recorded[architecture] = taken
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try (encoder.encode(recorded) + Data("\n".utf8)).write(to: URL(fileURLWithPath: record))
            Issue.record("recorded; run again without RECORD_SIZES")
        }
        // On another architecture there is nothing to compare with until somebody records it.
        if let before = recorded[architecture] {
            #expect(
                taken.zip < before.zip * 11 / 10,
                "the zip has grown from \(before.zip) bytes; RECORD_SIZES=1 if it has to")
        }
    }

    private struct Sizes: Codable {
        let zip: Int
        let unpacked: Int
        let files: [String: Int]
    }

    private static func sizes(in file: String) throws -> [String: Sizes] {
        try JSONDecoder().decode([String: Sizes].self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }
}

/// `zip` is a file here.
private func zip2<First: Sequence, Second: Sequence>(_ first: First, _ second: Second) -> Zip2Sequence<First, Second> {
    Swift.zip(first, second)
}
