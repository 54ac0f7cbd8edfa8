import ConfigurationYAML
import MigrationCore
import Testing

/// What the reader itself says it knows, asked with a key that nobody could have meant.
enum ConfigurationKeyList {
    static let stranger = "zzzzzzzzzzzzzzzzzzzz"

    /// The keys of a section of a golden file; none if the section takes any.
    static func known(at section: YAMLTree.Path, in file: String) -> [String] {
        guard let tree = try? YAMLTree.golden(file) else { return [] }
        let problems = read(yaml: tree.adding(stranger, .text("1"), to: section).yaml).problems
        for problem in problems where problem.message.contains("\"\(stranger)\"") {
            guard let range = problem.message.firstRange(of: "known here: ") else { continue }
            return problem.message[range.upperBound...].split(separator: ", ").map(String.init)
        }
        return []
    }

    /// What the reader says it knows and has no work for yet, of these keys; the schema may be ahead of it.
    static func later(_ keys: some Sequence<String>, at section: YAMLTree.Path, in file: String) throws -> Set<String> {
        let tree = try YAMLTree.golden(file)
        return Set(
            keys.filter { key in
                let problems = read(yaml: tree.adding(key, .text("1"), to: section).yaml).problems
                return problems.contains { $0.message.contains("\"\(key)\"; this version has no work for it yet") }
            })
    }
}
