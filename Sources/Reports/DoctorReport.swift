#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
public import MigrationCore

/// What `doctor` found out, directory by directory in the file's order.
public struct DoctorReport: Sendable {
    public let examinations: [DirectoryExamination]

    public init(_ examinations: [DirectoryExamination]) {
        self.examinations = examinations
    }

    private var all: [Finding] { examinations.flatMap(\.findings) }

    private func count(_ severity: Finding.Severity) -> Int { all.count { $0.severity == severity } }

    public var hasProblems: Bool { count(.problem) > 0 }
    public var hasUnknowns: Bool { count(.unknown) > 0 }

    /// For people: a line for each finding, and what to do below it.
    public var text: String {
        var lines: [String] = []
        for (number, examination) in examinations.enumerated() {
            lines.append("\(number + 1). \(examination.name) (\(examination.type))")
            for finding in examination.findings {
                lines.append("   \(Self.word(finding.severity))  \(finding.what)")
                if let advice = finding.advice { lines.append("            -> \(advice)") }
            }
            lines.append("")
        }
        lines.append(summary)
        lines.append(
            "The user pool isn't looked at by this version: whether the trigger is attached is yours to check.")
        // What a server says must not speak to a terminal.
        return lines.map { $0.escapingControls() }.joined(separator: "\n")
    }

    private static func word(_ severity: Finding.Severity) -> String {
        switch severity {
        case .ok: "ok     "
        case .warning: "warning"
        case .problem: "PROBLEM"
        case .unknown: "UNKNOWN"
        }
    }

    private var summary: String {
        let counts = [
            (count(.problem), "to fix"), (count(.unknown), "that nobody could say"),
            (count(.warning), count(.warning) == 1 ? "warning" : "warnings"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return counts.isEmpty ? "Nothing to fix." : counts.joined(separator: ", ") + "."
    }

    /// For programs. The format only gains members.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(
            problems: count(.problem), unknown: count(.unknown), warnings: count(.warning),
            directories: examinations.map { examination in
                Document.Directory(
                    name: examination.name, type: examination.type,
                    findings: examination.findings.map {
                        Document.Finding(
                            code: $0.code.rawValue, severity: $0.severity.rawValue, what: $0.what, advice: $0.advice)
                    })
            })
        do {
            return String(decoding: try encoder.encode(document), as: UTF8.self)
        } catch {
            preconditionFailure("the report has no value that JSON can't hold: \(error)")
        }
    }

    private struct Document: Encodable {
        struct Directory: Encodable {
            let name: String
            let type: String
            let findings: [Finding]
        }

        struct Finding: Encodable {
            let code: String
            let severity: String
            let what: String
            let advice: String?
        }

        let problems: Int
        let unknown: Int
        let warnings: Int
        let directories: [Directory]
    }
}
