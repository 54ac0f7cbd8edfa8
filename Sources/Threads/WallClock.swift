#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// An instant that outlives the process: the time since 1970-01-01T00:00:00Z, without leap seconds.
public struct UnixTime: Sendable, Hashable, Comparable {
    public var sinceEpoch: Duration

    public init(sinceEpoch: Duration) {
        self.sinceEpoch = sinceEpoch
    }

    public init(milliseconds: Int64) {
        self.init(sinceEpoch: .milliseconds(milliseconds))
    }

    public static func < (left: UnixTime, right: UnixTime) -> Bool {
        left.sinceEpoch < right.sinceEpoch
    }

    public static func - (left: UnixTime, right: UnixTime) -> Duration {
        left.sinceEpoch - right.sinceEpoch
    }
}

/// Time for what outlives the process (a date in a column, `Deadline-Ms`); it may jump.
public protocol WallClock: Sendable {
    var now: UnixTime { get }
}

/// The system's real-time clock.
public struct SystemWallClock: WallClock {
    public init() {}

    public var now: UnixTime {
        var time = timespec()
        // Can't fail: the clock exists and the pointer is ours.
        clock_gettime(CLOCK_REALTIME, &time)
        return UnixTime(sinceEpoch: .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec)))
    }
}
