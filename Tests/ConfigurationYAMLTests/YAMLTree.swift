import ConfigurationYAML
import MigrationCore
import Testing

/// A file as a tree that can be changed and written again: for variants that differ from a good file in one known place.
indirect enum YAMLTree: Equatable {
    struct Member: Equatable {
        var key: String
        var value: YAMLTree
    }

    case text(String)
    case list([YAMLTree])
    case section([Member])

    /// A way to a part: keys, and numbers in lists.
    typealias Path = [String]

    init(_ node: ConfigurationNode) {
        switch node {
        case .scalar(let text, _): self = .text(text)
        case .sequence(let items, _): self = .list(items.map { YAMLTree($0) })
        case .mapping(let members, _):
            self = .section(members.map { Member(key: $0.key, value: YAMLTree($0.value)) })
        case .refused: self = .text("")
        }
    }

    static func golden(_ name: String) throws -> YAMLTree {
        YAMLTree(try #require(YAMLDocument.parse(try Golden.bytes(name)).root))
    }

    /// Every part with the way to it; the whole first.
    var parts: [(path: Path, value: YAMLTree)] {
        switch self {
        case .text: [([], self)]
        case .list(let items):
            [([], self)]
                + items.enumerated().flatMap { index, item in item.parts.map { (["\(index)"] + $0.path, $0.value) } }
        case .section(let members):
            [([], self)] + members.flatMap { member in member.value.parts.map { ([member.key] + $0.path, $0.value) } }
        }
    }

    subscript(path: Path) -> YAMLTree? {
        guard let key = path.first else { return self }
        return children.first { $0.key == key }?.value[Array(path.dropFirst())]
    }

    private var children: [Member] {
        switch self {
        case .text: []
        case .list(let items): items.enumerated().map { Member(key: "\($0)", value: $1) }
        case .section(let members): members
        }
    }

    /// The tree with one part otherwise; nil takes it out.
    func setting(_ path: Path, to value: YAMLTree?) -> YAMLTree {
        changing(path) { _ in value.map { (path[path.count - 1], $0) } }
    }

    func renaming(_ path: Path, to key: String) -> YAMLTree {
        changing(path) { (key, $0) }
    }

    /// The tree with one member more.
    func adding(_ key: String, _ value: YAMLTree, to path: Path) -> YAMLTree {
        guard case .section(let members)? = self[path] else { return self }
        let section = YAMLTree.section(members + [Member(key: key, value: value)])
        return path.isEmpty ? section : setting(path, to: section)
    }

    private func changing(_ path: Path, _ change: (YAMLTree) -> (String, YAMLTree)?) -> YAMLTree {
        let changed = children.compactMap { member -> Member? in
            guard member.key == path[0] else { return member }
            guard path.count == 1 else {
                return Member(key: member.key, value: member.value.changing(Array(path.dropFirst()), change))
            }
            return change(member.value).map { Member(key: $0.0, value: $0.1) }
        }
        switch self {
        case .text: return self
        case .list: return .list(changed.map(\.value))
        case .section: return .section(changed)
        }
    }

    /// YAML that says the same: a member a line, every text in quotes.
    var yaml: [UInt8] {
        var lines = ""
        write(to: &lines, indentation: "")
        return Array(lines.utf8)
    }

    private func write(to lines: inout String, indentation: String) {
        switch self {
        case .text(let text): lines += " \(Self.quoted(text))\n"
        case .list(let items) where items.isEmpty: lines += " []\n"
        case .section(let members) where members.isEmpty: lines += " {}\n"
        case .list(let items):
            lines += "\n"
            for item in items {
                lines += "\(indentation)-"
                item.write(to: &lines, indentation: indentation + "  ")
            }
        case .section(let members):
            lines += "\n"
            for member in members {
                lines += "\(indentation)\(Self.quoted(member.key)):"
                member.value.write(to: &lines, indentation: indentation + "  ")
            }
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case " "..."~": result.unicodeScalars.append(scalar)
            default: result += "\\U" + String(repeating: "0", count: 8 - hex(scalar).count) + hex(scalar)
            }
        }
        return result + "\""
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String { String(scalar.value, radix: 16) }
}
