import ConfigurationYAML
import ConnectorRegistry
import Foundation
import MigrationCore
import TestSupport
import Testing

/// docs/connectors.schema.json beside the reader: neither knows a key that the other doesn't.
struct SchemaTests {
    static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let file = project.appending(path: "docs/connectors.schema.json")

    private let schema: [String: Any]

    init() throws {
        let json = ConfigurationSchema(kinds: ConnectorRegistry.kinds).json()
        schema = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
    }

    @Test func `the file in the repository is what the program prints`() throws {
        let json = ConfigurationSchema(kinds: ConnectorRegistry.kinds).json()
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try Data(json).write(to: Self.file)
            Issue.record("recorded connectors.schema.json; a recording proves nothing")
            return
        }
        #expect(String(decoding: json, as: UTF8.self) == (try String(contentsOf: Self.file, encoding: .utf8)))
    }

    /// The schema's part for a part of a file, references followed.
    private func part(_ value: Any?, for tree: YAMLTree) -> [[String: Any]] {
        guard var object = value as? [String: Any] else { return [] }
        if let reference = object["$ref"] as? String, let name = reference.split(separator: "/").last {
            object = (schema["definitions"] as? [String: Any])?[String(name)] as? [String: Any] ?? [:]
        }
        var parts: [[String: Any]] = []
        for key in ["anyOf", "allOf"] {
            for branch in object[key] as? [[String: Any]] ?? [] {
                if let condition = branch["if"] as? [String: Any] {
                    let type = ((condition["properties"] as? [String: Any])?["type"] as? [String: Any])?["const"]
                    if tree[["type"]] == .text(type as? String ?? "") { parts += part(branch["then"], for: tree) }
                } else {
                    parts += part(branch, for: tree)
                }
            }
        }
        return parts + [object]
    }

    /// Calls `visit` with each section of a file and the keys that the schema has there.
    private func walk(
        _ tree: YAMLTree, _ path: YAMLTree.Path, _ value: Any?,
        _ visit: (YAMLTree.Path, YAMLTree, [String: Any]) -> Void
    ) {
        let parts = part(value, for: tree)
        switch tree {
        case .text: break
        case .list(let items):
            guard let item = parts.compactMap({ $0["items"] }).first else { return }
            for (index, tree) in items.enumerated() { walk(tree, path + ["\(index)"], item, visit) }
        case .section(let members):
            // An outer one only says what a directory's types have in common.
            let section = parts.first { $0["properties"] != nil && $0["additionalProperties"] as? Bool == false }
            if let properties = section?["properties"] as? [String: Any] {
                visit(path, tree, properties)
                for member in members { walk(member.value, path + [member.key], properties[member.key], visit) }
            } else if let more = parts.compactMap({ $0["additionalProperties"] }).first {
                for member in members { walk(member.value, path + [member.key], more, visit) }
            }
        }
    }

    @Test func `every section of the file has the keys that the reader knows there`() throws {
        var sections: [(YAMLTree.Path, Set<String>)] = []
        walk(try YAMLTree.golden("full.yaml"), [], schema) { path, _, properties in
            // A step of `transform` has one key, its name.
            if properties["e164"] == nil { sections.append((path, Set(properties.keys))) }
        }
        for (path, keys) in sections {
            let known = Set(ConfigurationKeyList.known(at: path, in: "full.yaml"))
            let later = try ConfigurationKeyList.later(keys.subtracting(known), at: path, in: "full.yaml")
            #expect(keys == known.union(later), "\(path)")
        }
        #expect(sections.count >= 40)
    }

    /// A file whose `username` is made by one step.
    private static func problems(withStep step: YAMLTree) throws -> [String] {
        let tree = try YAMLTree.golden("full.yaml").setting(["username", "transform"], to: .list([step]))
        return read(yaml: tree.yaml).problems.map(\.message)
    }

    private static func section(_ key: String, _ value: YAMLTree) -> YAMLTree {
        .section([.init(key: key, value: value)])
    }

    @Test func `the schema's transforms are those of the reader, and so are their arguments' keys`() throws {
        let definitions = try #require(schema["definitions"] as? [String: [String: Any]])
        let branches = try #require(definitions["transform"]?["anyOf"] as? [[String: Any]])
        let plain = try #require(branches[0]["enum"] as? [String])
        let others = try #require(branches[1]["properties"] as? [String: [String: Any]])
        let message = try #require(
            try Self.problems(withStep: .text(ConfigurationKeyList.stranger)).first { $0.contains("there are ") })
        let known = Set(message.components(separatedBy: "there are ")[1].components(separatedBy: ", "))
        for name in plain + others.keys where !known.contains(name) {
            // The schema may be ahead of the reader.
            let said = try Self.problems(withStep: .text(name))
            #expect(said.contains { $0.contains("has no work for it yet") }, "\(name)")
        }
        #expect(known.subtracting(plain + others.keys).isEmpty)
        for name in known {
            let needs = try Self.problems(withStep: .text(name)).contains { $0.contains("needs its argument") }
            #expect(needs == (others[name] != nil), "\(name)")
            guard let argument = others[name] else { continue }
            let section = ([argument] + (argument["anyOf"] as? [[String: Any]] ?? [])).first { $0["properties"] != nil }
            guard let properties = section?["properties"] as? [String: Any] else { continue }
            let step = Self.section(name, Self.section(ConfigurationKeyList.stranger, .text("1")))
            let said = try Self.problems(withStep: step).first { $0.contains("known here: ") }
            let keys = try #require(said, "\(name)").components(separatedBy: "known here: ")[1]
            #expect(Set(properties.keys) == Set(keys.components(separatedBy: ", ")), "\(name)")
        }
    }

    @Test func `full-yaml has every key, so that every key is tried`() throws {
        var missing: [String: Set<String>] = [:]
        walk(try YAMLTree.golden("full.yaml"), [], schema) { path, tree, properties in
            // Of directories, rules and flags one of each kind is enough.
            let group = path.map { Int($0) == nil ? $0 : "-" }.joined(separator: "/")
            let type = if case .text(let type)? = tree[["type"]] { type } else { "" }
            let name = properties["template"] != nil ? "rule" : properties["bit"] != nil ? "flag" : group + type
            let absent = Set(properties.keys.filter { tree[[$0]] == nil })
            missing[name] = missing[name]?.intersection(absent) ?? absent
        }
        let common: Set = [
            "changed", "must_reset", "migrated", "names", "password_changed", "on_unavailable", "on_wrong_password",
            "attempts", "timeout", "retired", "attributes", "disabled",
        ]
        for (section, keys) in missing {
            // What the reader has no work for yet can't be in a file that it takes.
            let absent = keys.subtracting(section.hasPrefix("directories/-") ? common : []).subtracting([
                "when", "limits",
            ])
            #expect(absent.isEmpty || section.hasSuffix("/transform/-") || section.hasSuffix("password"), "\(section)")
        }
        let customers = try #require(try YAMLTree.golden("full.yaml")[["directories", "0"]])
        for key in common { #expect(customers[[key]] != nil, "\(key)") }
    }

    @Test func `every key is described`() {
        func check(_ value: Any, _ path: String) {
            guard let object = value as? [String: Any] else { return }
            for (key, property) in object["properties"] as? [String: Any] ?? [:] {
                let help = (property as? [String: Any])?["description"] as? String ?? ""
                // That only tells which type a directory has.
                if path.hasSuffix("/items"), key == "type" { continue }
                if path.hasSuffix("/if") { continue }
                #expect(help.count > 5 && help.hasSuffix("."), "\(path)/\(key): \(help)")
            }
            for (key, part) in object {
                if let list = part as? [Any] {
                    for item in list { check(item, "\(path)/\(key)") }
                } else {
                    check(part, "\(path)/\(key)")
                }
            }
        }
        check(schema, "")
    }

    // MARK: With a validator that isn't ours

    /// What it says of each file, by name.
    static func validate(_ files: [String: [UInt8]]) async throws -> [String: [String]] {
        try Requirement.require(
            (try? await ChildProcess.run("/usr/bin/python3", ["-c", "import jsonschema, yaml; yaml.CSafeLoader"]))
                != nil,
            orSkip: "python3-jsonschema and python3-yaml are not installed")
        let folder = try TemporaryFolder("schema")
        defer { folder.remove() }
        for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: folder.file("\(name).yaml"))) }
        let output = try await ChildProcess.run(
            project.appending(path: "Tests/Scripts/check-schema").path, [file.path, folder.path])
        let problems = try JSONDecoder().decode([String: [String]].self, from: Data(output.utf8))
        #expect(problems.count == files.count)
        return Dictionary(uniqueKeysWithValues: problems.map { (String($0.key.dropLast(".yaml".count)), $0.value) })
    }

    @Test func `what the reader takes the schema takes`() async throws {
        var files: [String: [UInt8]] = [:]
        for name in Golden.names where read(yaml: try Golden.bytes(name)).configuration != nil {
            files[String(name.dropLast(".yaml".count))] = try Golden.bytes(name)
        }
        files["example"] = Array(try Data(contentsOf: Self.project.appending(path: "connectors.yaml.example")))
        files["example-whole"] = Array(try Example().everything.utf8)
        let problems = try await Self.validate(files)
        #expect(files.count > 10)
        for (name, problems) in problems { #expect(problems.isEmpty, "\(name): \(problems)") }
    }

    @Test func `what is wrong in itself the schema refuses, where it stands`() async throws {
        let full = try YAMLTree.golden("full.yaml")
        var files: [String: [UInt8]] = [:]
        var places: [String: String] = [:]
        let wrong: [(String, YAMLTree)] = [
            ("version", .text("2")), ("user_pool/region", .text("Frankfurt")), ("sign_in/budget", .text("soon")),
            ("sign_in/on_must_reset", .text("rest")), ("sign_in/force_alias_creation", .text("yes")),
            ("cache/memory/bytes", .text("lots")), ("cache/memory/entries", .text("-x")),
            ("directories/0/type", .text("postgre")), ("directories/1/page_size", .list([])),
            ("directories/0/attempts/limit", .text("three")), ("groups/missing", .text("drop")),
            ("migration_mark", .text("name")), ("reconcile/authority/email", .text("mine")),
            ("triggers", .text("all")), ("import/rate", .list([])),
        ]
        for (index, (path, value)) in wrong.enumerated() {
            let parts = path.split(separator: "/").map(String.init)
            files["wrong-\(index)"] = full.setting(parts, to: value).yaml
            places["wrong-\(index)"] = path
        }
        for (index, path) in [[], ["sign_in"], ["directories", "4"], ["directories", "0", "password"]].enumerated() {
            files["unknown-\(index)"] = full.adding("colour", .text("1"), to: path).yaml
            places["unknown-\(index)"] = path.joined(separator: "/") + ": "
        }
        files["missing"] = full.setting(["directories", "3", "lookup"], to: nil).yaml
        places["missing"] = "directories/3: "
        let problems = try await Self.validate(files)
        for (name, place) in places {
            #expect(
                problems[name]?.contains { $0.hasPrefix(place) } == true, "\(name) \(place): \(problems[name] ?? [])")
        }
    }
}
