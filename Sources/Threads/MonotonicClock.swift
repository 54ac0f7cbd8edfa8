/// Time for waits, breakers and TTLs in memory: it never jumps, and means nothing outside this process.
///
/// Its instants are those of `ContinuousClock`, so that a deadline made from one clock can be waited for by a thread;
/// a test brings a clock of its own and moves it by hand.
public protocol MonotonicClock: Clock, Sendable where Instant == ContinuousClock.Instant, Duration == Swift.Duration {}

extension ContinuousClock: MonotonicClock {}
