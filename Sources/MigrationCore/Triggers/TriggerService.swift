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
    /// What the next event pays for the process's start; taken by the first.
    private let startUp = Mutex<Duration?>(nil)

    /// - Parameter embedsMetrics: whether the log lines carry metrics for CloudWatch.
    public init(
        _ configuration: ConnectorsConfiguration, migrator: UserMigrator, time: InvocationTime,
        identifierHash: IdentifierHash, logger: Logger, embedsMetrics: Bool = false,
        wallClock: any WallClock = SystemWallClock(), watchdog: Watchdog = .shared
    ) {
        self.configuration = configuration
        self.time = time
        self.wallClock = wallClock
        self.watchdog = watchdog
        handler = UserMigrationHandler(migrator, settings: configuration.signIn)
        log = InvocationLog(
            logger: logger, hash: identifierHash, metricsClock: embedsMetrics ? wallClock : nil)
    }

    /// Has the first event pay for the process's start.
    ///
    /// - Parameter duration: from the process's start to its first call of `/invocation/next`.
    public func noteStartUp(_ duration: Duration) {
        startUp.withLock { $0 = duration }
    }

    /// Takes one event: its deadline is kept from now on, whether or not the work that is returned gets a thread.
    ///
    /// - Parameters:
    ///   - arrival: when its last byte was there.
    ///   - platformDeadline: `Deadline-Ms`, if there is one.
    ///   - traceID: for the log line: X-Ray's, the root of it.
    ///   - reply: called once, on any thread, before the deadline; must not block.
    /// - Returns: what answers the event; ends once the reply was handed out.
    public func accept(
        _ bytes: [UInt8], requestID: String, arrival: ContinuousClock.Instant, platformDeadline: UnixTime? = nil,
        traceID: String? = nil, reply: @escaping @Sendable (TriggerReply) -> Void
    ) -> @Sendable () async -> Void {
        let deadline = time.deadline(
            arrival: arrival, startUp: startUp.withLock { $0.take() },
            platformDeadline: platformDeadline.map { ($0, wallClock.now) })
        let progress = Progress()
        let messages = configuration.signIn.messages
        let answer = AnswerByDeadline<InvocationReport>(
            by: deadline.instant, watchdog: watchdog,
            late: { .late(failure: InvocationFailure(.directoryUnavailable, messages: messages)) },
            onAnswer: { reply($0.reply) })
        return {
            let report = await answer.run {
                await self.report(on: bytes, arrival: arrival, by: deadline, progress: progress, to: answer)
            }
            self.log.write(
                report, requestID: requestID, traceID: traceID, event: progress.event(),
                total: arrival.duration(to: .now))
        }
    }

    /// Answers one event; see `accept`.
    public func handle(
        _ bytes: [UInt8], requestID: String, arrival: ContinuousClock.Instant, platformDeadline: UnixTime? = nil,
        traceID: String? = nil, reply: @escaping @Sendable (TriggerReply) -> Void
    ) async {
        await accept(
            bytes, requestID: requestID, arrival: arrival, platformDeadline: platformDeadline, traceID: traceID,
            reply: reply)()
    }

    private func report(
        on bytes: [UInt8], arrival: ContinuousClock.Instant, by deadline: Deadline, progress: Progress,
        to answer: AnswerByDeadline<InvocationReport>
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
            let floor = arrival.advanced(by: configuration.signIn.denyFloor)
            // With less time left than the floor, nothing is shown before it: the watchdog calls it an outage.
            guard floor <= deadline.instant else {
                await watchdog.sleep(until: deadline.instant)
                return .late(failure: InvocationFailure(.directoryUnavailable, messages: configuration.signIn.messages))
            }
            // By the watchdog's thread: a refusal must not come later, either, because the cooperative pool is busy.
            _ = watchdog.schedule(at: floor) { answer.finish(report) }
            await watchdog.sleep(until: floor)
        }
        return report
    }
}

/// The event, once it was read; for the log line.
private final class Progress: Sendable {
    private let state = Mutex<TriggerEvent?>(nil)

    func note(_ event: TriggerEvent) {
        state.withLock { $0 = event }
    }

    func event() -> TriggerEvent? {
        state.withLock { $0 }
    }
}
