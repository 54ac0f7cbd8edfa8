import ConfigurationYAML
import ConnectorRegistry
import Foundation
import MigrationCore
import Testing

/// connectors.yaml.example: what is commented out in it, by the rule that its first lines give.
struct Example {
    /// Some lines that are uncommented together.
    struct Block: CustomStringConvertible, Sendable {
        let name: String
        let lines: Range<Int>

        var description: String { "\(name), line \(lines.lowerBound + 1)" }
    }

    let lines: [String]

    init() throws {
        let text = try String(
            contentsOf: SchemaTests.project.appending(path: "connectors.yaml.example"), encoding: .utf8)
        lines = text.components(separatedBy: "\n")
    }

    /// Those of one depth of comments: what stands behind a second `#` stays one.
    static func blocks(_ lines: [String]) -> [Block] {
        var blocks: [Block] = []
        var index = 0
        while index < lines.count {
            guard let (indentation, content) = comment(lines[index]), let name = key(content) else {
                index += 1
                continue
            }
            var end = index + 1
            while end < lines.count, let (depth, more) = comment(lines[end]), depth == indentation,
                more.hasPrefix("  ")
            {
                end += 1
            }
            blocks.append(Block(name: name, lines: index..<end))
            index = end
        }
        return blocks
    }

    /// `  # text` as its indentation and its text.
    private static func comment(_ line: String) -> (indentation: Int, content: String)? {
        let rest = line.drop { $0 == " " }
        guard rest.hasPrefix("# ") else { return nil }
        return (line.count - rest.count, String(rest.dropFirst(2)))
    }

    /// The name of a key, or of a directory, with a value that YAML has; prose has spaces before its first colon.
    private static func key(_ content: String) -> String? {
        if content.hasPrefix("- name: ") { return String(content.dropFirst("- name: ".count)) }
        guard let colon = content.firstIndex(of: ":") else { return nil }
        let name = content[..<colon]
        let rest = content[content.index(after: colon)...]
        let isName = name.first?.isLetter == true && name.allSatisfy { $0.isLowercase || $0 == "_" }
        // The list of what transforms there are is prose.
        return isName && (rest.isEmpty || rest.hasPrefix(" ") && !rest.hasPrefix("  ")) && !prose.contains(String(name))
            ? String(name) : nil
    }

    private static let prose: Set = ["from", "transform", "required", "join", "on_invalid"]

    static func uncommenting(_ block: Block, in lines: [String]) -> [String] {
        var lines = lines
        for index in block.lines {
            guard let (indentation, content) = comment(lines[index]) else { continue }
            lines[index] = String(repeating: " ", count: indentation) + content
        }
        return lines
    }

    /// Uncommented until there is nothing left, but for what this pool can't have and what excludes another key.
    var everything: String {
        var lines = lines
        while let block = Self.blocks(lines).first(where: { !Self.excluded.contains($0.name) }) {
            lines = Self.uncommenting(block, in: lines)
        }
        return lines.joined(separator: "\n")
    }

    private static let excluded: Set = ["username", "plaintext", "start_tls"]
}

struct ExampleTests {
    private static let blocks = (try? Example()).map { Example.blocks($0.lines) } ?? []

    private func read(_ text: String) -> (configuration: ConnectorsConfiguration?, problems: [ConfigurationProblem]) {
        ConfigurationReader(kinds: ConnectorRegistry.kinds).read(yaml: Array(text.utf8)) {
            path throws(UserPoolSettings.UnreadableDescription) in
            guard let data = try? Data(contentsOf: SchemaTests.project.appending(path: path)) else {
                throw .init(message: "no such file")
            }
            return try UserPoolSettings(describeUserPool: Array(data))
        }
    }

    @Test func `as it stands it is good, without a word`() throws {
        let result = read(try Example().lines.joined(separator: "\n"))
        #expect(result.configuration != nil)
        #expect(result.problems.isEmpty, "\(result.problems)")
    }

    @Test func `its comments hold what is to be uncommented`() {
        let names = Set(Self.blocks.map(\.name))
        #expect(
            names == [
                "region", "endpoint", "cache", "on_migrated", "changed", "password_changed", "names", "attempts",
                "attributes", "customers", "export", "staff", "username", "groups", "mfa", "migration_mark", "import",
                "reconcile", "triggers", "allow_cleartext",
            ], "\(names.sorted())")
    }

    @Test(arguments: blocks)
    func `each section is good once it is uncommented`(_ block: Example.Block) throws {
        let example = try Example()
        let before = read(example.lines.joined(separator: "\n")).configuration
        var lines = Example.uncommenting(block, in: example.lines)
        if block.name == "username" { lines.removeAll { $0.hasPrefix("  schema:") } }
        let result = read(lines.joined(separator: "\n"))
        #expect(result.configuration != nil, "\(result.problems)")
        // Some show the default.
        if !["cache", "import", "triggers"].contains(block.name) { #expect(result.configuration != before) }
        let warnings = result.problems.filter { !$0.message.contains("not at work yet") }
        #expect(block.name == "username" || warnings.isEmpty, "\(warnings)")
    }

    @Test func `with everything uncommented it has every key of the schema but those that exclude another`() throws {
        let text = try Example().everything
        let result = read(text)
        #expect(result.configuration != nil, "\(result.problems)")
        #expect(!text.contains("# reconcile:"))
        let keys = Set(
            YAMLTree(try #require(YAMLDocument.parse(Array(text.utf8)).root)).parts.compactMap(\.path.last))
        let full = Set(
            YAMLTree(try #require(YAMLDocument.parse(try Golden.bytes("full.yaml")).root)).parts.compactMap(\.path.last)
        ).filter { !$0.contains(":") && Int($0) == nil }
        // The user's own names, what is shown as a comment within a line, and what excludes another key.
        let others: Set = [
            "family_name", "locale", "username", "plaintext", "start_tls", "bind", "equals", "prefix", "suffix",
            "split", "separator", "index", "default", "texts", "email", "description", "template", "join",
            "encoding", "m", "f",
        ]
        #expect(full.subtracting(keys).subtracting(others).isEmpty, "\(full.subtracting(keys).subtracting(others))")
    }
}
