internal import Logging
internal import Threads

/// Writes lines that carry metrics.
struct MetricsLog: Sendable {
    private let logger: Logger
    /// The same, whatever the level is.
    private let unfiltered: Logger
    /// Nil where nobody takes metrics from the lines.
    private let clock: (any WallClock)?

    /// - Parameter clock: for the metrics' time; without one there are none in the lines.
    init(_ logger: Logger, clock: (any WallClock)?) {
        self.logger = logger
        self.clock = clock
        var unfiltered = logger
        unfiltered.logLevel = .trace
        self.unfiltered = unfiltered
    }

    /// Writes one line, with the metrics in it. Where the level keeps the line back, the metrics are a line of their own,
    /// `metrics`: whoever wants to read less still counts everything.
    func write(
        _ level: Logger.Level, _ event: Logger.Message, _ line: [LogKey: Logger.MetadataValue],
        metrics: @autoclosure () -> EmbeddedMetrics? = nil
    ) {
        let isShown = logger.logLevel <= level
        var members = clock.flatMap { clock in metrics()?.members(at: clock.now) } ?? [:]
        guard isShown || !members.isEmpty else { return }
        if isShown {
            for (key, value) in line { members[key.rawValue] = value }
            logger.log(level: level, event, metadata: members)
        } else {
            // Not below the level: Lambda itself drops what is, if the function's log format is JSON.
            unfiltered.log(level: logger.logLevel, "metrics", metadata: members)
        }
    }
}
