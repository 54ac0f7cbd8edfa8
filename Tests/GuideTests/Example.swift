import Foundation
import TestSupport
import Testing

/// A folder of `examples/`: a connectors.yaml, the directory that it is for, and what becomes of its users.
struct Example: Sendable, CustomTestStringConvertible {
    /// A line of expected.tsv: what somebody types, and what comes of it.
    struct Row: Sendable {
        let identifier: String
        /// Nil: has forgotten it.
        let password: String?
        let verdict: String
        /// What the user in the pool gets; empty after a refusal.
        let attributes: [String: String]
    }

    /// Its folder's name.
    let name: String
    var testDescription: String { name }

    static let all: [Example] = {
        let files = (try? Project.files(under: "examples", ending: "/connectors.yaml")) ?? []
        return files.map { Example(name: String($0.split(separator: "/")[1])) }
    }()

    var folder: String { "examples/\(name)" }

    func text(_ file: String) throws -> String { try Project.text("\(folder)/\(file)") }

    func has(_ file: String) -> Bool {
        FileManager.default.fileExists(atPath: Project.root.appending(path: "\(folder)/\(file)").path)
    }

    struct BadLine: Error {
        let line: String
    }

    func rows() throws -> [Row] {
        try text("expected.tsv").split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 4 else { throw BadLine(line: String(line)) }
            var attributes: [String: String] = [:]
            for pair in fields[3].components(separatedBy: "; ") where !pair.isEmpty {
                guard let equals = pair.firstIndex(of: "=") else { throw BadLine(line: pair) }
                attributes[String(pair[..<equals])] = pair[pair.index(after: equals)...].removingPercentEncoding
            }
            return Row(
                identifier: fields[0], password: fields[1].isEmpty ? nil : fields[1], verdict: fields[2],
                attributes: attributes)
        }
    }

    /// The values of secrets.env, which a reader of the guide would set.
    func secrets() throws -> [String: String] {
        guard has("secrets.env") else { return [:] }
        let lines = try text("secrets.env").split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Dictionary(
            lines.map { line in
                let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
                return (parts[0], parts[1])
            }, uniquingKeysWith: { $1 })
    }
}
