public import MigrationCore
import Synchronization

/// A directory in memory that changes while it is used: its rows, how it answers, how long that takes. It counts what it is
/// asked.
public final class ChangingDirectory: PasswordCheckingDirectory {
    private struct State {
        var rows: MemoryDirectory
        var answer: PasswordAnswer?
        var password = ""
        var delay = Duration.zero
        var isHeld = false
        var lookUps: [String] = []
        var checks = 0
        var isClosed = false
    }

    public let name: String
    private let state: Mutex<State>

    public init(_ rows: MemoryDirectory) {
        name = rows.name
        state = Mutex(State(rows: rows))
    }

    /// What it answers from now on.
    public func become(_ rows: MemoryDirectory) {
        state.withLock { $0.rows = rows }
    }

    /// The one password that is right at a check, whoever's.
    public func setPassword(_ password: String) {
        state.withLock { $0.password = password }
    }

    /// What it says to every password, right or wrong.
    public func setAnswer(_ answer: PasswordAnswer?) {
        state.withLock { $0.answer = answer }
    }

    /// How long each answer takes from now on, cut at its deadline.
    public func setDelay(_ delay: Duration) {
        state.withLock { $0.delay = delay }
    }

    /// From now on no answer comes before `release()`, but for those whose deadline passes.
    public func hold() {
        state.withLock { $0.isHeld = true }
    }

    public func release() {
        state.withLock { $0.isHeld = false }
    }

    /// Who was looked up.
    public var lookUps: [String] { state.withLock { $0.lookUps } }
    /// How many passwords it was shown.
    public var checkCount: Int { state.withLock { $0.checks } }
    public var isClosed: Bool { state.withLock { $0.isClosed } }

    public func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        let (rows, delay) = state.withLock { state in
            state.lookUps.append(identifier)
            return (state.rows, state.delay)
        }
        // What was there when it was asked, whenever it answers.
        let lookup = try await rows.lookUp(identifier, by: deadline)
        try await wait(delay, by: deadline)
        return lookup
    }

    public func check(
        _ password: Secret, of entry: DirectoryEntry, by deadline: Deadline
    ) async throws(DirectoryError) -> PasswordAnswer {
        let (answer, right, delay) = state.withLock { state in
            state.checks += 1
            return (state.answer, state.password, state.delay)
        }
        try await wait(delay, by: deadline)
        return answer ?? (password.exposedText() == right ? .right : .wrong)
    }

    /// Its second column, which may change for the same key in the first.
    public func nameToCheck(of entry: DirectoryEntry) -> [UInt8]? {
        entry.withFirstValue(1) { Array($0) }
    }

    public func close() async {
        state.withLock { $0.isClosed = true }
    }

    private func wait(_ delay: Duration, by deadline: Deadline) async throws(DirectoryError) {
        while state.withLock({ $0.isHeld }) {
            guard !deadline.hasPassed() else { throw DirectoryError(.deadlineExceeded, directory: name) }
            guard !Task.isCancelled else { throw DirectoryError(.cancelled, directory: name) }
            try? await ContinuousClock().sleep(for: .milliseconds(2))
        }
        guard delay > .zero else { return }
        let isInTime = delay <= deadline.remaining()
        do {
            try await ContinuousClock().sleep(for: min(delay, deadline.remaining()))
        } catch {
            throw DirectoryError(.cancelled, directory: name)
        }
        guard isInTime else { throw DirectoryError(.deadlineExceeded, directory: name) }
    }
}
