import ConfigurationYAML
import MigrationCore
import Testing

/// The keys of a kind that has one of each form.
struct ConnectorOptionTests {
    private enum SampleKind: ConnectorKind {
        static let typeName = "sample"
        static let options = [
            ConnectorOption("where", .text, isRequired: true, help: "Where it is."),
            ConnectorOption("urls", .texts, help: "Its addresses."),
            ConnectorOption("page_size", .count(1...1000), help: "Entries a page."),
            ConnectorOption("start_tls", .flag, help: "Whether to."),
            ConnectorOption("encoding", .choice(["utf-8", "windows-1252"]), help: "How bytes are read."),
        ]

        static func check(_ options: ConnectorOptions) -> [ConnectorOptionProblem] {
            options.text("where") == "nowhere" ? [ConnectorOptionProblem("where", "nobody is there")] : []
        }

        static func open(
            name: String, options: ResolvedConnectorOptions, settings: ConnectorSettings
        ) throws(DirectoryError) -> any ListableDirectory {
            throw DirectoryError(.notADirectory, directory: name, detail: "a sample")
        }
    }

    private func read(_ options: String) -> (configuration: ConnectorsConfiguration?, problems: [String]) {
        let yaml = """
            version: 1
            directories:
              - { name: a, type: sample, key: id, password: { from: pw }, \(options) }
            attributes: { email: { from: mail } }
            """
        let result = ConfigurationReader(kinds: [SampleKind.self]).read(yaml: Array(yaml.utf8)) {
            _ throws(UserPoolSettings.UnreadableDescription) in throw .init(message: "none")
        }
        return (result.configuration, result.problems.filter { $0.severity == .error }.map(\.message))
    }

    @Test func `values are read as their option says`() throws {
        let result = read("where: here, urls: [a, b], page_size: 500, start_tls: true, encoding: windows-1252")
        #expect(
            result.configuration?.directories[0].options
                == ConnectorOptions([
                    "where": .text("here"), "urls": .texts(["a", "b"]), "page_size": .count(500),
                    "start_tls": .flag(true), "encoding": .text("windows-1252"),
                ]))
    }

    @Test(arguments: [
        ("urls: x", "directory: where is missing: Where it is"),
        ("where: ''", "directory: where is empty: Where it is"),
        ("where: nowhere", "where: nobody is there"),
        ("where: here, page_size: 0", "page_size should be a whole number from 1 to 1000"),
        ("where: here, page_size: many", "page_size should be a whole number from 1 to 1000"),
        ("where: here, start_tls: yes", "start_tls should be true or false"),
        ("where: here, encoding: utf8", "encoding: unknown value \"utf8\"; did you mean \"utf-8\"?"),
        (
            "where: here, encoding: ebcdic",
            "encoding: unknown value \"ebcdic\"; it should be one of utf-8, windows-1252"
        ),
        ("where: here, urls: [[a]]", "an item of urls is a list, and should be a single value"),
        ("where: here, urls: {a: b}", "urls is a section, and should be a single value"),
    ])
    func `a value of another form is one error`(_ options: String, _ message: String) {
        let result = read(options)
        #expect(result.configuration == nil)
        #expect(result.problems == [message])
    }
}
