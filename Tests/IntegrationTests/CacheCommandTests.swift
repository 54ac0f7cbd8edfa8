import Foundation
import TestSupport
import Testing

/// `migrate-cli cache` as a user runs it, and what answers by what it has built.
@Suite struct CacheCommandTests {
    private static let key = "0123456789abcdef0123456789abcdef"

    /// A folder with a configuration over the table of users, and its snapshot.
    private struct Place {
        let folder: TemporaryFolder

        init(type: String, retired: Bool = false) async throws {
            folder = try TemporaryFolder("cache")
            if type == "sqlite" {
                try await ChildProcess.run("sqlite3", ["-bail", folder.file("users")], input: UserTable.sql)
            } else {
                try Data(UserTable.csv.utf8).write(to: URL(fileURLWithPath: folder.file("users")))
            }
            try configure(type: type, retired: retired)
        }

        func configure(type: String, retired: Bool = false, change: (String) -> String = { $0 }) throws {
            let match = type == "csv" ? "\n    match: [email, login]" : ""
            let yaml = UserTable.configuration(
                type: type, place: "path: users\(match)\(retired ? "\n    retired: true" : "")",
                parameter: type == "csv" ? nil : "?1",
                more: "cache: { snapshot: { path: lookups.snapshot, key: \"${env:SNAPSHOT_KEY}\" } }")
            try Data(change(yaml).utf8).write(to: URL(fileURLWithPath: folder.file("connectors.yaml")))
        }

        func run(
            _ arguments: [String], key: String = CacheCommandTests.key, environment: [String: String] = [:],
            input: String = ""
        ) async throws -> Program.Result {
            try await Program.run(
                "migrate-cli", arguments, environment: ["SNAPSHOT_KEY": key].merging(environment) { $1 }, input: input,
                in: folder.path)
        }
    }

    @Test(arguments: ["sqlite", "csv"])
    func `what is built answers for the directory once it is retired`(_ type: String) async throws {
        let place = try await Place(type: type)
        let built = try await place.run(["cache", "build"])
        #expect(built.status == 0, "\(built)")
        // Ten of eleven have a name of their own, two have one between them.
        #expect(
            built.output.contains("customers: 11 people: 11 can sign in by it; 1 name of several people"), "\(built)")
        try place.configure(type: type, retired: true)
        try FileManager.default.removeItem(atPath: place.folder.file("users"))
        let inspected = try await place.run(["cache", "inspect"])
        #expect(inspected.status == 0, "\(inspected)")
        #expect(inspected.output.contains("customers (retired): 11 people"))
        #expect(inspected.output.contains("still gets in"))
        for (user, password, status) in [
            ("ana@example.com", UserTable.password, Int32(0)), ("ana@example.com", UserTable.wrongPassword, 3),
            ("disabled@example.com", UserTable.password, 3), ("nobody@example.com", UserTable.password, 3),
            ("mustchange@example.com", UserTable.password, 0),
        ] {
            let answer = try await place.run(["lookup", user, "--password-stdin"], input: password + "\n")
            #expect(answer.status == status, "\(user): \(answer)")
        }
        // Built again without the directory, it has the same people.
        let again = try await place.run(["cache", "build", "--format", "json"])
        #expect(again.status == 0, "\(again)")
        #expect(again.output.contains("\"entries\" : 11"))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: place.folder.file("lookups.snapshot")))
        for secret in UserTable.secrets where secret.utf8.count > 5 {
            #expect(bytes.range(of: Data(secret.utf8)) == nil)
            for result in [built, inspected, again] { #expect(!(result.output + result.errors).contains(secret)) }
        }
    }

    @Test func `a snapshot that is no good is code 3, and says what to do; none is code 1`() async throws {
        let place = try await Place(type: "sqlite")
        #expect(try await place.run(["cache", "inspect"]).status == 1)
        #expect(try await place.run(["cache", "build"]).status == 0)
        let otherKey = try await place.run(
            ["cache", "inspect", "--format", "json"], key: "another key, as long as that")
        #expect(otherKey.status == 3)
        #expect(otherKey.output.contains("\"problem\" : \"other-key\""))
        try place.configure(type: "sqlite") {
            $0.replacing("SELECT * FROM users ORDER BY id", with: "SELECT * FROM users")
        }
        let otherRules = try await place.run(["cache", "inspect"])
        #expect(otherRules.status == 3)
        #expect(otherRules.output.contains("migrate-cli cache build"))
        let doctor = try await place.run(["doctor"])
        #expect(doctor.status == 3)
        #expect(doctor.output.contains("customers: it was built by other rules"))
    }

    @Test func `what can't be built is code 1 and leaves the old file; without cache.snapshot it is 78`() async throws {
        let place = try await Place(type: "sqlite")
        #expect(try await place.run(["cache", "build"]).status == 0)
        let file = place.folder.file("lookups.snapshot")
        let before = try Data(contentsOf: URL(fileURLWithPath: file))
        try place.configure(type: "sqlite") { $0.replacing("is_disabled", with: "is_of") }
        let missing = try await place.run(["cache", "build"])
        #expect(missing.status == 1)
        #expect(missing.errors.contains("no column \"is_of\", which disabled: names"), "\(missing)")
        try FileManager.default.removeItem(atPath: place.folder.file("users"))
        #expect(try await place.run(["cache", "build"]).status == 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
        try place.configure(type: "sqlite") { $0.replacing(/cache: .*/, with: "") }
        #expect(try await place.run(["cache", "build"]).status == 78)
    }

    @Test func `a key that is empty is an error with its place, a short one a warning`() async throws {
        let place = try await Place(type: "sqlite")
        let empty = try await place.run(["cache", "build"], key: "")
        #expect(empty.status == 78)
        #expect(empty.errors.contains(/connectors\.yaml:\d+:\d+: error: cache\.snapshot\.key:/), "\(empty)")
        let short = try await place.run(["cache", "build"], key: "short-key")
        #expect(short.status == 0)
        #expect(short.errors.contains("openssl rand -base64 32"))
        #expect(!(short.output + short.errors).contains("short-key"))
    }

    @Test func `the key can be changed while a directory is retired`() async throws {
        let place = try await Place(type: "sqlite")
        #expect(try await place.run(["cache", "build"]).status == 0)
        try place.configure(type: "sqlite", retired: true)
        let new = "another key, as long as that"
        #expect(try await place.run(["cache", "build"], key: new).status == 1)
        let literal = try await place.run(["cache", "build", "--retired-key", Self.key], key: new)
        #expect(literal.status == 64)
        let rotated = try await place.run(
            ["cache", "build", "--retired-key", "${env:OLD}"], key: new, environment: ["OLD": Self.key])
        #expect(rotated.status == 0, "\(rotated)")
        #expect(try await place.run(["cache", "inspect"], key: new).status == 0)
    }

    @Test func `the package takes the snapshot along once it is there`() async throws {
        let place = try await Place(type: "sqlite")
        let before = try await place.run(["config", "files"])
        #expect(before.output == "users\n", "\(before)")
        #expect(before.errors.contains("lookups.snapshot isn't there yet"))
        #expect(try await place.run(["cache", "build"]).status == 0)
        #expect(try await place.run(["config", "files"]).output == "users\nlookups.snapshot\n")
    }
}
