public import MigrationCore

/// What `doctor` found out, directory by directory in the file's order, then the snapshot and the pool.
public struct DoctorReport: Sendable {
    public let examinations: [DirectoryExamination]
    /// nil without one in the configuration.
    public let snapshot: [Finding]?
    public let pool: Pool

    /// What became of the look at the pool.
    public enum Pool: Sendable {
        case examined([Finding])
        /// The configuration names no pool.
        case unnamed
        /// The operator didn't want it.
        case leftOut

        var findings: [Finding]? { if case .examined(let findings) = self { findings } else { nil } }
    }

    public init(_ examinations: [DirectoryExamination], snapshot: [Finding]? = nil, pool: Pool) {
        self.examinations = examinations
        self.snapshot = snapshot
        self.pool = pool
    }

    private var all: [Finding] { examinations.flatMap(\.findings) + (snapshot ?? []) + (pool.findings ?? []) }

    private func count(_ severity: Finding.Severity) -> Int { all.count { $0.severity == severity } }

    public var hasProblems: Bool { count(.problem) > 0 }
    public var hasUnknowns: Bool { count(.unknown) > 0 }

    /// For people: a line for each finding, and what to do below it.
    public var text: String {
        var lines: [String] = []
        for (number, examination) in examinations.enumerated() {
            lines.append("\(number + 1). \(examination.name) (\(examination.type))")
            lines += Self.lines(examination.findings)
        }
        if let snapshot {
            lines.append("Snapshot")
            lines += Self.lines(snapshot)
        }
        if let findings = pool.findings {
            lines.append("User pool")
            lines += Self.lines(findings)
        }
        lines.append(summary)
        switch pool {
        case .examined: break
        case .unnamed: lines.append("The user pool wasn't looked at: name it in user_pool.id.")
        case .leftOut: lines.append("The user pool wasn't looked at.")
        }
        // What a server says must not speak to a terminal.
        return lines.map { $0.escapingControls() }.joined(separator: "\n")
    }

    private static func lines(_ findings: [Finding]) -> [String] {
        findings.flatMap { finding in
            ["   \(word(finding.severity))  \(finding.what)"]
                + [finding.advice].compactMap { $0 }.map { "            -> \($0)" }
        } + [""]
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
        let document = Document(
            problems: count(.problem), unknown: count(.unknown), warnings: count(.warning),
            directories: examinations.map { examination in
                Document.Directory(
                    name: examination.name, type: examination.type,
                    findings: examination.findings.map { Document.Finding($0) })
            },
            snapshot: snapshot.map { Document.Part($0) }, pool: pool.findings.map { Document.Part($0) })
        return document.reportJSON()
    }

    private struct Document: Encodable {
        struct Directory: Encodable {
            let name: String
            let type: String
            let findings: [Finding]
        }

        struct Part: Encodable {
            let findings: [Finding]

            init(_ findings: [MigrationCore.Finding]) {
                self.findings = findings.map { Finding($0) }
            }
        }

        struct Finding: Encodable {
            let code: String
            let severity: String
            let what: String
            let advice: String?

            init(_ finding: MigrationCore.Finding) {
                code = finding.code.rawValue
                severity = finding.severity.rawValue
                what = finding.what
                advice = finding.advice
            }
        }

        let problems: Int
        let unknown: Int
        let warnings: Int
        let directories: [Directory]
        let snapshot: Part?
        let pool: Part?
    }
}
