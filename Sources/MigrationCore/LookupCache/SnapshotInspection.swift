public import Threads

/// A snapshot beside the configuration: what it can answer, and what not.
public struct SnapshotInspection: Sendable {
    /// One directory of the configuration.
    public struct Directory: Sendable {
        public enum Standing: String, Sendable, Hashable, CaseIterable {
            /// The snapshot answers for it.
            case covered
            /// It is in the file, by other rules.
            case otherConfiguration = "other-configuration"
            /// It isn't in the file.
            case absent
            /// The file can't be read.
            case unknown
        }

        public let name: String
        public let isRetired: Bool
        /// Whether only the directory itself can check its passwords, so that the snapshot has none.
        public let checksPasswords: Bool
        public let standing: Standing
        /// What the file has of it.
        public let stored: SnapshotContents.Directory?
    }

    public let path: String
    public let maxAge: Duration
    public let now: UnixTime
    public let contents: SnapshotContents?
    /// Why the whole file says nothing.
    public let problem: SnapshotProblem?
    /// In the configuration's order.
    public let directories: [Directory]
    /// Directories that are in the file alone.
    public let strangers: [String]
    /// What is to be said about the key itself.
    public let keyWarning: String?

    /// - Parameters:
    ///   - outcome: what the file says, or why it doesn't.
    ///   - covered: the directories that are in the file by the configuration's rules.
    public init(
        _ configuration: ConnectorsConfiguration, at place: SnapshotPlace,
        _ outcome: Result<SnapshotContents, SnapshotProblem>, covered: Set<String>, now: UnixTime
    ) {
        path = place.path
        maxAge = place.maxAge
        keyWarning = place.keyWarning
        self.now = now
        let contents = try? outcome.get()
        self.contents = contents
        problem =
            switch outcome {
            case .success(let contents): contents.problem(at: now, maxAge: place.maxAge)
            case .failure(let problem): problem
            }
        directories = configuration.directories.map { directory in
            let stored = contents?.directories.first { $0.name == directory.name }
            let standing: Directory.Standing =
                if contents == nil { .unknown } else if covered.contains(directory.name) { .covered } else {
                    stored == nil ? .absent : .otherConfiguration
                }
            return Directory(
                name: directory.name, isRetired: directory.isRetired, checksPasswords: directory.password == .bind,
                standing: standing, stored: stored)
        }
        strangers = (contents?.directories ?? []).map(\.name).filter { name in
            !configuration.directories.contains { $0.name == name }
        }
    }

    /// Whether somebody should do something about it.
    public var isToBeFixed: Bool {
        problem != nil || directories.contains { $0.standing != .covered }
    }

    /// What the snapshot can't know, in words.
    public static let admission =
        "while it answers for a directory, people are taken as they were when it was built: who was disabled or deleted since "
        + "still gets in, an old password still counts and a new one doesn't, and who came since is unknown"
}

extension SnapshotProblem {
    /// In words for the operator.
    public var explanation: String {
        switch self {
        case .missing: "there is no such file"
        case .unreadable: "it can't be read"
        case .damaged: "it is damaged, or no snapshot"
        case .otherKey: "it was built with another key"
        case .otherFormat: "it was built by another version"
        case .otherConfiguration: "it was built by other rules"
        case .tooOld: "it is older than max_age"
        case .fromTheFuture: "it was built in the future, by this machine's clock"
        }
    }

    /// What to do about it.
    public var advice: String {
        switch self {
        case .missing, .damaged, .otherFormat, .otherConfiguration, .tooOld:
            "build it anew: migrate-cli cache build"
        case .unreadable: "let this user read it"
        case .otherKey: "set the key it was built with, or build it anew: migrate-cli cache build"
        case .fromTheFuture: "let the machines' clocks follow a time server (NTP)"
        }
    }
}

extension Duration {
    /// In the largest unit that fits, rounded down: `3 hours`.
    package var roughly: String {
        let seconds = Int((self / .seconds(1)).rounded(.down))
        switch seconds {
        case ..<120: return counted(seconds, "second")
        case ..<7200: return counted(seconds / 60, "minute")
        case ..<172_800: return counted(seconds / 3600, "hour")
        default: return counted(seconds / 86_400, "day")
        }
    }
}
