import ConfigurationYAML
import MigrationCore
import Testing

/// full.yaml has every key, each with a value of its own, so one change to it has one known effect.
struct FullFileTests {
    private let full: YAMLTree
    private let configuration: ConnectorsConfiguration

    init() throws {
        full = try YAMLTree.golden("full.yaml")
        configuration = try #require(read(yaml: try Golden.bytes("full.yaml")).configuration)
    }

    private func errors(_ tree: YAMLTree) -> [ConfigurationProblem] {
        read(yaml: tree.yaml).problems.filter { $0.severity == .error }
    }

    /// The ways to all members of sections.
    private var members: [YAMLTree.Path] {
        full.parts.map(\.path).filter { path in
            guard !path.isEmpty, case .section? = full[Array(path.dropLast())] else { return false }
            return true
        }
    }

    /// Sections whose keys are the user's own, so that no name is wrong.
    private func isFree(_ path: YAMLTree.Path) -> Bool {
        path.first == "triggers" || ["lookup", "authority", "modify"].contains(path.dropLast().last ?? "")
    }

    /// A step of `transform:`, whose one key is its name.
    private func isStep(_ path: YAMLTree.Path) -> Bool {
        path.count > 1 && path[path.count - 2] == "transform"
    }

    @Test func `written again it says the same`() throws {
        let again = read(yaml: full.yaml)
        #expect(again.configuration == configuration)
        #expect(again.problems.map(\.message) == read(yaml: try Golden.bytes("full.yaml")).problems.map(\.message))
    }

    @Test func `a key left out is an error that names it, or changes what the file says`() {
        var required: [String] = []
        for path in members {
            let key = path[path.count - 1]
            let result = read(yaml: full.setting(path, to: nil).yaml)
            if let without = result.configuration {
                // A bind is what an LDAP directory does where nothing is said.
                if path == ["directories", "2", "password"] { continue }
                #expect(without != configuration, "\(path) makes no difference")
            } else {
                let messages = result.problems.filter { $0.severity == .error }.map(\.message)
                let step = isStep(Array(path.dropLast())) ? "a transform is a name" : "modify changes nothing"
                #expect(messages.contains { $0.contains(key) || $0.hasPrefix(step) }, "\(path): \(messages)")
                required.append(path.joined(separator: "/"))
            }
        }
        #expect(Set(required) == Self.required, "\(Set(required).symmetricDifference(Self.required).sorted())")
    }

    /// What any file needs, and what something else in full.yaml does: the password policy the pool's schema, a
    /// reader's name its password, and so on.
    private static let required: Set = [
        "version", "directories",
        "cache/snapshot/path", "cache/snapshot/key",
        "directories/0/name", "directories/0/type", "directories/0/connection", "directories/0/lookup",
        "directories/0/key", "directories/0/password", "directories/0/password/from", "directories/0/disabled/from",
        "directories/0/must_reset/from", "directories/0/attributes/name/from",
        "directories/1/name", "directories/1/type", "directories/1/url", "directories/1/base", "directories/1/filter",
        "directories/1/key", "directories/1/password/from", "directories/1/disabled/from",
        "directories/1/on_migrated/modify",
        "directories/2/name", "directories/2/type", "directories/2/url", "directories/2/base", "directories/2/filter",
        "directories/2/key",
        "directories/3/name", "directories/3/type", "directories/3/path", "directories/3/lookup", "directories/3/key",
        "directories/3/password", "directories/3/password/from",
        "directories/4/name", "directories/4/type", "directories/4/path", "directories/4/match", "directories/4/key",
        "directories/4/password", "directories/4/password/from",
        "username/from", "attributes/email/from", "attributes/email_verified/from", "attributes/name/template",
        "attributes/phone_number/from", "attributes/gender/from", "attributes/family_name/from",
        "attributes/locale/from", "attributes/custom:legacy_id/from", "groups/from", "mfa/sms/from",
        "attributes", "attributes/custom:legacy_id", "attributes/email", "directories/1/bind_dn",
        "directories/1/bind_password", "directories/1/on_migrated/modify/description", "directories/1/start_tls",
        "mfa/enrolled", "user_pool", "user_pool/schema", "username", "groups/transform/0/suffix",
        "attributes/family_name/transform/1/split", "attributes/family_name/transform/2/prefix",
        "attributes/gender/transform/0/lookup", "attributes/gender/transform/1/default",
        "attributes/phone_number/transform/0/e164", "attributes/phone_number/transform/0/e164/country_code",
        "attributes/family_name/transform/1/split/separator",
    ]

    @Test func `a key misspelt is an error at its place that names the right one`() {
        for path in members where !isFree(path) {
            let key = path[path.count - 1]
            for typo in Self.typos(of: key) {
                let problems = errors(full.renaming(path, to: typo))
                let unknown = problems.filter { $0.message.contains("\"\(typo)\"") || $0.message.contains(typo) }
                #expect(unknown.contains { $0.message.contains("\"\(key)\"") }, "\(path) as \(typo): \(problems)")
            }
        }
    }

    /// A letter too much, too little, another one, and two changed round; for names of attributes only in what follows
    /// `custom:`.
    private static func typos(of key: String) -> [String] {
        let letters = Array(key)
        let middle = letters.count / 2
        var swapped = letters
        swapped.swapAt(middle - (middle > 0 ? 1 : 0), middle)
        let head = letters[..<middle]
        let tail = letters[(middle + 1)...]
        let variants = [
            String(head) + "x" + String(letters[middle...]), String(head) + String(tail),
            String(head) + "x" + String(tail), String(swapped),
        ]
        // Of two letters, with one of them wrong, nobody can tell.
        return Set(variants).filter { $0 != key && !$0.isEmpty && key.count > 2 }.sorted()
    }

    @Test func `a key in another section is an error there`() {
        let sections = full.parts.filter { part in
            if case .section = part.value { !isFree(part.path + ["x"]) && !isStep(part.path) } else { false }
        }.map { ($0.path, Set(ConfigurationKeyList.known(at: $0.path, in: "full.yaml"))) }
        var pairs = 0
        var count = 0
        for path in members where !isFree(path) && !isStep(Array(path.dropLast())) && path.first != "version" {
            let key = path[path.count - 1]
            guard let value = full[path], !key.contains(":") else { continue }
            for (section, known) in sections
            where !section.starts(with: path) && section != path.dropLast() && !known.contains(key) {
                // Under `attributes` a pool attribute's name is right, wherever it was taken from.
                if section.last == "attributes",
                    ["email", "name", "locale", "gender", "phone_number", "family_name", "email_verified"].contains(key)
                {
                    continue
                }
                // Every seventh: all of them take minutes.
                pairs += 1
                guard pairs.isMultiple(of: 7) else { continue }
                count += 1
                let messages = errors(full.setting(path, to: nil).adding(key, value, to: section)).map(\.message)
                #expect(messages.contains { $0.contains(key) }, "\(path) to \(section): \(messages)")
            }
        }
        #expect(count > 500)
    }

    @Test func `a value of another type is an error where it stands`() throws {
        let bytes = full.yaml
        let places = LocatedConfiguration(root: try #require(YAMLDocument.parse(bytes).root))
        for path in members where path.first != "triggers" {
            guard let value = full[path] else { continue }
            for other in Self.otherTypes(than: value, path) {
                let problems = errors(full.setting(path, to: other))
                // The parts before the changed one stand where they stood, and it begins in the line of its key.
                #expect(!problems.isEmpty, "\(path) as \(other)")
                // In a list of what has no names a part has no way to it.
                if path.contains("transform") { continue }
                let line = places.position(of: named(path)).line
                #expect(problems.contains { abs($0.position.line - line) <= 2 }, "\(path) as \(other): \(problems)")
            }
        }
    }

    /// The way with a directory's name in place of its number.
    private func named(_ path: YAMLTree.Path) -> YAMLTree.Path {
        guard path[0] == "directories", path.count > 1, case .text(let name)? = full[["directories", path[1], "name"]]
        else { return path }
        return ["directories", name] + path.dropFirst(2)
    }

    /// Values that the key can't have: sections for texts, lists for sections, and so on.
    private static func otherTypes(than value: YAMLTree, _ path: YAMLTree.Path) -> [YAMLTree] {
        let key = path[path.count - 1]
        let section = YAMLTree.section([.init(key: "zzzzzzzz", value: .text("1"))])
        switch value {
        case .text:
            // One that may be a list as well.
            let lists = ["from", "match", "users", "groups", "transform", "names", "url", "desired_delivery_mediums"]
            return [section] + (lists.contains(key) ? [] : [.list([.text("a")])]) + [.list([section])]
        case .list: return [section, .list([section]), .list([.list([.text("a")])])]
        case .section:
            // A flag may be a column's name, and a password one word.
            let short = ["disabled", "must_reset", "migrated", "sms", "enrolled"]
            return [.list([.text("a")]), .list([])] + (short.contains(key) ? [] : [.text("soon")])
        }
    }

    @Test func `an empty value is as if the key weren't there`() {
        // An empty `equals` is an error of its own, and a transform's text may be empty.
        for path in members where path.first != "triggers" && path.last != "equals" && !path.contains("transform") {
            let empty = read(yaml: full.setting(path, to: .text("")).yaml)
            let without = read(yaml: full.setting(path, to: nil).yaml)
            #expect(empty.configuration == without.configuration, "\(path)")
        }
    }
}
