import Testing

@testable import AWSClient

@Suite struct RetryPolicyTests {
    @Test func `three attempts, with waits that double and are drawn by lot`() {
        var policy = RetryPolicy()
        var paid = 0
        let busy = RetryPolicy.Outcome.transient(retryAfter: nil)
        #expect(policy.decide(busy, attempt: 1, paid: &paid, random: 0.5) == .retry(after: .milliseconds(500)))
        #expect(policy.decide(busy, attempt: 2, paid: &paid, random: 0.5) == .retry(after: .seconds(1)))
        #expect(policy.decide(busy, attempt: 3, paid: &paid, random: 0.5) == .stop)
    }

    @Test func `no wait is longer than 20 seconds`() {
        var policy = RetryPolicy(maxAttempts: 20)
        var paid = 0
        let busy = RetryPolicy.Outcome.transient(retryAfter: nil)
        #expect(policy.decide(busy, attempt: 15, paid: &paid, random: 1) == .retry(after: .seconds(20)))
        let asked = RetryPolicy.Outcome.transient(retryAfter: .seconds(3600))
        #expect(policy.decide(asked, attempt: 1, paid: &paid, random: 0) == .retry(after: .seconds(20)))
    }

    @Test func `what the service asks for is the least`() {
        var policy = RetryPolicy()
        var paid = 0
        let asked = RetryPolicy.Outcome.transient(retryAfter: .milliseconds(1500))
        #expect(policy.decide(asked, attempt: 1, paid: &paid, random: 0.5) == .retry(after: .milliseconds(1500)))
    }

    @Test func `a final answer isn't asked for again`() {
        var policy = RetryPolicy()
        var paid = 0
        #expect(policy.decide(.final, attempt: 1, paid: &paid, random: 0) == .stop)
        #expect(policy.tokens == 500)
    }

    @Test func `retries cost, a time-out twice as much, and success brings back what the last one cost`() {
        var policy = RetryPolicy()
        var paid = 0
        _ = policy.decide(.transient(retryAfter: nil), attempt: 1, paid: &paid, random: 0)
        #expect(policy.tokens == 495)
        _ = policy.decide(.timeout, attempt: 2, paid: &paid, random: 0)
        #expect(policy.tokens == 485)
        _ = policy.decide(.success, attempt: 3, paid: &paid, random: 0)
        #expect(policy.tokens == 495)
    }

    @Test func `in a long outage retries stop, and come back one by one with successes`() {
        var policy = RetryPolicy(maxAttempts: 2)
        var retries = 0
        for _ in 0..<1000 {
            var paid = 0
            if policy.decide(.timeout, attempt: 1, paid: &paid, random: 0) != .stop { retries += 1 }
        }
        #expect(retries == 50)
        var paid = 0
        for _ in 0..<10 { _ = policy.decide(.success, attempt: 1, paid: &paid, random: 0) }
        #expect(policy.decide(.timeout, attempt: 1, paid: &paid, random: 0) == .retry(after: .zero))
    }
}
