/// Whether a directory is asked: after some failures in a row it isn't for a while, so that nobody waits for what will
/// fail.
///
/// Closed, everybody asks. Open, nobody does. Half-open, one call is under way that tries whether the directory is back:
/// a probe of the breaker's own, off the path of the sign-ins, or where nothing runs beside them (on Lambda) one of them.
/// Any answer closes it.
///
/// Look-ups and password checks fail apart: a server may find users and hang at the bind. So what opened it stays
/// suspect after the look-up of a probe has closed it, and one more failure opens it again.
///
/// - SeeAlso: M. Nygard, "Release It!", "Circuit Breaker".
struct CircuitBreaker: Sendable, Equatable {
    enum State: Sendable, Equatable {
        case closed
        /// Until `retry` nothing tries it.
        case open(retry: ContinuousClock.Instant)
        case halfOpen
    }

    enum Operation: Sendable, Hashable, CaseIterable {
        case lookUp, passwordCheck
    }

    enum Permission: Sendable, Equatable {
        case ask
        /// As the one call that tries; its end must be recorded.
        case tryOut
        case refuse
    }

    enum Outcome: Sendable, Equatable {
        /// The directory said something, an error of its own included.
        case answered
        case failed
        /// Says nothing about the directory: the call was cancelled, or had no time.
        case unclear
    }

    /// Failures in a row that open it.
    static let failureLimit = 3
    /// The least time between two tries.
    static let period = Duration.seconds(1)

    private(set) var state = State.closed
    private var failures: [Operation: Int] = [:]
    /// Whether a sign-in may be the call that tries.
    private let triesBySignIn: Bool

    init(triesBySignIn: Bool) {
        self.triesBySignIn = triesBySignIn
    }

    mutating func ask(_ operation: Operation, now: ContinuousClock.Instant) -> Permission {
        switch state {
        case .closed:
            return .ask
        case .open(let retry) where triesBySignIn && retry <= now:
            state = .halfOpen
            return .tryOut
        case .open, .halfOpen:
            return .refuse
        }
    }

    /// What came of a call that was allowed.
    ///
    /// - Parameter wasTrial: whether the permission was to try.
    mutating func record(
        _ operation: Operation, _ outcome: Outcome, wasTrial: Bool = false, now: ContinuousClock.Instant
    ) {
        switch outcome {
        case .answered:
            failures[operation] = 0
            state = .closed
        case .failed:
            failures[operation] = min(failures[operation, default: 0] + 1, Self.failureLimit)
            // Of those that were under way when it opened, the ends are no news.
            guard wasTrial || (state == .closed && failures[operation] == Self.failureLimit) else { return }
            open(now: now)
        case .unclear:
            if wasTrial { state = .open(retry: now) }
        }
    }

    /// - Returns: whether the breaker's own probe is to be made now.
    mutating func startProbe(now: ContinuousClock.Instant) -> Bool {
        guard case .open(let retry) = state, retry <= now else { return false }
        state = .halfOpen
        return true
    }

    /// - Parameter start: when it started: the next one starts a period later, at once if it took that long.
    mutating func recordProbe(_ outcome: Outcome, start: ContinuousClock.Instant, now: ContinuousClock.Instant) {
        // An answer to somebody who had asked before may have closed it meanwhile.
        guard state == .halfOpen else { return }
        switch outcome {
        case .answered:
            state = .closed
            failures[.lookUp] = 0
        case .failed, .unclear:
            state = .open(retry: max(now, start + Self.period))
        }
    }

    private mutating func open(now: ContinuousClock.Instant) {
        state = .open(retry: now + Self.period)
        relent()
    }

    /// One more failure is enough from now on.
    private mutating func relent() {
        for operation in Operation.allCases where failures[operation] == Self.failureLimit {
            failures[operation] = Self.failureLimit - 1
        }
    }
}
