import ConfigurationYAML
import ConnectorRegistry
import Foundation
import MigrationCore
import Testing

struct SecretTemplateTests {
    private static let environment = ["USER": "reader", "EMPTY": "", "BRACES": "${env:USER}"]
    private static let files = [
        "key": "abc\n", "windows": "abc\r\n", "two": "abc\n\n", "inner": "a\nb", "none": "", "newline": "\n",
    ]

    private func resolve(_ text: String) throws -> String {
        try SecretTemplate(text).resolve {
            Self.environment[$0]
        } file: { path throws(SecretTemplate.Unresolved) in
            guard let text = Self.files[path] else { throw .init(message: "the file \(path): no such file") }
            return text
        }.exposedText()
    }

    @Test(arguments: [
        ("plain", "plain"),
        ("", ""),
        ("a $5 {b} }", "a $5 {b} }"),
        ("${env:USER}", "reader"),
        ("postgresql://${env:USER}:${file:key}@db", "postgresql://reader:abc@db"),
        ("${env:USER:-nobody}", "reader"),
        ("${env:EMPTY:-nobody}", "nobody"),
        ("${env:UNSET:-nobody}", "nobody"),
        ("${env:UNSET:-}", ""),
        ("${env:UNSET:-a:-b}", "a:-b"),
        // What a variable holds is not read again.
        ("${env:BRACES}", "${env:USER}"),
        ("${file:key}", "abc"),
        ("${file:windows}", "abc"),
        ("${file:two}", "abc\n"),
        ("${file:inner}", "a\nb"),
    ])
    func `references are replaced`(_ text: String, _ expected: String) throws {
        #expect(try Array(resolve(text).utf8) == Array(expected.utf8))
    }

    @Test(arguments: [
        ("${env:UNSET}", "the environment variable UNSET is not set, or empty"),
        ("a${env:EMPTY}", "the environment variable EMPTY is not set, or empty"),
        ("${file:missing}", "the file missing: no such file"),
        ("${file:none}", "the file none is empty"),
        ("${file:newline}", "the file newline is empty"),
    ])
    func `a reference without a value is named`(_ text: String, _ message: String) {
        #expect(throws: SecretTemplate.Unresolved(message: message)) { try resolve(text) }
    }

    @Test(arguments: [
        "${", "a${env:USER", "${}", "${USER}", "${env:}", "${env:A B}", "${env:1A}", "${file:}", "${vault:x}",
        "${ssm:}", "${ssm:a b}", "${secretsmanager:}", "${secretsmanager:#y}", "${secretsmanager:x#}",
        "${secretsmanager:a b}", "${env:A:-${env:B}}",
    ])
    func `what is no reference is an error`(_ text: String) {
        #expect(throws: SecretTemplate.SyntaxError.self) { try SecretTemplate(text) }
    }

    @Test(arguments: [
        ("${ssm:/migration/db}", SecretTemplate.Part.parameter("/migration/db")),
        ("${secretsmanager:prod/db}", .secretsManager(id: "prod/db", key: nil)),
        ("${secretsmanager:prod/db#url}", .secretsManager(id: "prod/db", key: "url")),
        (
            "${secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1b2c3#url}",
            .secretsManager(id: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1b2c3", key: "url")
        ),
    ])
    func `a reference to what is kept elsewhere has no value until that was asked for`(
        _ text: String, _ part: SecretTemplate.Part
    ) throws {
        #expect(try SecretTemplate(text).parts == [part])
        #expect {
            try resolve(text)
        } throws: {
            ($0 as? SecretTemplate.Unresolved)?.message.contains("it was not asked for") == true
        }
    }

    @Test func `the result prints as a secret`() throws {
        let secret = try SecretTemplate("${env:USER}").resolve { _ in
            "hunter"
        } file: { _ in
            ""
        }
        #expect("\(secret)" == "[secret]")
        #expect(String(reflecting: secret) == "[secret]")
    }

    @Test func `a required secret that comes out empty stops the start, by its name`() throws {
        var configuration = try Golden.good()
        configuration.directories[0].options.values["connection"] = .text("${env:UNSET:-}")
        let opener = DirectoryOpener(
            kinds: ConnectorRegistry.kinds, baseFolder: "/etc/migration", environment: { _ in nil },
            readFile: { _ in "" })
        #expect {
            try opener.open(configuration, maxConnections: 1)
        } throws: {
            "\($0)" == "customers: connection: its value is empty"
        }
    }

    @Test func `everything that is missing is said at once, each with its keys`() throws {
        var configuration = try Golden.good()
        configuration.directories[0].options.values["connection"] = .text("${env:UNSET}")
        configuration.directories[1].type = "oracle"
        var third = configuration.directories[0]
        third.name = "third"
        third.options.values["connection"] = .text("${file:gone}")
        var fourth = third
        fourth.name = "fourth"
        fourth.options.values["connection"] = .text("${env:URL}")
        configuration.directories += [third, fourth]
        let opener = DirectoryOpener(
            kinds: ConnectorRegistry.kinds, baseFolder: "/etc/migration",
            environment: { $0 == "URL" ? "no connection hunter" : nil },
            readFile: { path throws(SecretTemplate.Unresolved) in
                throw .init(message: "the file \(path): no such file")
            })
        do throws(DirectoryOpener.Failure) {
            _ = try opener.open(configuration, maxConnections: 1)
            Issue.record("it opened")
        } catch {
            #expect(
                error.problems.map(\.path) == [
                    ["directories", "customers", "connection"], ["directories", "pilot", "type"],
                    ["directories", "third", "connection"], ["directories", "fourth", "connection"],
                ])
            #expect(error.description.contains("the environment variable UNSET is not set, or empty"))
            #expect(!error.description.contains("hunter"))
        }
    }

    @Test func `the place of a problem is that of its keys, or of what is there of them`() throws {
        let root = try #require(YAMLDocument.parse(try Golden.bytes("good.yaml")).root)
        let places = LocatedConfiguration(root: root)
        #expect(places.position(of: ["directories", "customers", "connection"]) == .init(line: 16, column: 17))
        #expect(places.position(of: ["directories", "pilot", "bind_password"]) == .init(line: 27, column: 5))
        #expect(places.position(of: ["log", "key"]) == .init(line: 43, column: 13))
        #expect(places.position(of: ["cache"]) == .init(line: 1, column: 1))
    }

    @Test func `a retired directory is never opened, asked or listed, and needs no secret`() async throws {
        var configuration = try Golden.good()
        configuration.directories[0].isRetired = true
        let opener = DirectoryOpener(
            kinds: ConnectorRegistry.kinds, baseFolder: "/nowhere", environment: { _ in nil }, readFile: { _ in "" })
        let directory = try opener.open(configuration, maxConnections: 1)[0]
        await #expect(throws: DirectoryError(.unreachable, directory: "customers")) {
            _ = try await directory.lookUp("ana@example.com", by: .after(.seconds(1)))
        }
        var batches = 0
        await #expect(throws: DirectoryError(.unreachable, directory: "customers")) {
            for try await _ in directory.list(stallLimit: .seconds(1)) { batches += 1 }
        }
        #expect(batches == 0)
        #expect(!DirectoryOpener.files(configuration, kinds: ConnectorRegistry.kinds).contains("/run/secrets/ldap"))
    }

    @Test func `a file's path is relative to the configuration's folder`() throws {
        let opener = DirectoryOpener(
            kinds: [], baseFolder: "/etc/migration", environment: { _ in nil }, readFile: { $0 })
        #expect(try opener.secret("${file:key}", named: "log.key")?.exposedText() == "/etc/migration/key")
        #expect(try opener.secret("${file:/run/key}", named: "log.key")?.exposedText() == "/run/key")
        #expect(try opener.secret(nil, named: "log.key") == nil)
    }

    @Test func `a secret of the configuration that has no value is named`() throws {
        let opener = DirectoryOpener(kinds: [], baseFolder: "", environment: { _ in nil }, readFile: { _ in "" })
        #expect(try opener.secret("${env:LOG_KEY:-}", named: "log.key") == nil)
        #expect {
            try opener.secret("${env:LOG_KEY}", named: "log.key")
        } throws: {
            "\($0)" == "log.key: the environment variable LOG_KEY is not set, or empty"
        }
    }
}

struct TextFileTests {
    private func reason(_ path: String, maxBytes: Int = 10) -> String? {
        do throws(TextFile.Unreadable) {
            _ = try TextFile.bytes(of: path, maxBytes: maxBytes)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `a file is read whole, through a link too, up to its limit`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "text-file-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "file").path
        let link = folder.appending(path: "link").path
        try Data("0123456789".utf8).write(to: URL(filePath: file))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        for path in [file, link] {
            #expect(try TextFile.bytes(of: path, maxBytes: 10) == Array("0123456789".utf8))
            #expect(reason(path, maxBytes: 9) == "it is larger than 9 bytes")
        }
        #expect(reason(folder.path) == "it is a folder")
        #expect(reason("\(file)/below") == "no such file")
        #expect(reason("\(folder.path)/missing") == "no such file")
    }

    @Test func `a file without an end is not read for ever`() {
        #expect(reason("/dev/zero", maxBytes: 1 << 20) == "it is larger than 1048576 bytes")
    }
}
