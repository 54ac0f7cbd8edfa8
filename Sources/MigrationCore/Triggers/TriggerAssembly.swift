public import Logging
internal import PasswordHashing
internal import Threads

/// Everything that answers events, put together from a configuration: what MigrateLambda, `serve`, `invoke` and `lookup`
/// have in common.
public struct TriggerAssembly: Sendable {
    public let migrator: UserMigrator
    public let service: TriggerService
    private let verification: VerificationPool

    /// - Parameters:
    ///   - maxConnections: look-ups at once in each directory.
    ///   - cores: hashes at once, if there is memory for as many.
    ///   - memoryBytes: what the process may use; each hash at once may take 256 MiB of it.
    ///   - snapshot: opens what answers for a directory that is down or retired; closed with the rest. Asked where the
    ///     configuration has one.
    ///   - lateAnswers: whether something can run beside the events.
    ///   - embedsMetrics: whether the log lines carry metrics for CloudWatch.
    ///   - lambdaMemoryMB: on Lambda, the function's memory, which also says how much of a core it has.
    public init(
        _ configuration: ConnectorsConfiguration, opener: DirectoryOpener, maxConnections: Int, cores: Int,
        memoryBytes: Int = .max, snapshot: (SnapshotPlace) -> any LookupStore, lateAnswers: LateAnswers = .dropped,
        embedsMetrics: Bool = false, lambdaMemoryMB: Int? = nil, logger: Logger
    ) throws(DirectoryOpener.Failure) {
        // All before any fails: all that is missing is said at once.
        let key = Result { () throws(DirectoryOpener.Failure) in
            try opener.secret(configuration.log.key, named: "log.key")
        }
        let secrets = Result { () throws(DirectoryOpener.Failure) in try opener.passwordSecrets(configuration) }
        let opened = Result { () throws(DirectoryOpener.Failure) in
            try opener.openRenewing(configuration, maxConnections: maxConnections)
        }
        let place = Result { () throws(DirectoryOpener.Failure) in try opener.snapshot(configuration) }
        let problems = opened.problems + secrets.problems + key.problems + place.problems
        guard problems.isEmpty else { throw DirectoryOpener.Failure(problems) }
        let directories = try opened.get()
        let passwordSecrets = try secrets.get()
        let hash = IdentifierHash(key: try key.get())
        // A queued hash is worth keeping only if it can still be done in time: a few for each core.
        let memory = min(memoryBytes, lambdaMemoryMB.map { $0 << 20 } ?? .max)
        let width = max(min(cores, memory / (256 << 20)), 1)
        verification = VerificationPool(width: width, maxQueued: width * 16)
        let breakerLog = BreakerLog(logger: logger, metricsClock: embedsMetrics ? SystemWallClock() : nil)
        migrator = UserMigrator(
            configuration, directories: directories, passwordSecrets: passwordSecrets, verification: verification,
            snapshot: try place.get().map(snapshot), lateAnswers: lateAnswers,
            estimator: VerificationEstimator(lambdaMemoryMB: lambdaMemoryMB),
            onBreakerChange: { breakerLog.write($0) })
        service = TriggerService(
            configuration, migrator: migrator, time: InvocationTime(configuration.signIn),
            identifierHash: hash, logger: logger, embedsMetrics: embedsMetrics)
    }

    /// Closes the directories and the snapshot, and ends the threads.
    public func close() async {
        await migrator.close()
        verification.close()
    }
}

extension Result where Failure == DirectoryOpener.Failure {
    fileprivate var problems: [DirectoryOpener.Failure.Problem] {
        if case .failure(let failure) = self { failure.problems } else { [] }
    }
}
