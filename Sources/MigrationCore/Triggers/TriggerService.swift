internal import Synchronization
public import Logging
public import Threads

/// What goes back to Cognito.
public enum TriggerReply: Sendable {
    /// The event, with its response filled or as it came.
    case event([UInt8])
    case failure(InvocationFailure)
}

/// Answers every event of a pool inside its budget.
///
/// The reply is handed out exactly once. If the work is late, the watchdog's thread does it, so it goes out even while
/// Swift's cooperative pool is full.
public final class TriggerService: Sendable {
    private let configuration: ConnectorsConfiguration
    private let handler: UserMigrationHandler
    private let time: InvocationTime
    private let wallClock: any WallClock
    private let watchdog: Watchdog
    private let log: InvocationLog
    private let hasSeenEvent = Atomic<Bool>(false)

    public init(
        _ configuration: ConnectorsConfiguration, migrator: UserMigrator, time: InvocationTime,
        identifierHash: IdentifierHash, logger: Logger, wallClock: any WallClock = SystemWallClock(),
        watchdog: Watchdog = .shared
    ) {
        self.configuration = configuration
        self.time = time
        self.wallClock = wallClock
        self.watchdog = watchdog
        handler = UserMigrationHandler(migrator, settings: configuration.signIn)
        log = InvocationLog(logger: logger, hash: identifierHash)
    }

    /// Answers one event.
    ///
    /// - Parameters:
    ///   - arrival: when its last byte was there.
    ///   - platformDeadline: `Deadline-Ms`, if there is one.
    ///   - reply: called once, on any thread, before the deadline; must not block.
    public func handle(
        _ bytes: [UInt8], requestID: String, arrival: ContinuousClock.Instant, platformDeadline: UnixTime? = nil,
        reply: @escaping @Sendable (TriggerReply) -> Void
    ) async {
        let isFirst = !hasSeenEvent.exchange(true, ordering: .relaxed)
        let deadline = time.deadline(
            arrival: arrival, isFirst: isFirst, platformDeadline: platformDeadline.map { ($0, wallClock.now) })
        let progress = Progress()
        let messages = configuration.signIn.messages
        let report = await answer(
            by: deadline.instant, watchdog: watchdog,
            late: { () -> InvocationReport in
                // A decision that only waited for its floor stands.
                progress.settled() ?? .late(failure: InvocationFailure(.directoryUnavailable, messages: messages))
            },
            onAnswer: { reply($0.reply) },
            work: { await self.report(on: bytes, arrival: arrival, by: deadline, progress: progress) })
        log.write(report, requestID: requestID, event: progress.event(), total: arrival.duration(to: .now))
    }

    private func report(
        on bytes: [UInt8], arrival: ContinuousClock.Instant, by deadline: Deadline, progress: Progress
    ) async -> InvocationReport {
        let outcome: UserMigrationHandler.Outcome
        do throws(InvalidEvent) {
            let event = try TriggerEvent(bytes)
            progress.note(event)
            if let poolID = event.userPoolID, let expected = configuration.userPool.id, poolID != expected {
                log.warnOfOtherPool(event)
            }
            let isForgotten: Bool
            switch event.source {
            case .userMigrationAuthentication: isForgotten = false
            case .userMigrationForgotPassword: isForgotten = true
            case .other: return .unchanged(event.bytes)
            }
            outcome = try await handler.handle(event, isForgotten: isForgotten, by: deadline)
        } catch {
            return .invalid(error, failure: InvocationFailure(.invalidEvent, messages: configuration.signIn.messages))
        }
        let report = InvocationReport.decided(reply: outcome.reply, decision: outcome.decision)
        if outcome.isHeldToFloor {
            progress.settle(report)
            await sleep(until: arrival.advanced(by: configuration.signIn.denyFloor))
        }
        return report
    }

    /// By the watchdog's clock: a refusal must not come later, either, because the cooperative pool is busy.
    private func sleep(until instant: ContinuousClock.Instant) async {
        guard instant > .now else { return }
        await withCheckedContinuation { continuation in
            _ = watchdog.schedule(at: instant) { continuation.resume() }
        }
    }
}

/// What is known of an event while it is worked on; read by the watchdog when time is up.
private final class Progress: Sendable {
    private let state = Mutex((event: TriggerEvent?.none, settled: InvocationReport?.none))

    func note(_ event: TriggerEvent) {
        state.withLock { $0.event = event }
    }

    func settle(_ report: InvocationReport) {
        state.withLock { $0.settled = report }
    }

    func event() -> TriggerEvent? {
        state.withLock { $0.event }
    }

    func settled() -> InvocationReport? {
        state.withLock { $0.settled }
    }
}
