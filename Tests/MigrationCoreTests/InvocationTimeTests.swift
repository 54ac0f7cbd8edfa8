import Testing
import Threads

@testable import MigrationCore

@Suite struct InvocationTimeTests {
    private let arrival = ContinuousClock.now

    private func budget(
        startUp: Duration? = nil, isFirst: Bool = false, platform: Duration? = nil, budget: Duration = .seconds(4)
    ) -> Duration {
        var settings = SignInSettings()
        settings.budget = budget
        let now = UnixTime(sinceEpoch: .seconds(1_000_000))
        let deadline = InvocationTime(settings, startUp: startUp).deadline(
            arrival: arrival, isFirst: isFirst,
            platformDeadline: platform.map { (UnixTime(sinceEpoch: now.sinceEpoch + $0), now) })
        return arrival.duration(to: deadline.instant)
    }

    @Test func `the budget counts from the event's arrival`() {
        #expect(budget() == .seconds(4))
        #expect(budget(isFirst: true) == .seconds(4))
    }

    @Test func `the first event on Lambda also pays the reserve and the start`() {
        #expect(budget(startUp: .milliseconds(200), isFirst: true) == .milliseconds(3300))
        #expect(budget(startUp: .milliseconds(200), isFirst: false) == .seconds(4))
    }

    @Test func `a start longer than the budget leaves nothing, and nothing below`() {
        #expect(budget(startUp: .seconds(9), isFirst: true) == .zero)
    }

    @Test func `the platform's deadline can only shorten the budget`() {
        #expect(budget(platform: .seconds(60)) == .seconds(4))
        #expect(budget(platform: .seconds(2)) == .milliseconds(1950))
        #expect(budget(platform: .seconds(-1)) == .zero)
    }
}
