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
}
