internal import Threads

/// What becomes of a call whose sign-in was answered before it ended.
public enum LateAnswers: Sendable, Hashable {
    /// It ends with its sign-in: on Lambda, where nothing runs after the answer.
    case dropped
    /// It goes on for as long as the directory's `timeout`, and what it brings is kept for the next who asks: under `serve`.
    case kept
}

/// A directory whose answers are kept for a while, and asked for once by all who want the same one at a time.
struct CachedDirectory: Directory {
    enum Freshness: Sendable {
        /// What was kept will do.
        case kept
        /// Asked for from now on.
        case fresh
    }

    struct Answer: Sendable {
        let lookup: Lookup
        let source: AnswerSource
        /// Until when it is believed; nil if that isn't a matter of time.
        let expiry: ContinuousClock.Instant?
    }

    private enum Call: Hashable, Sendable {
        case shared(ExactText)
        case own(ObjectIdentifier)
    }

    private typealias Outcome = Result<Answer, DirectoryError>

    private let base: any Directory
    private let timeout: Duration
    private let memory: MemoryCache
    private let lateAnswers: LateAnswers
    private let watchdog: Watchdog
    private let calls = SingleFlight<Call, Outcome>()

    init(
        _ base: any Directory, timeout: Duration, memory: MemoryCache, lateAnswers: LateAnswers,
        watchdog: Watchdog = .shared
    ) {
        self.base = base
        self.timeout = timeout
        self.memory = memory
        self.lateAnswers = lateAnswers
        self.watchdog = watchdog
    }

    var name: String { base.name }

    func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        try await lookUp(identifier, .kept, by: deadline).lookup
    }

    /// What the directory says, or said a while ago.
    ///
    /// - Throws: `.deadlineExceeded` by `deadline`, also where the call goes on beyond it.
    func lookUp(
        _ identifier: String, _ freshness: Freshness, by deadline: Deadline
    ) async throws(DirectoryError) -> Answer {
        while true {
            if freshness == .kept, let kept = memory.lookup(identifier, in: name) {
                return Answer(lookup: kept.lookup, source: .memory, expiry: kept.expiry)
            }
            let (answer, isNew) = await join(identifier, freshness, by: deadline)
            do throws(DirectoryError) {
                let answer = try answer.get()
                // Somebody else has asked, and the directory may have answered before this one came.
                return isNew ? answer : Answer(lookup: answer.lookup, source: .memory, expiry: answer.expiry)
            } catch  where error.code == .deadlineExceeded && !isNew && !deadline.hasPassed() {
                // The call that was joined had less time.
                continue
            }
        }
    }

    /// What a call under way brings by `deadline`, or one that is made now.
    private func join(
        _ identifier: String, _ freshness: Freshness, by deadline: Deadline
    ) async -> (answer: Outcome, isNew: Bool) {
        let own: Deadline =
            switch lateAnswers {
            case .dropped: deadline.capped(to: timeout)
            case .kept: .after(timeout)
            }
        // A call that is under way may have been answered before whoever wants a fresh answer came.
        let token = Token()
        let key: Call = freshness == .kept ? .shared(ExactText(identifier)) : .own(ObjectIdentifier(token))
        let (call, isNew) = calls.call(key) {
            defer { withExtendedLifetime(token) {} }
            return await ask(identifier, by: own)
        }
        let name = name
        let outcome = await answer(
            by: deadline.instant, watchdog: watchdog,
            late: { Outcome.failure(DirectoryError(.deadlineExceeded, directory: name)) }, work: { await call.value })
        return (outcome, isNew)
    }

    private func ask(_ identifier: String, by deadline: Deadline) async -> Outcome {
        do throws(DirectoryError) {
            let lookup = try await base.lookUp(identifier, by: deadline)
            let expiry = memory.keep(lookup, of: identifier, in: name)
            return .success(Answer(lookup: lookup, source: .directory, expiry: expiry))
        } catch {
            return .failure(error)
        }
    }

    func close() async {
        await calls.close()
        await base.close()
    }

    /// Something that there is only once.
    private final class Token: Sendable {}
}
