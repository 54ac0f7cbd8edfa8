/// What `doctor` says about the snapshot.
public struct SnapshotFindings {
    private let inspection: SnapshotInspection

    public init(_ inspection: SnapshotInspection) {
        self.inspection = inspection
    }

    public var findings: [Finding] {
        var findings = [file]
        if inspection.contents != nil {
            findings += inspection.directories.compactMap { directory($0) }
            findings += inspection.directories.filter(\.checksPasswords).map { withoutHashes($0) }
        }
        if let warning = inspection.keyWarning {
            findings.append(Finding(.snapshotKeyShort, .warning, warning))
        }
        findings.append(Finding(.snapshotAdmits, .ok, SnapshotInspection.admission))
        return findings
    }

    private var file: Finding {
        let path = inspection.path
        guard let problem = inspection.problem else {
            let age = inspection.contents.map { $0.age(at: inspection.now) } ?? .zero
            let built = age < .zero ? "just now, by this machine's clock" : "\(age.roughly) ago"
            return Finding(
                .snapshot, .ok, "\(path): built \(built), good for \(inspection.maxAge.roughly)")
        }
        let code: Finding.Code =
            switch problem {
            case .missing: .snapshotMissing
            case .unreadable, .damaged, .otherFormat, .otherConfiguration: .snapshotUnreadable
            case .otherKey: .snapshotOtherKey
            case .tooOld, .fromTheFuture: .snapshotOld
            }
        return Finding(code, .problem, "\(path): \(problem.explanation)", advice: problem.advice)
    }

    private func directory(_ directory: SnapshotInspection.Directory) -> Finding? {
        switch directory.standing {
        case .covered:
            let counts = directory.stored?.counts ?? .init()
            return Finding(
                .snapshot, .ok,
                "\(directory.name): \(counted(counts.entries, "person", "people")), \(counts.withHash) with a password")
        case .otherConfiguration:
            return Finding(
                .snapshotOtherConfiguration, .problem,
                "\(directory.name): it was built by other rules, so it doesn't answer for this directory",
                advice: SnapshotProblem.otherConfiguration.advice)
        case .absent:
            return Finding(
                .snapshotOtherConfiguration, .problem, "\(directory.name): this directory isn't in it",
                advice: SnapshotProblem.otherConfiguration.advice)
        case .unknown:
            return nil
        }
    }

    private func withoutHashes(_ directory: SnapshotInspection.Directory) -> Finding {
        let what = "\(directory.name) checks passwords itself (password: bind), so the snapshot has none of them"
        return directory.isRetired
            ? Finding(
                .snapshotWithoutPasswords, .problem, what + ", and the directory is retired: nobody can sign in",
                advice: "Forgot password works for them; tell them, or set their passwords in the pool")
            : Finding(
                .snapshotWithoutPasswords, .warning,
                what + ": while it is down nobody signs in, only Forgot password works")
    }
}
