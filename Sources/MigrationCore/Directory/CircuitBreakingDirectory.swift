internal import Synchronization
internal import Threads

/// A directory that is not asked for a while after it failed some times in a row.
///
/// - SeeAlso: `CircuitBreaker` for the rules.
final class CircuitBreakingDirectory: PasswordCheckingDirectory {
    /// Told of each change of the breaker's state.
    typealias Observer = @Sendable (BreakerChange) -> Void

    private struct State {
        var breaker: CircuitBreaker
        var alarm: WatchdogAlarm?
        var probe: Task<Void, Never>?
        var isClosed = false
    }

    /// A name that is nobody's (RFC 2606), which a probe looks up.
    static let probedIdentifier = "probe@directory.invalid"
    /// A call that had less time than this says nothing about the directory.
    private static let fairTime = Duration.milliseconds(100)

    private let base: any Directory
    private let timeout: Duration
    private let probes: Bool
    private let clock: any MonotonicClock
    private let watchdog: Watchdog
    private let onChange: Observer
    private let state: Mutex<State>

    /// - Parameters:
    ///   - lateAnswers: where something runs beside the sign-ins the breaker makes probes of its own; else one of them
    ///     tries.
    init(
        _ base: any Directory, timeout: Duration, lateAnswers: LateAnswers,
        clock: any MonotonicClock = ContinuousClock(), watchdog: Watchdog = .shared,
        onChange: @escaping Observer = { _ in }
    ) {
        self.base = base
        self.timeout = timeout
        self.clock = clock
        self.watchdog = watchdog
        self.onChange = onChange
        probes = lateAnswers == .kept
        state = Mutex(State(breaker: CircuitBreaker(triesBySignIn: !probes)))
    }

    var name: String { base.name }

    func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        let base = base
        return try await call(.lookUp, by: deadline) { () async throws(DirectoryError) in
            try await base.lookUp(identifier, by: deadline)
        }
    }

    func check(
        _ password: Secret, of entry: DirectoryEntry, by deadline: Deadline
    ) async throws(DirectoryError) -> PasswordAnswer {
        guard let base = base as? any PasswordCheckingDirectory else {
            throw DirectoryError(.notADirectory, directory: name, detail: "it can't check passwords by a bind")
        }
        return try await call(.passwordCheck, by: deadline) { () async throws(DirectoryError) in
            try await base.check(password, of: entry, by: deadline)
        }
    }

    func nameToCheck(of entry: DirectoryEntry) -> [UInt8]? {
        (base as? any PasswordCheckingDirectory)?.nameToCheck(of: entry)
    }

    func close() async {
        let (alarm, probe) = state.withLock { state in
            state.isClosed = true
            return (state.alarm.take(), state.probe)
        }
        alarm?.cancel()
        probe?.cancel()
        await probe?.value
        await base.close()
    }

    // MARK: Calls

    private func call<Answer: Sendable>(
        _ operation: CircuitBreaker.Operation, by deadline: Deadline,
        _ work: @escaping @Sendable () async throws(DirectoryError) -> Answer
    ) async throws(DirectoryError) -> Answer {
        let permission = change(because: nil) { $0.ask(operation, now: clock.now) }
        guard permission != .refuse else {
            throw DirectoryError(
                .circuitOpen, directory: name,
                detail:
                    "it failed \(CircuitBreaker.failureLimit) times in a row, and isn't asked until it answers again")
        }
        let time = deadline.remaining()
        func record(_ outcome: CircuitBreaker.Outcome, _ error: DirectoryError?) {
            change(because: error) {
                $0.record(operation, outcome, wasTrial: permission == .tryOut, now: clock.now)
            }
        }
        do throws(DirectoryError) {
            let answer = try await bounded(by: deadline, work)
            record(.answered, nil)
            return answer
        } catch {
            record(time < Self.fairTime && error.code == .deadlineExceeded ? .unclear : error.outcome, error)
            throw error
        }
    }

    /// A connector keeps its deadline; whoever brings a new one, or a file system that hangs, may not.
    private func bounded<Answer: Sendable>(
        by deadline: Deadline, _ work: @escaping @Sendable () async throws(DirectoryError) -> Answer
    ) async throws(DirectoryError) -> Answer {
        let name = name
        return try await answer(
            by: deadline.instant, watchdog: watchdog,
            orThrow: { DirectoryError(.deadlineExceeded, directory: name) }, work: work)
    }

    @discardableResult
    private func change<Result>(
        because error: DirectoryError?, _ body: (inout CircuitBreaker) -> Result
    ) -> Result {
        let (result, news) = state.withLock { state in
            let before = state.breaker.state
            let result = body(&state.breaker)
            let after = state.breaker.state
            guard after != before else { return (result, BreakerChange?.none) }
            if case .open(let retry) = after, probes, !state.isClosed {
                state.alarm = watchdog.schedule(at: retry) { [weak self] in self?.startProbe() }
            }
            return (
                result,
                BreakerChange(directory: name, previous: .init(before), state: .init(after), error: error)
            )
        }
        if let news { onChange(news) }
        return result
    }

    // MARK: Probes

    /// On the watchdog's thread.
    private func startProbe() {
        let start = clock.now
        guard change(because: nil, { $0.startProbe(now: start) }) else { return }
        state.withLock { state in
            guard !state.isClosed else { return }
            state.probe = Task { [weak self] in await self?.probe(start: start) }
        }
    }

    private func probe(start: ContinuousClock.Instant) async {
        let base = base
        let deadline = Deadline.after(timeout)
        do throws(DirectoryError) {
            _ = try await bounded(by: deadline) { () async throws(DirectoryError) in
                try await base.lookUp(Self.probedIdentifier, by: deadline)
            }
            change(because: nil) { $0.recordProbe(.answered, start: start, now: clock.now) }
        } catch {
            change(because: error) { $0.recordProbe(error.outcome, start: start, now: clock.now) }
        }
    }
}

extension DirectoryError {
    /// What it says about the directory as such.
    fileprivate var outcome: CircuitBreaker.Outcome {
        switch code {
        case .unreachable, .deadlineExceeded, .connectionLost, .overloaded, .tls, .readerRefused: .failed
        case .cancelled, .circuitOpen: .unclear
        // It answered, if not as it should.
        case .permissionDenied, .badQuery, .missingColumn, .notADirectory, .badData, .changedMeanwhile, .unexpected:
            .answered
        }
    }
}
