import ArgumentParser
import Logging
import LambdaRuntime

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

/// The options that every command takes.
struct CommonOptions: ParsableArguments {
    @Option(
        name: [.customShort("c"), .customLong("config")],
        help:
            "The configuration: connectors.yaml or its compiled form. Also by MIGRATE_CONFIG. (default: connectors.yaml)"
    )
    var config: String?

    @Option(help: "How results are printed: text or json.")
    var format = OutputFormat.text

    @Option(help: "The least level that is logged.")
    var logLevel: LogLevel?

    /// - Parameter level: unless the user says another.
    func logger(level: LogLevel) -> Logger {
        // The names are the library's own.
        let level = Logger.Level(rawValue: (logLevel ?? level).rawValue) ?? .info
        return Logger(label: "migrate-cli") { _ in JSONLogHandler(level: level) }
    }
}
