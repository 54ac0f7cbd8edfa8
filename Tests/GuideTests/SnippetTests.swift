import Foundation
import MigrationCore
import TestSupport
import Testing

/// The examples of the libraries' pages: compiled with these tests, run here, and shown by the pages as they are.
@Suite struct SnippetTests {
    private static let catalogs = [
        "MigrationCore", "PasswordHashing", "LambdaRuntime", "Connectors/CSV/CSVConnector",
        "Connectors/LDAP/LDAPConnector",
        "Connectors/Postgres/PostgresConnector",
    ]

    /// `Sources/A/A.docc/A.md`, and of a connector `Sources/Connectors/CSV/CSVConnector.docc/CSVConnector.md`.
    private static func page(_ catalog: String) -> String {
        let module = catalog.split(separator: "/").last.map(String.init) ?? catalog
        let folder = catalog.hasPrefix("Connectors/") ? catalog.dropLast(module.count + 1) : Substring(catalog)
        return "Sources/\(folder)/\(module).docc/\(module).md"
    }

    @Test(arguments: catalogs)
    func `a library's page shows its example, which is the one compiled here`(_ catalog: String) throws {
        let module = try #require(catalog.split(separator: "/").last)
        let shown = try GuidePage(Self.page(catalog)).shown
        #expect(shown.map(\.file) == ["Tests/GuideTests/Snippets/\(module)Snippet.swift"])
        for each in shown { #expect(each.text == (try Project.text(each.file))) }
    }

    @Test(arguments: catalogs)
    func `what a library's page names is public there`(_ catalog: String) throws {
        let path = Self.page(catalog)
        let module = try #require(catalog.split(separator: "/").last)
        let names = Set(try Project.text(path).matches(of: /``([A-Za-z]+)``/).map { String($0.output.1) })
            .subtracting([String(module)])
        #expect(!names.isEmpty)
        let folder = String(path.split(separator: "/").dropLast(2).joined(separator: "/"))
        let sources = try Project.files(under: folder, ending: ".swift").map(Project.text).joined(separator: "\n")
        let types = sources.matches(
            of: /(?m)^public (?:final |indirect )*(?:struct|class|enum|actor|protocol|typealias) (\w+)/
        ).map { String($0.output.1) }
        #expect(names.subtracting(types) == [])
    }

    @Test func `MigrationCore's example decides`() async throws {
        let decision = await decide("ANA@example.com", "correct horse")
        #expect(decision.verdict.code == "accepted")
        guard case .admit(let response) = decision.reply else {
            Issue.record("\(decision.reply)")
            return
        }
        #expect(response.userAttributes.map(\.value) == ["ana@example.com"])
        #expect(await decide("ana@example.com", "battery staple").verdict.code == "wrong-password")
        #expect(await decide("bo@example.com", "correct horse").verdict.code == "unknown-user")
    }

    @Test func `PasswordHashing's example tells right from wrong`() {
        let stored = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"
        #expect(isRight("correct horse", for: stored))
        #expect(!isRight("battery staple", for: stored))
        #expect(!isRight("correct horse", for: "correct horse"))
    }

    @Test func `the CSV connector's example finds a name`() async throws {
        let folder = try TemporaryFolder("snippet")
        try Data("email,name\nana@example.com,Ana Sol\n".utf8)
            .write(to: URL(fileURLWithPath: folder.file("users.csv")))
        #expect(try await name(of: "Ana@example.com", inFile: folder.file("users.csv")) == "Ana Sol")
        #expect(try await name(of: "bo@example.com", inFile: folder.file("users.csv")) == nil)
        await #expect(throws: DirectoryError.self) {
            try await name(of: "ana@example.com", inFile: folder.file("gone.csv"))
        }
    }

    @Test func `the PostgreSQL connector's example finds a user`() async throws {
        let server = try await PostgresServer.shared()
        try await server.run("CREATE DATABASE snippet")
        try await server.run(Example(name: "postgresql").text("users.sql"), database: "snippet")
        let connection = Secret(
            server.connection(
                database: "snippet", "sslmode=verify-full sslrootcert=\(server.certificateAuthority)"))
        #expect(try await isKnown("ANA@example.com", at: connection))
        #expect(try await !isKnown("nobody@example.com", at: connection))
    }

    @Test func `the LDAP connector's example checks by a bind`() async throws {
        let server = try await LDAPServer(ldif: Example(name: "openldap").text("users.ldif"))
        for (password, expected) in [("correct horse", true), ("battery staple", false)] {
            let isRight = try await isRight(
                Secret(password), of: "ana@example.com", at: server.tlsURL,
                certificateAuthority: server.certificateAuthority, readBy: LDAPServer.readerDN,
                with: Secret(LDAPServer.password))
            #expect(isRight == expected, "\(password)")
        }
    }

    @Test func `the runtime's example sends events back`() async throws {
        let emulator = try await RuntimeAPIEmulator.start()
        let loop = Task { try await echo(endpoint: emulator.endpoint) }
        let event = Array(#"{"a":1}"#.utf8)
        #expect(try await emulator.invoke(event) == .response(event))
        loop.cancel()
        await emulator.stop()
    }
}
