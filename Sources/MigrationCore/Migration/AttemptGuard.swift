/// How many wrong passwords a directory is shown for one user, so that it doesn't lock the account.
///
/// It counts in this process alone. The number of users that it remembers is bounded: those whose last wrong password is
/// longest ago are forgotten first.
struct AttemptGuard: Sendable {
    enum Permission: Sendable, Equatable {
        /// Its end must be recorded.
        case ask
        /// So many wrong passwords were shown within the window.
        case refuse
        /// It would be too many if those under way, or those that had no answer, were wrong.
        case wait
    }

    enum Outcome: Sendable, Equatable {
        case right
        case wrong
        /// The directory got the password, perhaps, and didn't answer: it may have counted it.
        case unanswered
        /// Nothing that counts: it was never sent, or says nothing about the password.
        case uncounted
    }

    static let maxUsers = 100_000

    private struct Attempts {
        var wrong: [ContinuousClock.Instant] = []
        var unanswered: [ContinuousClock.Instant] = []
        var underWay = 0

        mutating func forget(before instant: ContinuousClock.Instant) {
            wrong.removeAll { $0 <= instant }
            unanswered.removeAll { $0 <= instant }
        }

        var isEmpty: Bool { wrong.isEmpty && unanswered.isEmpty && underWay == 0 }
    }

    private let settings: AttemptSettings
    private var users: BoundedCache<String, Attempts>

    init(_ settings: AttemptSettings, maxUsers: Int = AttemptGuard.maxUsers) {
        self.settings = settings
        users = BoundedCache(maxCount: maxUsers, maxCost: .max)
    }

    mutating func ask(_ user: String, now: ContinuousClock.Instant) -> Permission {
        var attempts = attempts(of: user, now: now)
        if attempts.wrong.count >= settings.limit { return .refuse }
        if attempts.wrong.count + attempts.unanswered.count + attempts.underWay >= settings.limit { return .wait }
        attempts.underWay += 1
        keep(attempts, of: user)
        return .ask
    }

    mutating func record(_ outcome: Outcome, of user: String, now: ContinuousClock.Instant) {
        var attempts = attempts(of: user, now: now)
        // Forgotten meanwhile, it is under way no more.
        attempts.underWay = max(attempts.underWay - 1, 0)
        switch outcome {
        case .right:
            // The directory starts over, too.
            attempts.wrong = []
            attempts.unanswered = []
        case .wrong: attempts.wrong.append(now)
        case .unanswered: attempts.unanswered.append(now)
        case .uncounted: break
        }
        keep(attempts, of: user)
    }

    private mutating func attempts(of user: String, now: ContinuousClock.Instant) -> Attempts {
        var attempts = users.value(for: user) ?? Attempts()
        attempts.forget(before: now - settings.window)
        return attempts
    }

    private mutating func keep(_ attempts: Attempts, of user: String) {
        if attempts.isEmpty { users.remove(user) } else { users.insert(attempts, for: user, cost: 1) }
    }
}
