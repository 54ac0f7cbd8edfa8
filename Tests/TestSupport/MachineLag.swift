import Foundation
import Synchronization

/// How late the machine itself is: how much longer than it asked for a thread sleeps that does nothing else.
///
/// Next to nothing on a machine that has a core to spare. On a busy one nobody's deadline can be kept better than this.
public final class MachineLag: Sendable {
    private static let period = Duration.milliseconds(10)

    private struct State {
        var worst = Duration.zero
        var isOver = false
    }

    private final class Record: Sendable {
        let state = Mutex(State())
    }

    private let record = Record()

    public init() {
        Thread { [record] in
            while !record.state.withLock({ $0.isOver }) {
                let start = ContinuousClock.now
                sleepBlocking(Self.period)
                let late = start.duration(to: .now) - Self.period
                record.state.withLock { $0.worst = max($0.worst, late) }
            }
        }.start()
    }

    deinit {
        record.state.withLock { $0.isOver = true }
    }

    /// The most since it was made, or since `reset()`.
    public var worst: Duration { record.state.withLock { $0.worst } }

    public func reset() {
        record.state.withLock { $0.worst = .zero }
    }

    /// What an answer may be late by, in whole milliseconds: as much as was promised, and what the machine is late by
    /// wherever one thread waits for another: who keeps the time, who sends, who looks.
    public func allowance(over promised: Duration) -> Int {
        Int(((promised + worst * 3) / .milliseconds(1)).rounded(.up))
    }
}
