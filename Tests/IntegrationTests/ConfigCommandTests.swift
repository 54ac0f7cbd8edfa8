import Foundation
import TestSupport
import Testing

/// `migrate-cli config` and what it says of a file, as a user sees it.
@Suite struct ConfigCommandTests {
    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private func run(
        _ arguments: [String], yaml: String, environment: [String: String] = [:]
    ) async throws -> Program.Result {
        let folder = try TemporaryFolder("config")
        defer { folder.remove() }
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder.file("connectors.yaml")))
        return try await Program.run("migrate-cli", arguments, environment: environment, in: folder.path)
    }

    private static let yaml = """
        version: 1
        directories:
          - name: customers
            type: postgres
            connection: "${env:CUSTOMERS_URL}"
            lookup: SELECT * FROM users WHERE email = $1
            key: id
            password: { from: pw }
          - name: staff
            type: ldap
            url: ldaps://ldap.example.com
            bind_dn: cn=reader
            bind_password: "${file:gone}"
            base: dc=example
            filter: (mail={username})
            key: entryUUID
        attributes: { email: { from: mail } }
        log: { key: "${env:LOG_KEY}" }
        """

    @Test func `secrets that aren't there are said at once, each with its line and column`() async throws {
        let result = try await run(["lookup", "ana@example.com"], yaml: Self.yaml)
        #expect(result.status == 78)
        let errors = result.errors.split(separator: "\n").filter { $0.contains(" error: ") }
        #expect(
            errors == [
                "connectors.yaml:5:17: error: customers: connection: the environment variable CUSTOMERS_URL is not set, or "
                    + "empty",
                "connectors.yaml:13:20: error: staff: bind_password: the file ./gone: no such file",
                "connectors.yaml:18:13: error: log.key: the environment variable LOG_KEY is not set, or empty",
            ])
    }

    @Test func `a connection that turns out to be none has the place of its reference, and isn't shown`() async throws {
        let yaml = Self.yaml.replacingOccurrences(of: "${file:gone}", with: "${env:STAFF}")
        let result = try await run(
            ["lookup", "ana@example.com"], yaml: yaml,
            environment: ["CUSTOMERS_URL": "hunter2 at db", "STAFF": "s3cr3t", "LOG_KEY": "k3y"])
        #expect(result.status == 78)
        let errors = result.errors.split(separator: "\n").filter { $0.contains(" error: ") }
        #expect(errors.count == 1)
        #expect(errors[0].hasPrefix("connectors.yaml:5:17: error: customers: not a connection"))
        for secret in ["hunter2", "s3cr3t", "k3y"] { #expect(!(result.errors + result.output).contains(secret)) }
    }

    @Test func `the schema that is printed is the one in the repository`() async throws {
        let result = try await Program.run("migrate-cli", ["config", "schema"])
        #expect(result.status == 0)
        #expect(
            result.output
                == (try String(contentsOfFile: "\(Self.project)/docs/connectors.schema.json", encoding: .utf8)))
    }

    @Test func `keys that nothing works by are warnings, with the file good all the same`() async throws {
        let result = try await run(
            ["config", "check"], yaml: Self.yaml + "\nmfa: { enrolled: totp, on_enrolled: deny }\n")
        #expect(result.status == 0)
        #expect(result.errors.contains("connectors.yaml:19:1: warning: mfa: not at work yet: "))
        #expect(result.errors.hasSuffix("connectors.yaml: good, with 2 directories and 2 warnings\n"))
    }
}
