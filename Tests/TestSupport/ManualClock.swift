import Synchronization
public import Threads

/// A clock that stands still until a test moves it.
public final class ManualClock: MonotonicClock {
    public typealias Instant = ContinuousClock.Instant

    private struct Sleeper {
        let id: UInt64
        let instant: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Instant
        var lastID: UInt64 = 0
        var sleepers: [Sleeper] = []
    }

    private let state: Mutex<State>

    /// - Parameter start: what it shows at first.
    public init(_ start: Instant = .now) {
        state = Mutex(State(now: start))
    }

    public var now: Instant { state.withLock { $0.now } }

    public let minimumResolution = Duration.nanoseconds(1)

    /// How many are asleep, for a test that must not move the clock before they are.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Moves it on and wakes those whose instant has come, the earliest first.
    public func advance(by duration: Duration) {
        precondition(duration >= .zero, "a monotonic clock doesn't go back")
        let due = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.instant <= state.now }
            state.sleepers.removeAll { $0.instant <= state.now }
            return due
        }
        for sleeper in due.sorted(by: { $0.instant < $1.instant }) { sleeper.continuation.resume() }
    }

    /// Returns once the clock was moved to `deadline` or past it, at once if it is there already; `tolerance` is nothing
    /// to it.
    ///
    /// - Throws: `CancellationError` if the task is cancelled before.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        try Task.checkCancellation()
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isDue = state.withLock { state in
                    if deadline <= state.now { return true }
                    state.sleepers.append(Sleeper(id: id, instant: deadline, continuation: continuation))
                    return false
                }
                if isDue {
                    continuation.resume()
                } else if Task.isCancelled {
                    // A cancellation before the continuation was there has woken nobody.
                    cancel(id)
                }
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func cancel(_ id: UInt64) {
        let sleeper = state.withLock { state in
            state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
