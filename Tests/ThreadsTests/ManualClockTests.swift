import TestSupport
import Testing
import Threads

@Suite(.timeLimit(.minutes(1))) struct ManualClockTests {
    private let clock = ManualClock()

    private func sleep(_ duration: Duration) -> Task<Void, any Error> {
        let instant = clock.now + duration
        return Task { [clock] in try await clock.sleep(until: instant) }
    }

    private func untilAsleep(_ count: Int) async {
        while clock.sleeperCount < count { await Task.yield() }
    }

    @Test func `it moves by hand alone`() {
        let start = clock.now
        sleepBlocking(.milliseconds(5))
        #expect(clock.now == start)
        clock.advance(by: .seconds(60))
        #expect(clock.now == start + .seconds(60))
    }

    @Test func `whoever sleeps wakes when the clock has come to the instant, and not before`() async throws {
        let (short, long) = (sleep(.seconds(1)), sleep(.seconds(2)))
        await untilAsleep(2)
        clock.advance(by: .milliseconds(999))
        #expect(clock.sleeperCount == 2)
        clock.advance(by: .milliseconds(1))
        #expect(clock.sleeperCount == 1)
        try await short.value
        clock.advance(by: .seconds(60))
        try await long.value
    }

    @Test func `an instant that has come is not slept for`() async throws {
        try await clock.sleep(until: clock.now)
        clock.advance(by: .seconds(1))
        try await clock.sleep(until: clock.now - .seconds(1))
    }

    @Test func `a cancelled sleeper wakes at once, with the error`() async {
        let asleep = sleep(.seconds(1))
        await untilAsleep(1)
        asleep.cancel()
        await #expect(throws: CancellationError.self) { try await asleep.value }
        #expect(clock.sleeperCount == 0)
        let cancelledBefore = Task { [clock] in
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(until: clock.now + .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await cancelledBefore.value }
    }
}
