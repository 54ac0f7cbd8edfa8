/// The one instant by which something has to be over, made when the event arrives and passed down.
///
/// It may be capped for one directory, and is never extended.
public struct Deadline: Sendable, Hashable {
    public let instant: ContinuousClock.Instant

    public init(_ instant: ContinuousClock.Instant) {
        self.instant = instant
    }

    /// - Parameter start: for tests; now unless said.
    public static func after(_ duration: Duration, from start: ContinuousClock.Instant = .now) -> Deadline {
        Deadline(start.advanced(by: duration))
    }

    /// What is left, never negative.
    public func remaining(at now: ContinuousClock.Instant = .now) -> Duration {
        max(now.duration(to: instant), .zero)
    }

    public func hasPassed(at now: ContinuousClock.Instant = .now) -> Bool {
        instant <= now
    }

    /// A little earlier, so that what comes of it is told by this: an outage is better told with its cause than by
    /// whoever keeps the deadline and knows of none.
    var leavingTimeToAnswer: Deadline {
        Deadline(instant - min(.milliseconds(20), remaining() / 20))
    }

    /// The earlier of this and `duration` from now.
    public func capped(to duration: Duration, from now: ContinuousClock.Instant = .now) -> Deadline {
        Deadline(min(instant, now.advanced(by: duration)))
    }
}
