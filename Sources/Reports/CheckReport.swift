public import MigrationCore

/// What is to be said about a configuration's file.
public struct CheckReport: Sendable {
    public let file: String
    /// In the file's order.
    public let problems: [ConfigurationProblem]
    /// Why there is nothing to point at: the file can't be read, or is a compiled one that can't be used.
    public let failure: String?

    public init(file: String, problems: [ConfigurationProblem] = [], failure: String? = nil) {
        self.file = file
        self.problems = problems
        self.failure = failure
    }

    public var isValid: Bool {
        failure == nil && !problems.contains { $0.severity == .error }
    }

    /// A line for each problem, as compilers write them.
    public var text: [String] {
        if let failure { return ["\(file): error: \(failure)"] }
        return problems.map { $0.text(file: file) }
    }

    /// One JSON object. The format only gains members.
    public var json: String {
        var all = problems.map { problem in
            Problem(
                severity: problem.severity.rawValue, line: problem.position.line, column: problem.position.column,
                message: problem.message)
        }
        if let failure { all.append(Problem(severity: "error", line: nil, column: nil, message: failure)) }
        return Document(file: file, valid: isValid, problems: all).reportJSON()
    }

    private struct Document: Encodable {
        let file: String
        let valid: Bool
        let problems: [Problem]
    }

    private struct Problem: Encodable {
        let severity: String
        let line: Int?
        let column: Int?
        let message: String
    }
}
