import Testing
import Threads

@testable import MigrationCore

@Suite struct AttemptGuardTests {
    private let start = ContinuousClock.now

    private func fail(
        _ attempts: inout AttemptGuard, _ user: String, _ outcome: AttemptGuard.Outcome = .wrong,
        at now: ContinuousClock.Instant
    ) {
        #expect(attempts.ask(user, now: now) == .ask)
        attempts.record(outcome, of: user, now: now)
    }

    @Test func `after so many wrong passwords a user is refused until the first is a window ago, and others aren't`() {
        var attempts = AttemptGuard(AttemptSettings(limit: 2, window: .seconds(60)))
        fail(&attempts, "a", at: start)
        fail(&attempts, "a", at: start + .seconds(10))
        #expect(attempts.ask("a", now: start + .seconds(59)) == .refuse)
        #expect(attempts.ask("b", now: start + .seconds(59)) == .ask)
        #expect(attempts.ask("a", now: start + .seconds(60)) == .ask)
    }

    @Test func `a right password starts over`() {
        var attempts = AttemptGuard(AttemptSettings(limit: 2, window: .seconds(60)))
        fail(&attempts, "a", at: start)
        fail(&attempts, "a", .right, at: start)
        fail(&attempts, "a", at: start)
        #expect(attempts.ask("a", now: start) == .ask)
    }

    @Test func `what is under way counts, but refuses nobody`() {
        var attempts = AttemptGuard(AttemptSettings(limit: 2, window: .seconds(60)))
        #expect(attempts.ask("a", now: start) == .ask)
        #expect(attempts.ask("a", now: start) == .ask)
        #expect(attempts.ask("a", now: start) == .wait)
        attempts.record(.uncounted, of: "a", now: start)
        #expect(attempts.ask("a", now: start) == .ask)
    }

    @Test func `what had no answer may have counted there, and refuses nobody`() {
        var attempts = AttemptGuard(AttemptSettings(limit: 2, window: .seconds(60)))
        fail(&attempts, "a", .unanswered, at: start)
        fail(&attempts, "a", .wrong, at: start)
        #expect(attempts.ask("a", now: start) == .wait)
        #expect(attempts.ask("a", now: start + .seconds(60)) == .ask)
    }

    @Test func `it remembers so many users and forgets the one that was seen longest ago`() {
        var attempts = AttemptGuard(AttemptSettings(limit: 1, window: .seconds(60)), maxUsers: 2)
        for user in ["a", "b", "c"] { fail(&attempts, user, at: start) }
        #expect(attempts.ask("a", now: start) == .ask)
        #expect(attempts.ask("c", now: start) == .refuse)
    }
}
