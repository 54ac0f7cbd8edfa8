public import Logging
internal import Threads

/// Everything that answers events, put together from a configuration: what MigrateLambda, `serve`, `invoke` and `lookup`
/// have in common.
public struct TriggerAssembly: Sendable {
    public let migrator: UserMigrator
    public let service: TriggerService
    private let verification: VerificationPool

    /// - Parameters:
    ///   - maxConnections: look-ups at once in each directory.
    ///   - cores: hashes at once.
    public init(
        _ configuration: ConnectorsConfiguration, opener: DirectoryOpener, maxConnections: Int, cores: Int,
        logger: Logger
    ) throws(DirectoryOpener.Failure) {
        // Both before either fails: all that is missing is said at once.
        let key = Result { () throws(DirectoryOpener.Failure) in
            try opener.secret(configuration.log.key, named: "log.key")
        }
        let opened = Result { () throws(DirectoryOpener.Failure) in
            try opener.open(configuration, maxConnections: maxConnections)
        }
        if case .failure(let first) = opened, case .failure(let second) = key {
            throw DirectoryOpener.Failure(first.problems + second.problems)
        }
        let directories = try opened.get()
        let hash = IdentifierHash(key: try key.get())
        // A queued hash is worth keeping only if it can still be done in time: a few for each core.
        verification = VerificationPool(width: max(cores, 1), maxQueued: max(cores, 1) * 16)
        migrator = UserMigrator(configuration, directories: directories, verification: verification)
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
