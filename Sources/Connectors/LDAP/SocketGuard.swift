internal import MigrationCore
internal import Synchronization
internal import Threads

/// Cuts a socket at the deadline, or soon after an interruption, for as long as a blocking call of libldap is under way.
///
/// libldap can't be told of either: its waits have a time limit, its TLS handshakes and writes have none.
final class SocketGuard: Sendable {
    private static let period: Duration = .milliseconds(50)

    private struct State {
        var alarm: WatchdogAlarm?
        var isOver = false
    }

    private let cutter: SocketCutter
    private let interruption: Interruption
    private let deadline: Deadline
    private let watchdog: Watchdog
    private let state = Mutex(State())

    private init(_ cutter: SocketCutter, _ interruption: Interruption, _ deadline: Deadline, _ watchdog: Watchdog) {
        self.cutter = cutter
        self.interruption = interruption
        self.deadline = deadline
        self.watchdog = watchdog
    }

    /// Calls `body`. If the socket had to be cut meanwhile, its connection is of no use any more.
    static func guarding<Answer, Failure: Error>(
        _ cutter: SocketCutter, interruption: Interruption, by deadline: Deadline, watchdog: Watchdog = .shared,
        _ body: () throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        let socketGuard = SocketGuard(cutter, interruption, deadline, watchdog)
        socketGuard.look()
        defer { socketGuard.end() }
        return try body()
    }

    private func look() {
        if interruption.reason != nil || deadline.hasPassed() {
            cutter.cut()
            return
        }
        let next = deadline.capped(to: Self.period)
        state.withLock { state in
            // Else the call returned while this was being decided.
            guard !state.isOver else { return }
            state.alarm = watchdog.schedule(at: next.instant) { self.look() }
        }
    }

    private func end() {
        let alarm = state.withLock { state in
            state.isOver = true
            return state.alarm.take()
        }
        alarm?.cancel()
    }
}
