internal import LambdaRuntime
internal import Logging
internal import MigrationCore
internal import Threads
internal import TriggerWiring

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The Migrate User trigger as a Lambda function on a custom runtime.
///
/// - SeeAlso: AWS documentation, "Building a custom runtime for AWS Lambda".
@main
struct MigrateLambda {
    static func main() async {
        prepareProcess()
        let level = logLevel(environment("AWS_LAMBDA_LOG_LEVEL"))
        // Lambda reads the lines too, then, and drops those below the level.
        let names: JSONLogHandler.Names = environment("AWS_LAMBDA_LOG_FORMAT") == "JSON" ? .lambda : .swiftLog
        let logger = Logger(label: "MigrateLambda") { _ in JSONLogHandler(level: level, names: names) }
        guard let endpoint = environment("AWS_LAMBDA_RUNTIME_API") else {
            let message =
                "MigrateLambda runs inside AWS Lambda, which sets AWS_LAMBDA_RUNTIME_API; to try the trigger here, use "
                + "\"migrate-cli serve\" or \"migrate-cli invoke\"\n"
            _ = Array(message.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            exit(1)
        }
        do {
            let (assembly, messages) = try await assemble(logger: logger)
            let loop = RuntimeLoop(endpoint: endpoint, logger: logger, failureMessage: messages.unavailable)
            try await loop.run(
                onFirstNext: {
                    if isOnDemand, let age = processAge() { assembly.service.noteStartUp(age) }
                },
                accepting: { invocation, responder in assembly.service.accept(invocation, responder) })
        } catch let error as StartFailure {
            logger.critical("configuration-invalid", metadata: ["reason": .string(error.description)])
            // Cognito may show this message to whoever signs in, so it says no more than theirs does.
            let failure = InvocationFailure(.configurationInvalid, messages: .init())
            try? await RuntimeLoop(endpoint: endpoint, logger: logger).reportInitError(
                type: failure.kind.rawValue, message: failure.message)
            exit(1)
        } catch {
            logger.critical("runtime-lost", metadata: ["reason": .string("\(error)")])
            exit(1)
        }
    }

    /// Why the function can't start; for the log.
    private struct StartFailure: Error, CustomStringConvertible {
        let description: String
    }

    /// For all secrets that are kept elsewhere: Lambda gives the start 10 seconds, and Cognito waits for 5.
    private static let secretsLimit = Duration.seconds(4)

    private static func assemble(
        logger: Logger
    ) async throws(StartFailure) -> (TriggerAssembly, SignInSettings.Messages) {
        let path = configurationPath()
        let bytes: [UInt8]
        do throws(TextFile.Unreadable) {
            bytes = try TextFile.bytes(of: path, maxBytes: 8 << 20)
        } catch {
            throw StartFailure(
                description:
                    "\(path): \(error.reason); the compiled configuration belongs there, or where MIGRATE_CONFIG "
                    + "says; make it with \"migrate-cli config compile -o FILE\"")
        }
        do {
            let configuration = try CompiledConfiguration(json: bytes).configuration
            if let problem = otherRegion(configuration.userPool) { throw StartFailure(description: problem) }
            let opener = await DirectoryOpener(configurationFile: path, region: configuration.userPool.knownRegion)
                .fetchingSecrets(of: configuration, by: .after(secretsLimit))
            let assembly = try TriggerAssembly(
                configuration, opener: opener, maxConnections: 1, cores: coreCount,
                memoryBytes: physicalMemory, snapshot: configuration.lookupStore(logger: logger),
                embedsMetrics: embedsMetrics(logger: logger),
                lambdaMemoryMB: environment("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").flatMap { Int($0) },
                logger: logger)
            return (assembly, configuration.signIn.messages)
        } catch {
            throw StartFailure(description: "\(path): \(error)")
        }
    }

    /// Whether the log lines carry metrics for CloudWatch: unless `MIGRATE_METRICS` is `off`.
    private static func embedsMetrics(logger: Logger) -> Bool {
        switch environment("MIGRATE_METRICS") {
        case nil, "on": return true
        case "off": return false
        case .some:
            logger.warning("setting-ignored", metadata: ["reason": "MIGRATE_METRICS is neither on nor off; it is on"])
            return true
        }
    }

    /// What is wrong with the function's Region; nil if nothing is, or one of the two isn't known. A pool calls functions of
    /// its own Region, so that configuration is another pool's.
    private static func otherRegion(_ pool: UserPoolReference) -> String? {
        guard let here = environment("AWS_REGION"), let there = pool.knownRegion, there != here else { return nil }
        return
            "the function runs in \(here), and user_pool names a pool in \(there); a pool calls functions of its own "
            + "Region: correct user_pool, or deploy the function there"
    }

    /// `MIGRATE_CONFIG`, or `connectors.json` in the function's folder; without one, beside this program.
    ///
    /// By `argv[0]`: /proc/self/exe is the loader where the package brings its own.
    private static func configurationPath() -> String {
        let root = environment("LAMBDA_TASK_ROOT")
        if let path = environment("MIGRATE_CONFIG") {
            return path.hasPrefix("/") ? path : root.map { "\($0)/\(path)" } ?? path
        }
        return "\(root ?? DirectoryOpener.folder(of: CommandLine.arguments.first ?? ""))/connectors.json"
    }

    /// Whether Cognito waits while the process starts; with provisioned concurrency it started long before.
    private static var isOnDemand: Bool {
        let type = environment("AWS_LAMBDA_INITIALIZATION_TYPE")
        return type == nil || type == "on-demand"
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Lambda's names for the levels; info unless it says another.
    private static func logLevel(_ name: String?) -> Logger.Level {
        switch name?.uppercased() {
        case "TRACE": .trace
        case "DEBUG": .debug
        case "WARN": .warning
        case "ERROR": .error
        case "FATAL": .critical
        default: .info
        }
    }
}
