import Foundation
import Logging
import Synchronization

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// Blocks threads until it is opened.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() {
        semaphore.signal()
    }

    /// Whether it was opened, not merely given up on: a test should fail then, not hang.
    @discardableResult
    func pass() -> Bool {
        let isOpen = semaphore.wait(timeout: .now() + 20) == .success
        if isOpen { semaphore.signal() }
        return isOpen
    }

    /// The same for a task, on a thread that is nobody else's.
    @discardableResult
    func passing() async -> Bool {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.pass()) }
        }
    }
}

final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    /// The new value.
    func increment() -> Int { count.add(1, ordering: .sequentiallyConsistent).newValue }
}

/// A logger that keeps its lines.
final class LogLines: Sendable {
    struct Line: Sendable {
        let message: String
        let metadata: [String: String]
    }

    private let state = Mutex<[Line]>([])

    var lines: [Line] { state.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: LogLines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        init(log: LogLines) { self.log = log }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
            log.state.withLock { $0.append(Line(message: event.message.description, metadata: all)) }
        }
    }
}
