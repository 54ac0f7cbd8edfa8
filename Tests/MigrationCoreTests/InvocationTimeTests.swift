import Testing
import Threads

@testable import MigrationCore

@Suite struct InvocationTimeTests {
    private let arrival = ContinuousClock.now

    private func budget(
        startUp: Duration? = nil, platform: Duration? = nil, budget: Duration = .seconds(4)
    ) -> Duration {
        var settings = SignInSettings()
        settings.budget = budget
        let now = UnixTime(sinceEpoch: .seconds(1_000_000))
        let deadline = InvocationTime(settings).deadline(
            arrival: arrival, startUp: startUp,
            platformDeadline: platform.map { (UnixTime(sinceEpoch: now.sinceEpoch + $0), now) })
        return arrival.duration(to: deadline.instant)
    }

    @Test func `the budget counts from the event's arrival`() {
        #expect(budget() == .seconds(4))
    }

    @Test func `the first event on Lambda also pays the reserve and the start`() {
        #expect(budget(startUp: .milliseconds(200)) == .milliseconds(3300))
    }

    @Test func `a start longer than the budget leaves nothing, and nothing below`() {
        #expect(budget(startUp: .seconds(9)) == .zero)
    }

    @Test func `the platform's deadline can only shorten the budget`() {
        #expect(budget(platform: .seconds(60)) == .seconds(4))
        #expect(budget(platform: .seconds(2)) == .milliseconds(1950))
        #expect(budget(platform: .seconds(-1)) == .zero)
    }
}
