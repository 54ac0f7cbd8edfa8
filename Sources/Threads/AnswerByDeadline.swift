internal import Synchronization

/// The answer of `work`, or that of `late` if there is none at `instant`.
///
/// A task group can't do this: it waits for all its children, and a child in a blocking call doesn't hear of its
/// cancellation. Here the caller goes on at `instant` at the latest (as soon as a thread is free for it), the work is
/// cancelled, and what it still answers is dropped. `onAnswer` is called exactly once, on the watchdog's own thread if the
/// work was late, so it can send a reply even when the cooperative pool is full.
///
/// - Parameter onAnswer: must not block.
public func answer<Answer: Sendable>(
    by instant: ContinuousClock.Instant,
    watchdog: Watchdog = .shared,
    late: @escaping @Sendable () -> Answer,
    onAnswer: @escaping @Sendable (Answer) -> Void = { _ in },
    work: @escaping @Sendable () async -> Answer
) async -> Answer {
    let race = Race<Answer>()
    return await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
            race.start(continuation, onAnswer: onAnswer)
            race.attach(watchdog.schedule(at: instant) { race.finish { late() } })
            // Not a child: the caller must not wait for it beyond the deadline. It is cancelled then, and everything
            // in it that can wait has the same deadline.
            race.attach(
                Task {
                    let answer = await work()
                    race.finish { answer }
                })
        }
    } onCancel: {
        race.cancelWork()
    }
}

/// Who is first answers; the other is called off.
private final class Race<Answer: Sendable>: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Answer, Never>?
        var onAnswer: (@Sendable (Answer) -> Void)?
        var alarm: WatchdogAlarm?
        var task: Task<Void, Never>?
        var isFinished = false
        var isCancelled = false
    }

    private let state = Mutex(State())

    func start(_ continuation: CheckedContinuation<Answer, Never>, onAnswer: @escaping @Sendable (Answer) -> Void) {
        state.withLock { state in
            state.continuation = continuation
            state.onAnswer = onAnswer
        }
    }

    func attach(_ alarm: WatchdogAlarm) {
        let isFinished = state.withLock { state in
            state.alarm = alarm
            return state.isFinished
        }
        if isFinished { alarm.cancel() }
    }

    func attach(_ task: Task<Void, Never>) {
        let isCalledOff = state.withLock { state in
            state.task = task
            return state.isFinished || state.isCancelled
        }
        if isCalledOff { task.cancel() }
    }

    func cancelWork() {
        let task = state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }

    func finish(_ answer: () -> Answer) {
        let won = state.withLock { state -> State? in
            guard !state.isFinished else { return nil }
            state.isFinished = true
            let won = state
            state = State(isFinished: true)
            return won
        }
        guard let won else { return }
        let answer = answer()
        won.onAnswer?(answer)
        won.alarm?.cancel()
        won.task?.cancel()
        won.continuation?.resume(returning: answer)
    }
}
