import Foundation
import MigrationCore
import Reports
import Testing
import Threads

/// What `doctor` prints, compared with Golden/. `RECORD_GOLDEN=1` writes it down anew, for review as a diff.
@Suite struct ReportTests {
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Golden")

    private static let report = DoctorReport(
        [
            DirectoryExamination(
                name: "customers", type: "postgres",
                findings: [
                    Finding(.connection, .ok, "connected"),
                    Finding(
                        .readerCanWrite, .warning, "the reader shop can write to public.users",
                        advice: "reading is enough"),
                    Finding(
                        .columnMissing, .problem,
                        "the look-up's result has no column \"mail\", which the attribute email reads",
                        advice: "did you mean \"email\" for \"mail\"?"),
                ]),
            DirectoryExamination(
                name: "staff", type: "ldap",
                findings: [
                    Finding(
                        .connection, .unknown, "connecting: it can't be reached: \u{1B}[31mldap.example.com",
                        advice: "see whether the server runs")
                ]),
        ], pool: .examined([Finding(.triggerAbsent, .problem, "the pool calls no function", advice: "attach it")]))

    @Test(arguments: ["txt", "json"])
    func `the report is as written down`(_ form: String) throws {
        let text = (form == "txt" ? Self.report.text : Self.report.json) + "\n"
        let file = Self.golden.appendingPathComponent("doctor.\(form)")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: file)
            Issue.record("recorded \(file.lastPathComponent); review it")
            return
        }
        let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(text == expected)
    }

    @Test func `a report without findings to act on says so`() {
        let report = DoctorReport(
            [
                DirectoryExamination(name: "a", type: "csv", findings: [Finding(.connection, .ok, "connected")])
            ], pool: .leftOut)
        #expect(report.text.contains("Nothing to fix."))
        #expect(!report.hasProblems && !report.hasUnknowns)
    }

    @Test func `docs/doctor.md lists every code once, in the code's order`() throws {
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: project.appendingPathComponent("docs/doctor.md"), encoding: .utf8)
        let codes = text.split(separator: "\n").compactMap { line in
            line.hasPrefix("| `") ? String(line.dropFirst(3).prefix { $0 != "`" }) : nil
        }
        #expect(codes == Finding.Code.allCases.map(\.rawValue))
    }
}
