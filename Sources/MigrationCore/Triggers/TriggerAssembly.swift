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
    ///   - lambdaMemoryMB: on Lambda, the function's memory, which also says how much of a core it has.
    public init(
        _ configuration: ConnectorsConfiguration, opener: DirectoryOpener, maxConnections: Int, cores: Int,
        memoryBytes: Int = .max, lambdaMemoryMB: Int? = nil, logger: Logger
    ) throws(DirectoryOpener.Failure) {
        let hash = IdentifierHash(key: try opener.secret(configuration.log.key, named: "log.key"))
        let passwordSecrets = try opener.passwordSecrets(configuration)
        let directories = try opener.open(configuration, maxConnections: maxConnections)
        // A queued hash is worth keeping only if it can still be done in time: a few for each core.
        let memory = min(memoryBytes, lambdaMemoryMB.map { $0 << 20 } ?? .max)
        let width = max(min(cores, memory / (256 << 20)), 1)
        verification = VerificationPool(width: width, maxQueued: width * 16)
        migrator = UserMigrator(
            configuration, directories: directories, passwordSecrets: passwordSecrets, verification: verification,
            estimator: VerificationEstimator(lambdaMemoryMB: lambdaMemoryMB))
        service = TriggerService(
            configuration, migrator: migrator, time: InvocationTime(configuration.signIn),
            identifierHash: hash, logger: logger)
    }

    /// Closes the directories and ends the threads.
    public func close() async {
        await migrator.close()
        verification.close()
    }
}
