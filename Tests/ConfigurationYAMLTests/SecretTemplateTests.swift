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
        "${ssm:/x}", "${secretsmanager:x#y}", "${env:A:-${env:B}}",
    ])
    func `what is no reference is an error`(_ text: String) {
        #expect(throws: SecretTemplate.SyntaxError.self) { try SecretTemplate(text) }
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
