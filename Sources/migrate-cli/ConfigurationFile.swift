import ConfigurationYAML
import ConnectorRegistry
import Foundation
import MigrationCore
import Reports
import TriggerWiring

/// The configuration that a command works with, read from connectors.yaml or its compiled form.
struct ConfigurationFile {
    let path: String
    let configuration: ConnectorsConfiguration
    /// Where its parts stand; nil for a compiled one.
    let places: LocatedConfiguration?

    /// Reads and checks the file that the options name. Problems go to standard error; with an error the command ends
    /// with code 78.
    static func load(_ options: CommonOptions, quietly: Bool = false) throws -> ConfigurationFile {
        let (report, configuration, places) = check(options)
        if !quietly || !report.isValid {
            for line in report.text { Output.note(line) }
        }
        guard let configuration, report.isValid else { throw ExitStatus.configuration.exitCode }
        return ConfigurationFile(path: report.file, configuration: configuration, places: places)
    }

    /// What is to be said about the file, and the configuration if there is no error.
    static func check(
        _ options: CommonOptions
    ) -> (report: CheckReport, configuration: ConnectorsConfiguration?, places: LocatedConfiguration?) {
        let environment = ProcessInfo.processInfo.environment
        let path =
            options.config ?? environment["MIGRATE_CONFIG"].flatMap { $0.isEmpty ? nil : $0 } ?? "connectors.yaml"
        let bytes: [UInt8]
        do throws(TextFile.Unreadable) {
            bytes = try TextFile.bytes(of: path, maxBytes: YAMLDocument.maxBytes * 8)
        } catch {
            return (CheckReport(file: path, failure: "\(error.reason); name the configuration with -c FILE"), nil, nil)
        }
        guard !CompiledConfiguration.isLikely(bytes) else {
            let (report, configuration) = compiled(bytes, path)
            return (report, configuration, nil)
        }
        return source(bytes, path)
    }

    private static func compiled(_ bytes: [UInt8], _ path: String) -> (CheckReport, ConnectorsConfiguration?) {
        do throws(CompiledConfiguration.Unreadable) {
            return (CheckReport(file: path), try CompiledConfiguration(json: bytes).configuration)
        } catch {
            return (CheckReport(file: path, failure: error.description), nil)
        }
    }

    private static func source(
        _ bytes: [UInt8], _ path: String
    ) -> (CheckReport, ConnectorsConfiguration?, LocatedConfiguration?) {
        let folder = DirectoryOpener.folder(of: path)
        let reader = ConfigurationReader(kinds: ConnectorRegistry.kinds)
        let (configuration, problems, places) = reader.readLocated(yaml: bytes) {
            schema throws(UserPoolSettings.UnreadableDescription) in
            try poolSettings(schema.hasPrefix("/") ? schema : "\(folder)/\(schema)")
        }
        return (CheckReport(file: path, problems: problems), configuration, places)
    }

    private static func poolSettings(
        _ path: String
    ) throws(UserPoolSettings.UnreadableDescription) -> UserPoolSettings {
        let bytes: [UInt8]
        do throws(TextFile.Unreadable) {
            bytes = try TextFile.bytes(of: path, maxBytes: 4 << 20)
        } catch {
            throw UserPoolSettings.UnreadableDescription(
                message: "\(error.reason); save the output of \"aws cognito-idp describe-user-pool\" there")
        }
        return try UserPoolSettings(describeUserPool: bytes)
    }

    /// The parts that answer events.
    func assemble(
        _ options: CommonOptions, logLevel: LogLevel, maxConnections: Int, lateAnswers: LateAnswers = .dropped
    ) async throws -> TriggerAssembly {
        let logger = options.logger(level: logLevel)
        return try await opening { opener throws(DirectoryOpener.Failure) in
            try TriggerAssembly(
                configuration, opener: opener, maxConnections: maxConnections, cores: coreCount,
                memoryBytes: physicalMemory, snapshot: configuration.lookupStore(logger: logger),
                lateAnswers: lateAnswers, logger: logger)
        }
    }

    /// For all secrets that are kept elsewhere.
    private static let secretsLimit = Duration.seconds(15)

    /// Opens what the file speaks of. Secrets that aren't there are reported, each with its place, and end the command with
    /// code 78.
    ///
    /// - Parameter more: texts with references that the file doesn't have.
    func opening<Value>(
        and more: [String] = [], _ open: (DirectoryOpener) throws(DirectoryOpener.Failure) -> Value
    ) async throws -> Value {
        let opener = await DirectoryOpener(configurationFile: path, region: configuration.userPool.knownRegion)
            .fetchingSecrets(of: configuration, and: more, by: .after(Self.secretsLimit))
        do throws(DirectoryOpener.Failure) {
            return try open(opener)
        } catch {
            for line in report(of: error).text { Output.note(line) }
            throw ExitStatus.configuration.exitCode
        }
    }

    /// What is missing here, each with its place where the file has one.
    private func report(of failure: DirectoryOpener.Failure) -> CheckReport {
        guard let places else { return CheckReport(file: path, failure: failure.description) }
        let problems = failure.problems.map { problem in
            ConfigurationProblem(.error, at: places.position(of: problem.path), problem.message)
        }
        return CheckReport(file: path, problems: problems.inFileOrder)
    }
}
