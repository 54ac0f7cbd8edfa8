import Foundation

/// The Lambda function's own binary as a process, with the Runtime API's emulator before it.
public final class LambdaProcess: Sendable {
    public let program: Program
    public let emulator: RuntimeAPIEmulator
    /// Right before it was started.
    public let start: ContinuousClock.Instant
    /// With the configuration; gone with its last owner.
    private let files: TemporaryFolder

    /// - Parameters:
    ///   - yaml: connectors.yaml, which is compiled first.
    ///   - command: what starts it; the program comes behind it.
    public init(
        _ yaml: String, environment: [String: String] = [:], files: TemporaryFolder, by command: [String] = []
    ) async throws {
        self.files = files
        let source = files.file("connectors.yaml")
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: source))
        let compiled = try await Program.run(
            "migrate-cli", ["config", "compile", "-c", source, "-o", files.file("connectors.json")])
        guard compiled.status == 0 else { throw ChildProcess.Failure(description: compiled.errors) }
        emulator = try await RuntimeAPIEmulator.start()
        start = .now
        let words = command + ["\(Program.folder)/MigrateLambda"]
        program = try Program(
            words[0], Array(words.dropFirst()),
            environment: [
                "AWS_LAMBDA_RUNTIME_API": emulator.endpoint, "MIGRATE_CONFIG": files.file("connectors.json"),
                "AWS_LAMBDA_LOG_LEVEL": "TRACE",
            ].merging(environment) { $1 })
    }

    deinit {
        program.signal(SIGKILL)
    }

    /// The reply, and whether it is an error.
    public func send(
        _ event: String, deadline: Duration = .seconds(5)
    ) async throws -> (bytes: [UInt8], isError: Bool) {
        switch try await emulator.invoke(Array(event.utf8), deadline: deadline) {
        case .response(let bytes): (bytes, false)
        case .error(_, let body): (body, true)
        }
    }

    /// Ends it and returns everything that it logged.
    ///
    /// - Throws: also if the Runtime API had to refuse something of it.
    public func end() async throws -> String {
        // It asks for the next event once the line of the last is written.
        try await emulator.nextIsAsked()
        program.signal(SIGTERM)
        let result = await program.result()
        let refusals = try await emulator.refusals
        await emulator.stop()
        guard refusals.isEmpty else { throw ChildProcess.Failure(description: "refused: \(refusals)") }
        return result.output + result.errors
    }
}
