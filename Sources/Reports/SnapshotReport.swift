#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
public import MigrationCore

/// What `cache inspect` shows of a snapshot. Nothing in it is of a person.
public struct SnapshotReport: Sendable {
    private let inspection: SnapshotInspection

    public init(_ inspection: SnapshotInspection) {
        self.inspection = inspection
    }

    // MARK: For people

    public var text: String {
        var lines = [inspection.path]
        if let contents = inspection.contents {
            let age = contents.age(at: inspection.now)
            let ago = age < .zero ? "in \((.zero - age).roughly), by this machine's clock" : "\(age.roughly) ago"
            lines.append("  built \(Self.date(contents.builtAt)), \(ago); max_age is \(inspection.maxAge.roughly)")
        }
        if let problem = inspection.problem {
            lines.append("  NOT USED: \(problem.explanation)")
            lines.append("    -> \(problem.advice)")
        }
        for directory in inspection.directories { lines += Self.lines(directory) }
        for name in inspection.strangers {
            lines.append("  \(name): in the file, and not in the configuration")
        }
        if let warning = inspection.keyWarning { lines.append("  \(warning)") }
        if inspection.contents != nil {
            lines.append("")
            lines.append("What it can't know: \(SnapshotInspection.admission).")
        }
        return lines.map { $0.escapingControls() }.joined(separator: "\n")
    }

    private static func lines(_ directory: SnapshotInspection.Directory) -> [String] {
        let name = directory.isRetired ? "\(directory.name) (retired)" : directory.name
        switch directory.standing {
        case .unknown: return []
        case .absent: return ["  \(name): NOT in the file", "    -> \(SnapshotProblem.otherConfiguration.advice)"]
        case .otherConfiguration:
            return [
                "  \(name): NOT used: it was built by other rules",
                "    -> \(SnapshotProblem.otherConfiguration.advice)",
            ]
        case .covered: break
        }
        guard let stored = directory.stored else { return [] }
        var lines = ["  \(name): \(SnapshotCounts.text(stored.counts, checksPasswords: directory.checksPasswords))"]
        if directory.isRetired { lines.append("    as it was listed \(date(stored.listedAt))") }
        return lines
    }

    fileprivate static func date(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds / 1000)).ISO8601Format()
    }

    // MARK: For programs

    /// One JSON object. The format only gains members.
    public var json: String {
        let contents = inspection.contents
        let document = Document(
            file: inspection.path, usable: inspection.problem == nil, problem: inspection.problem?.rawValue,
            builtAt: contents.map { Self.date($0.builtAt) },
            ageSeconds: contents.map { Self.seconds($0.age(at: inspection.now)) },
            maxAgeSeconds: Self.seconds(inspection.maxAge),
            directories: inspection.directories.map { Document.Directory($0) },
            notInConfiguration: inspection.strangers,
            keyWarning: inspection.keyWarning)
        return document.reportJSON()
    }

    private static func seconds(_ duration: Duration) -> Int {
        Int((duration / .seconds(1)).rounded(.down))
    }

    private struct Document: Encodable {
        struct Directory: Encodable {
            let name: String
            let retired: Bool
            let standing: String
            let checksPasswords: Bool
            let listedAt: String?
            let counts: SnapshotCounts?

            init(_ directory: SnapshotInspection.Directory) {
                name = directory.name
                retired = directory.isRetired
                standing = directory.standing.rawValue
                checksPasswords = directory.checksPasswords
                listedAt = directory.stored.map { SnapshotReport.date($0.listedAt) }
                counts = directory.stored.map { SnapshotCounts($0.counts) }
            }
        }

        let file: String
        let usable: Bool
        let problem: String?
        let builtAt: String?
        let ageSeconds: Int?
        let maxAgeSeconds: Int
        let directories: [Directory]
        let notInConfiguration: [String]
        let keyWarning: String?
    }
}

/// The numbers of one directory.
struct SnapshotCounts: Encodable {
    let entries: Int
    let canSignIn: Int
    let onlyFound: Int
    let withoutName: Int
    let badRows: Int
    let sharedNames: Int

    init(_ counts: SnapshotContents.Counts) {
        entries = counts.entries
        canSignIn = counts.withHash
        onlyFound = counts.entries - counts.withHash
        withoutName = counts.nameless
        badRows = counts.badRows
        sharedNames = counts.sharedNames
    }

    /// `120 people: 118 can sign in by it, 2 only be found (no password); left out: 1 without a name`
    static func text(_ counts: SnapshotContents.Counts, checksPasswords: Bool) -> String {
        let numbers = SnapshotCounts(counts)
        var text = counted(numbers.entries, "person", "people")
        if checksPasswords {
            text +=
                ": nobody can sign in by it, because the directory checks passwords itself (password: bind); "
                + "Forgot password works"
        } else {
            text += ": \(numbers.canSignIn) can sign in by it"
            if numbers.onlyFound > 0 { text += ", \(numbers.onlyFound) only be found (no password)" }
        }
        if numbers.sharedNames > 0 {
            text += "; \(counted(numbers.sharedNames, "name")) of several people, by which nobody can sign in"
        }
        let leftOut =
            [(numbers.withoutName, "without a name"), (numbers.badRows, "in bad rows")]
            .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return leftOut.isEmpty ? text : text + "; left out: " + leftOut.joined(separator: ", ")
    }
}
