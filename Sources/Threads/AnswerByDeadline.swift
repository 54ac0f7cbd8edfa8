internal import Synchronization

/// An answer that is owed by an instant: the work's, or if there is none by then the late one.
///
/// A task group can't do this: it waits for all its children, and a child in a blocking call doesn't hear of its
/// cancellation. Here the caller goes on at the instant at the latest (as soon as a thread is free for it), the work is
/// cancelled, and what it still answers is dropped.
///
/// The alarm is set at once, by whoever learns of the question, on any thread; the work may start later.
public struct AnswerByDeadline<Answer: Sendable>: Sendable {
    private let race: Race<Answer>

    /// - Parameters:
    ///   - late: makes the answer if there is none by the instant.
    ///   - onAnswer: called exactly once, on the watchdog's own thread if the work was late, so it can send a reply even
    ///     when the cooperative pool is full. Must not block.
    public init(
        by instant: ContinuousClock.Instant, watchdog: Watchdog = .shared, late: @escaping @Sendable () -> Answer,
        onAnswer: @escaping @Sendable (Answer) -> Void = { _ in }
    ) {
        let race = Race<Answer>(onAnswer: onAnswer)
        race.attach(watchdog.schedule(at: instant) { race.finish { late() } })
        self.race = race
    }

    /// Answers before the work does, or instead of it. The first answer counts.
    public func finish(_ answer: Answer) {
        race.finish { answer }
    }

    /// Does the work, unless it is too late for it, and returns the answer. Called once.
    public func run(_ work: @escaping @Sendable () async -> Answer) async -> Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard race.wait(continuation) else { return }
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
}

/// The answer of `work`, or that of `late` if there is none at `instant`.
public func answer<Answer: Sendable>(
    by instant: ContinuousClock.Instant,
    watchdog: Watchdog = .shared,
    late: @escaping @Sendable () -> Answer,
    onAnswer: @escaping @Sendable (Answer) -> Void = { _ in },
    work: @escaping @Sendable () async -> Answer
) async -> Answer {
    await AnswerByDeadline(by: instant, watchdog: watchdog, late: late, onAnswer: onAnswer).run(work)
}

/// The same for work that may fail.
///
/// - Throws: what `work` throws, or what `late` returns if it has no answer at `instant`.
public func answer<Answer: Sendable, Failure: Error>(
    by instant: ContinuousClock.Instant,
    watchdog: Watchdog = .shared,
    orThrow late: @escaping @Sendable () -> Failure,
    work: @escaping @Sendable () async throws(Failure) -> Answer
) async throws(Failure) -> Answer {
    let outcome: Result<Answer, Failure> = await answer(
        by: instant, watchdog: watchdog, late: { .failure(late()) },
        work: {
            do throws(Failure) {
                return .success(try await work())
            } catch {
                return .failure(error)
            }
        })
    return try outcome.get()
}

/// Who is first answers; the other is called off.
private final class Race<Answer: Sendable>: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Answer, Never>?
        var alarm: WatchdogAlarm?
        var task: Task<Void, Never>?
        var isFinished = false
        /// Kept for a caller who comes after it.
        var answer: Answer?
        var isCancelled = false
    }

    private let onAnswer: @Sendable (Answer) -> Void
    private let state = Mutex(State())

    init(onAnswer: @escaping @Sendable (Answer) -> Void) {
        self.onAnswer = onAnswer
    }

    /// - Returns: whether there is still something to do; otherwise the caller has its answer.
    func wait(_ continuation: CheckedContinuation<Answer, Never>) -> Bool {
        let answer = state.withLock { state in
            if state.answer == nil { state.continuation = continuation }
            return state.answer
        }
        guard let answer else { return true }
        continuation.resume(returning: answer)
        return false
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

    func finish(_ makeAnswer: () -> Answer) {
        let isFirst = state.withLock { state in
            defer { state.isFinished = true }
            return !state.isFinished
        }
        guard isFirst else { return }
        let answer = makeAnswer()
        onAnswer(answer)
        let (continuation, alarm, task) = state.withLock { state in
            state.answer = answer
            return (state.continuation.take(), state.alarm.take(), state.task.take())
        }
        alarm?.cancel()
        task?.cancel()
        continuation?.resume(returning: answer)
    }
}
