internal import MigrationCore

/// When a file is to be looked at, and whether it is to be opened then: decisions alone, the caller does both.
///
/// A file that was put aside is tried again when another one, or another version of it, is in its place; where the fault
/// may not be the file's, at every look.
struct FileWatch {
    enum Standing: Equatable {
        case unopened
        case open
        case aside(SnapshotProblem)
    }

    /// Between two looks: a file system may be far away.
    static let interval = Duration.seconds(1)

    private(set) var standing = Standing.unopened
    private var seen: FileState?
    private var lookedAt: ContinuousClock.Instant?
    private var warned: SnapshotProblem?

    func isDue(at now: ContinuousClock.Instant) -> Bool {
        lookedAt.map { $0.duration(to: now) >= Self.interval } ?? true
    }

    /// Takes what a look has found.
    ///
    /// - Returns: whether the file is to be opened, and one that is open closed first.
    mutating func look(_ found: Result<FileState, SnapshotProblem>, at now: ContinuousClock.Instant) -> Bool {
        lookedAt = now
        switch found {
        case .failure(let problem):
            seen = nil
            standing = .aside(problem)
            return false
        case .success(let state):
            let isOther = state != seen
            seen = state
            if isOther { warned = nil }
            switch standing {
            case .unopened: return true
            case .open: return isOther
            case .aside(let problem): return isOther || problem.isOfThePlace
            }
        }
    }

    mutating func noteOpened() {
        standing = .open
        warned = nil
    }

    mutating func putAside(_ problem: SnapshotProblem) {
        standing = .aside(problem)
    }

    /// The problem that nobody was told of yet, if there is one.
    mutating func takeNews() -> SnapshotProblem? {
        guard case .aside(let problem) = standing, problem != warned else { return nil }
        warned = problem
        return problem
    }
}
