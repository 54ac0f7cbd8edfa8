import Foundation
import TestSupport
import Testing

/// An example's folder as its reader would have it, with the directory that it is for.
struct Place {
    let folder: TemporaryFolder
    /// Where connectors.yaml is.
    let home: String
    let environment: [String: String]
    /// Kept running.
    private let server: LDAPServer?

    /// A copy of the folder, and a real server of the type that its connectors.yaml names; of that file one thing is
    /// changed, where the LDAP server is.
    init(_ example: Example) async throws {
        folder = try TemporaryFolder("guide")
        var environment = try example.secrets()
        var yaml = try example.text("connectors.yaml")
        // The configuration names it as ../user-pool.json.
        try FileManager.default.copyItem(
            at: Project.root.appending(path: "examples/user-pool.json"),
            to: URL(fileURLWithPath: folder.file("user-pool.json")))
        let home = "\(folder.path)/\(example.name)"
        try FileManager.default.copyItem(
            at: Project.root.appending(path: example.folder), to: URL(fileURLWithPath: home))

        switch try #require(yaml.firstMatch(of: /\n    type: (\w+)\n/)).output.1 {
        case "postgres":
            server = nil
            let variable = try #require(yaml.firstMatch(of: /connection: "\$\{env:(\w+)\}"/)).output.1
            environment[String(variable)] = try await Self.database(of: example)
        case "sqlite":
            server = nil
            try await ChildProcess.run("sqlite3", ["-bail", "\(home)/users.sqlite"], input: example.text("users.sql"))
        case "ldap" where example.has("users.ldif"):
            let server = try await LDAPServer(ldif: example.text("users.ldif"))
            self.server = server
            yaml = yaml.replacingOccurrences(of: "ldaps://ldap.example.com", with: server.tlsURL)
            try FileManager.default.copyItem(atPath: server.certificateAuthority, toPath: "\(home)/ca.pem")
            environment["STAFF_PASSWORD"] = LDAPServer.password
        case "ldap":
            server = nil
            let domain = try await ActiveDirectoryServer.shared()
            yaml = yaml.replacingOccurrences(of: "ldaps://dc1.ad.example.com", with: domain.tlsURL)
            try FileManager.default.copyItem(atPath: domain.certificateAuthority, toPath: "\(home)/ca.pem")
            environment["STAFF_PASSWORD"] = ActiveDirectoryServer.password
        default:
            server = nil
        }
        self.environment = environment
        self.home = home
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: "\(home)/connectors.yaml"))
    }

    /// A database of its own with users.sql in it, read by the role that reader.sql makes.
    private static func database(of example: Example) async throws -> String {
        let server = try await PostgresServer.shared()
        let name = example.name.replacingOccurrences(of: "-", with: "_")
        try await server.run("CREATE DATABASE \(name)")
        try await server.run(example.text("users.sql"), database: name)
        let grants = try example.text("reader.sql")
        try await server.run(grants, database: name)
        let role = try #require(grants.firstMatch(of: /CREATE ROLE (\w+) LOGIN PASSWORD '([^']+)'/)).output
        return server.connection(
            user: String(role.1), password: String(role.2), database: name,
            "sslmode=verify-full sslrootcert=\(server.certificateAuthority)")
    }

    func run(_ arguments: [String], input: String = "") async throws -> Program.Result {
        try await Program.run("migrate-cli", arguments, environment: environment, input: input, in: home)
    }

    /// What `lookup` says of somebody, as JSON.
    func lookUp(_ row: Example.Row) async throws -> (verdict: String, attributes: [String: String]) {
        let result = try await run(
            ["lookup", row.identifier, "--format", "json", "--reveal"]
                + (row.password == nil ? [] : ["--password-stdin"]),
            input: row.password.map { $0 + "\n" } ?? "")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result.errors)")
        // Without a password the sign-in's answer comes first, then Forgot password's.
        let answer = try #require((object["answers"] as? [[String: Any]])?.last)
        let reply = answer["reply"] as? [String: Any]
        return (
            try #require(answer["verdict"] as? String), reply?["userAttributes"] as? [String: String] ?? [:]
        )
    }
}
