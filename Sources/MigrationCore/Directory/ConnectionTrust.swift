internal import Synchronization
public import Threads

/// Which warm connections of a directory are used without a question.
///
/// A network may forget a connection without a word (a function that was frozen, a firewall's idle limit), and what is sent
/// on it then is waited for in vain. So one that was unused for a while is asked for a sign of life first, and so is each
/// that was last used before another one failed.
public final class ConnectionTrust: Sendable {
    /// An unused connection is trusted for so long.
    static let duration = Duration.seconds(5)

    private let clock: any MonotonicClock
    private let lastFailure = Mutex<ContinuousClock.Instant?>(nil)

    public init(clock: any MonotonicClock = ContinuousClock()) {
        self.clock = clock
    }

    public var now: ContinuousClock.Instant { clock.now }

    /// - Parameter lastUse: when the connection last brought an answer, by `now`.
    public func holds(since lastUse: ContinuousClock.Instant) -> Bool {
        let isRecent = lastUse.duration(to: clock.now) < Self.duration
        return isRecent && lastFailure.withLock { failure in failure.map { $0 < lastUse } ?? true }
    }

    /// What a call on one connection says about the others.
    func note(_ error: DirectoryError) {
        switch error.code {
        case .deadlineExceeded, .connectionLost, .unreachable: lastFailure.withLock { $0 = clock.now }
        default: break
        }
    }
}
