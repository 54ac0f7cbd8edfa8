internal import Logging
internal import Metrics

/// A line for each change of a directory's circuit breaker, and a gauge: 0 closed, 1 half-open, 2 open.
struct BreakerLog: Sendable {
    /// The gauge's label; its one dimension is `directory`.
    static let gauge = "migration_circuit_breaker"

    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func write(_ change: BreakerChange) {
        Gauge(label: Self.gauge, dimensions: [(LogKey.directory.rawValue, change.directory)]).record(change.state.level)
        var line: Logger.Metadata = [
            LogKey.directory.rawValue: .string(change.directory), LogKey.state.rawValue: .string(change.state.rawValue),
        ]
        if let error = change.error { line[LogKey.reason.rawValue] = .string(error.description) }
        let level: Logger.Level =
            switch (change.isNews, change.state) {
            case (false, _): .debug
            case (true, .closed): .notice
            case (true, .open), (true, .halfOpen): .error
            }
        logger.log(level: level, "breaker", metadata: line)
    }
}

extension BreakerChange.State {
    fileprivate var level: Int {
        switch self {
        case .closed: 0
        case .halfOpen: 1
        case .open: 2
        }
    }
}
