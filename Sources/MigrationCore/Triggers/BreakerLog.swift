internal import Logging
internal import Metrics
internal import Threads

/// A line for each change of a directory's circuit breaker, and a gauge: 0 closed, 1 half-open, 2 open.
struct BreakerLog: Sendable {
    /// The gauge's label; its one dimension is `directory`.
    static let gauge = "migration_circuit_breaker"

    private let log: MetricsLog

    /// - Parameter clock: for the time of the metrics in the lines; without one there are none.
    init(logger: Logger, metricsClock clock: (any WallClock)? = nil) {
        log = MetricsLog(logger, clock: clock)
    }

    func write(_ change: BreakerChange) {
        Gauge(label: Self.gauge, dimensions: [(LogKey.directory.rawValue, change.directory)]).record(change.state.level)
        var line: [LogKey: Logger.MetadataValue] = [
            .directory: .string(change.directory), .state: .string(change.state.rawValue),
        ]
        if let error = change.error { line[.reason] = .string(error.description) }
        let level: Logger.Level =
            switch (change.isNews, change.state) {
            case (false, _): .debug
            case (true, .closed): .notice
            case (true, .open), (true, .halfOpen): .error
            }
        log.write(level, "breaker", line, metrics: Self.metrics(of: change))
    }

    /// 1 whenever it opens, so also after each try that failed: an alarm doesn't end while the directory is away and
    /// somebody asks for it. Of a try under way it isn't known yet.
    private static func metrics(of change: BreakerChange) -> EmbeddedMetrics? {
        let isOpen: Int
        switch change.state {
        case .closed: isOpen = 0
        case .open: isOpen = 1
        case .halfOpen: return nil
        }
        var metrics = EmbeddedMetrics([.directory: change.directory])
        metrics.add([.breakerOpen: isOpen], by: [[.directory]])
        return metrics
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
