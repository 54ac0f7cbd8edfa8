import ConfigurationYAML
import Foundation
import MigrationCore
import PasswordHashing
import Testing

/// What `config check` says of each file in Golden/. `RECORD_GOLDEN=1` writes it down anew, for review as a diff.
struct MessageTests {
    private static func messages(_ name: String) throws -> String {
        let (configuration, problems) = read(yaml: try Golden.bytes(name))
        let lines = problems.map { $0.text(file: name) } + (configuration == nil ? [] : ["accepted"])
        return lines.map { $0 + "\n" }.joined()
    }

    @Test(arguments: Golden.names)
    func `each mistake has its message, word for word`(_ name: String) throws {
        let messages = try Self.messages(name)
        let expected = name.replacing(".yaml", with: ".expected")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try Data(messages.utf8).write(to: Golden.sources.appending(path: expected))
            Issue.record("recorded \(expected); a recording proves nothing")
            return
        }
        #expect(messages == String(decoding: try Golden.bytes(expected), as: UTF8.self))
    }

    @Test func `the files are all here`() {
        #expect(Golden.names.count == 69)
    }

    @Test(arguments: Golden.names)
    func `a problem has one line, in the file's order and inside the file`(_ name: String) throws {
        let bytes = try Golden.bytes(name)
        let lengths = lineLengths(bytes)
        let problems = read(yaml: bytes).problems
        for problem in problems {
            #expect(problem.isInside(lengths), "\(problem)")
            #expect(!problem.message.unicodeScalars.contains { $0.properties.generalCategory == .control })
            #expect(!problem.message.hasSuffix("."))
        }
        #expect(problems.map(\.position) == problems.map(\.position).sorted())
    }

    @Test(arguments: [
        "secrets.yaml", "connector-checks.yaml", "wrong-types.yaml", "several.yaml", "inline-secrets.yaml",
        "as-a-beginner.yaml",
        "later-secrets.yaml", "password-options.yaml",
    ])
    func `no message quotes a secret`(_ name: String) throws {
        let problems = read(yaml: try Golden.bytes(name)).problems
        #expect(!problems.isEmpty)
        #expect(!problems.contains { $0.message.contains("hunter") || $0.message.contains("s3cr3t") })
    }

    @Test func `a file of more than a mebibyte is not read`() {
        let comment = Array("# filler, filler, filler, filler, filler, filler, filler, filler\n".utf8)
        let bytes = Array(repeatElement(comment, count: (1 << 20) / comment.count + 1).joined())
        #expect(
            read(yaml: bytes).problems.map { $0.text(file: "f") }
                == ["f:1:1: error: the file is larger than 1024 KiB; is it the right one?"])
        #expect(
            read(yaml: Array(bytes.prefix(1 << 20))).problems.map(\.message)
                != read(yaml: bytes).problems.map(\.message))
    }

    @Test func `scalars are texts, whatever YAML makes of them`() throws {
        let yaml = """
            version: 1
            directories:
              - name: 010
                type: sqlite
                path: 1e3
                lookup: SELECT ?1
                key: no
                password: { from: yes, allow_cleartext: true }
                disabled: { from: ~, equals: true }
                migrated: null
            attributes:
              email: { from: [on, 0x1F], transform: [{ lookup: { 1: no, yes: 010, off: 1_000 } }, { default: true }] }
            """
        let configuration = try #require(read(yaml: Array(yaml.utf8)).configuration)
        let directory = configuration.directories[0]
        #expect(directory.name == "010")
        #expect(directory.options.text("path") == "1e3")
        #expect(directory.key == "no")
        #expect(directory.password.stored?.column == "yes")
        #expect(directory.disabled == FlagRule(column: "~", form: .equals("true")))
        #expect(directory.migrated == FlagRule(column: "null"))
        #expect(
            configuration.attributes == [
                AttributeRule(
                    "email", from: .columns(["on", "0x1F"]),
                    transforms: [.lookup(["1": "no", "yes": "010", "off": "1_000"]), .default("true")])
            ])
    }

    @Test func `an empty value is an absent value`() throws {
        let yaml = """
            version: 1
            user_pool:
            sign_in: { budget: '', messages: { unavailable: "" } }
            directories:
              - name: pilot
                type: sqlite
                path: a.sqlite
                lookup: SELECT ?1
                list: ''
                key: id
                password: { from: pw, scheme: "" }
                disabled:
                names: ['']
            username: ''
            attributes:
              email: { from: ['', mail], template: '', transform: [''], join: '' }
              name:
            log: { key: '' }
            """
        let result = read(yaml: Array(yaml.utf8))
        let configuration = try #require(result.configuration, "\(result.problems)")
        var expected = ConnectorsConfiguration(
            directories: [
                DirectoryConfiguration(
                    name: "pilot", type: "sqlite",
                    options: ConnectorOptions(["path": .text("a.sqlite"), "lookup": .text("SELECT ?1")]), key: "id",
                    password: .column("pw"))
            ], attributes: [AttributeRule("email", from: .columns(["mail"]))])
        expected.username = nil
        #expect(configuration == expected)
    }

    @Test func `the good file's values arrive in the model`() throws {
        let configuration = try Golden.good()
        #expect(configuration.userPool.settings?.id == "eu-west-1_Ex4mple")
        #expect(configuration.signIn.budget == .milliseconds(3500))
        #expect(configuration.signIn.coldStartReserve == .milliseconds(500))
        #expect(configuration.signIn.desiredDeliveryMediums == [.email, .sms])
        #expect(configuration.signIn.messages.unmappable == SignInSettings.Messages().unmappable)
        let customers = configuration.directories[0]
        #expect(customers.options.text("connection") == "${env:CUSTOMERS_URL}")
        #expect(customers.disabled == FlagRule(column: "flags", form: .bit(2)))
        #expect(customers.mustReset == FlagRule(column: "state", form: .equals("expired")))
        #expect(customers.migrated == FlagRule(column: "migrated_at"))
        #expect(customers.names == [#"@example\.com$"#])
        #expect(customers.onUnavailable == .next)
        #expect(customers.onWrongPassword == .stop)
        #expect(customers.timeout == .milliseconds(1500))
        let pilot = configuration.directories[1]
        #expect(pilot.disabled == FlagRule(column: "closed", form: .beforeNow))
        #expect(pilot.password.stored?.options.allowCleartext == true)
        #expect(pilot.attributes == [AttributeRule("name", from: .columns(["full_name"]))])
        #expect(
            configuration.attributes.map(\.attribute) == [
                "email", "email_verified", "name", "phone_number", "gender", "custom:legacy_id",
            ])
        #expect(configuration.attributes[0].isRequired)
        #expect(configuration.attributes[3].transforms == [.e164(countryCode: "49", trunkPrefix: "0")])
        #expect(configuration.log.key == "${env:LOG_KEY:-}")
    }
}
