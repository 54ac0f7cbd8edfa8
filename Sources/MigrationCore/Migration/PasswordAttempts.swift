internal import Threads

/// Shows a directory no more wrong passwords of a user than its `attempts:` allow.
///
/// - SeeAlso: `AttemptGuard` for the rules.
actor PasswordAttempts {
    private var attempts: AttemptGuard
    private let directory: String
    private let clock: any MonotonicClock

    init(_ settings: AttemptSettings, directory: String, clock: any MonotonicClock) {
        attempts = AttemptGuard(settings)
        self.directory = directory
        self.clock = clock
    }

    /// - Returns: whether the password may be tried; its end must be recorded then.
    /// - Throws: `.overloaded` if nobody can say before others that are being tried had their answers.
    func begin(_ user: String) throws(DirectoryError) -> Bool {
        switch attempts.ask(user, now: clock.now) {
        case .ask: return true
        case .refuse: return false
        case .wait:
            throw DirectoryError(
                .overloaded, directory: directory,
                detail: "as many passwords of this user as attempts: allows are being tried, or had no answer")
        }
    }

    func end(_ user: String, _ outcome: AttemptGuard.Outcome) {
        attempts.record(outcome, of: user, now: clock.now)
    }
}
