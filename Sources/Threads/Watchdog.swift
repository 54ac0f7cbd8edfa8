/// A thread that does something at an instant, whatever the cooperative pool is busy with.
///
/// A `Task.sleep` comes back when the cooperative pool has a thread free: two seconds late with two hashes on it. This
/// thread does nothing else, so its actions are on time; they must not block.
public final class Watchdog: Sendable {
    fileprivate struct Alarm {
        let id: UInt64
        let instant: ContinuousClock.Instant
        let action: @Sendable () -> Void
    }

    fileprivate struct Alarms {
        var nextID: UInt64 = 0
        /// Soonest last. A sign-in has a few alarms at most, so a sorted array beats a heap.
        var pending: [Alarm] = []
        /// When the thread looks again by itself; nil if it waits to be woken.
        var wakesAt: ContinuousClock.Instant?
        var isClosed = false

        /// Whether the thread would sleep past the next alarm.
        var isTooLate: Bool {
            guard let next = pending.last else { return false }
            return wakesAt.map { next.instant < $0 } ?? true
        }
    }

    /// The one that serves a process; its thread starts with the first use and is never joined.
    public static let shared = Watchdog()

    fileprivate let alarms = Monitor(Alarms())
    private let thread: JoinableThread

    public init() {
        let alarms = alarms
        thread = JoinableThread.indispensable(name: "watchdog") {
            while true {
                let due: Alarm? = alarms.wait { alarms in
                    if alarms.isClosed { return .done(nil) }
                    alarms.wakesAt = alarms.pending.last?.instant
                    guard let next = alarms.pending.last else { return .wait }
                    guard next.instant <= .now else { return .waitUntil(next.instant) }
                    return .done(alarms.pending.removeLast())
                }
                guard let due else { return }
                due.action()
            }
        }
    }

    /// Calls `action` on the watchdog's thread once `instant` has passed, unless the alarm is cancelled before.
    ///
    /// - Parameter action: must return at once: the next alarm waits for it.
    public func schedule(
        at instant: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void
    ) -> WatchdogAlarm {
        // Each blocking call of a connection sets an alarm and cancels it, and nearly all are for later than the one before.
        let id = alarms.update(wakingIf: \.isTooLate) { alarms in
            alarms.nextID += 1
            let alarm = Alarm(id: alarms.nextID, instant: instant, action: action)
            let place = alarms.pending.firstIndex { $0.instant <= instant } ?? alarms.pending.endIndex
            alarms.pending.insert(alarm, at: place)
            return alarm.id
        }
        return WatchdogAlarm(id: id, watchdog: self)
    }

    /// Returns once `instant` has passed.
    public func sleep(until instant: ContinuousClock.Instant) async {
        guard instant > .now else { return }
        await withCheckedContinuation { continuation in
            _ = schedule(at: instant) { continuation.resume() }
        }
    }

    /// Ends the thread; alarms that are left never ring. From another thread.
    public func close() {
        let isFirst = alarms.update { alarms in
            defer { alarms.isClosed = true }
            return !alarms.isClosed
        }
        if isFirst { thread.join() }
    }
}

/// An alarm of a `Watchdog`.
public struct WatchdogAlarm: Sendable {
    fileprivate let id: UInt64
    fileprivate let watchdog: Watchdog

    /// The action isn't called any more, unless it already is.
    public func cancel() {
        watchdog.alarms.update(wakingIf: { _ in false }) { alarms in alarms.pending.removeAll { $0.id == id } }
    }
}
