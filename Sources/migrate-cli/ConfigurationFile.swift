import ConfigurationYAML
import ConnectorRegistry
import Foundation
import MigrationCore
import TriggerWiring

/// The configuration that a command works with, read from connectors.yaml or its compiled form.
struct ConfigurationFile {
    let path: String
    let configuration: ConnectorsConfiguration
    let warnings: [ConfigurationProblem]

    /// Reads and checks the file that the options name. Problems go to standard error; with an error the command ends
    /// with code 78.
    static func load(_ options: CommonOptions, quietly: Bool = false) throws -> ConfigurationFile {
        let environment = ProcessInfo.processInfo.environment
        let path =
            options.config ?? environment["MIGRATE_CONFIG"].flatMap { $0.isEmpty ? nil : $0 } ?? "connectors.yaml"
        let bytes: [UInt8]
        do {
            bytes = try TextFile.bytes(of: path, maxBytes: YAMLDocument.maxBytes * 8)
        } catch {
            Output.note("\(path): error: \(error.reason); name the configuration with -c FILE")
            throw ExitStatus.configuration.exitCode
        }
        let file = try CompiledConfiguration.isLikely(bytes) ? compiled(bytes, path) : source(bytes, path)
        if !quietly { file.printWarnings() }
        return file
    }

    func printWarnings() {
        for warning in warnings { Output.note(warning.text(file: path)) }
    }

    private static func compiled(_ bytes: [UInt8], _ path: String) throws -> ConfigurationFile {
        do {
            let compiled = try CompiledConfiguration(json: bytes)
            return ConfigurationFile(path: path, configuration: compiled.configuration, warnings: [])
        } catch {
            Output.note("\(path): error: \(error)")
            throw ExitStatus.configuration.exitCode
        }
    }

    private static func source(_ bytes: [UInt8], _ path: String) throws -> ConfigurationFile {
        let folder = DirectoryOpener.folder(of: path)
        let (configuration, problems) = ConfigurationReader(kinds: ConnectorRegistry.kinds).read(yaml: bytes) {
            schema throws(UserPoolSettings.UnreadableDescription) in
            try poolSettings(schema.hasPrefix("/") ? schema : "\(folder)/\(schema)")
        }
        guard let configuration else {
            for problem in problems { Output.note(problem.text(file: path)) }
            throw ExitStatus.configuration.exitCode
        }
        return ConfigurationFile(path: path, configuration: configuration, warnings: problems)
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

    /// The parts that answer events; a secret that isn't there ends the command with code 78.
    func assemble(_ options: CommonOptions, logLevel: LogLevel, maxConnections: Int) throws -> TriggerAssembly {
        do {
            return try TriggerAssembly(
                configuration, opener: DirectoryOpener(configurationFile: path), maxConnections: maxConnections,
                cores: coreCount, logger: options.logger(level: logLevel))
        } catch {
            Output.note("\(path): error: \(error)")
            throw ExitStatus.configuration.exitCode
        }
    }
}
