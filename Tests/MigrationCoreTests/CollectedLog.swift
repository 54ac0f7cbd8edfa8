import Logging
import Synchronization

/// What was logged.
final class CollectedLog: Sendable {
    typealias Line = (level: Logger.Level, message: String, metadata: Logger.Metadata)

    private let state = Mutex<[Line]>([])
    private let level: Logger.Level

    init(level: Logger.Level = .trace) {
        self.level = level
    }

    var lines: [Line] { state.withLock { $0 } }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = level
        return logger
    }

    private struct Handler: LogHandler {
        let log: CollectedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        init(log: CollectedLog) {
            self.log = log
        }

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.state.withLock { $0.append((event.level, "\(event.message)", event.metadata ?? [:])) }
        }
    }
}
