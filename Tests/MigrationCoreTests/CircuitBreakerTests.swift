import Testing
import Threads

@testable import MigrationCore

@Suite struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    private func opened(triesBySignIn: Bool) -> CircuitBreaker {
        var breaker = CircuitBreaker(triesBySignIn: triesBySignIn)
        for _ in 0..<CircuitBreaker.failureLimit {
            #expect(breaker.ask(.lookUp, now: start) == .ask)
            breaker.record(.lookUp, .failed, now: start)
        }
        return breaker
    }

    @Test func `failures in a row open it, and an answer in between doesn't let it`() {
        var breaker = CircuitBreaker(triesBySignIn: false)
        for outcome in [CircuitBreaker.Outcome.failed, .failed, .answered, .failed, .failed, .unclear] {
            breaker.record(.lookUp, outcome, now: start)
        }
        #expect(breaker.state == .closed)
        breaker.record(.lookUp, .failed, now: start)
        #expect(breaker.state == .open(retry: start + CircuitBreaker.period))
        #expect(breaker.ask(.lookUp, now: start + .seconds(60)) == .refuse)
    }

    @Test func `look-ups and password checks fail apart`() {
        var breaker = CircuitBreaker(triesBySignIn: false)
        for _ in 0..<2 {
            breaker.record(.lookUp, .answered, now: start)
            breaker.record(.passwordCheck, .failed, now: start)
        }
        #expect(breaker.state == .closed)
        breaker.record(.lookUp, .answered, now: start)
        breaker.record(.passwordCheck, .failed, now: start)
        #expect(breaker.state != .closed)
    }

    @Test func `a probe starts when its time has come, once, and an answer closes it`() {
        var breaker = opened(triesBySignIn: false)
        #expect(breaker.startProbe(now: start + .milliseconds(999)) == false)
        #expect(breaker.startProbe(now: start + .seconds(1)) == true)
        #expect(breaker.state == .halfOpen)
        #expect(breaker.startProbe(now: start + .seconds(9)) == false)
        #expect(breaker.ask(.lookUp, now: start + .seconds(9)) == .refuse)
        breaker.recordProbe(.answered, start: start + .seconds(1), now: start + .seconds(2))
        #expect(breaker.state == .closed)
        // It starts over.
        breaker.record(.lookUp, .failed, now: start)
        breaker.record(.lookUp, .failed, now: start)
        #expect(breaker.state == .closed)
    }

    @Test(arguments: [(100, 1000), (2500, 2500)])
    func `after a failed probe the next starts a period after it, or at once if it took longer`(
        _ took: Int, _ next: Int
    ) {
        var breaker = opened(triesBySignIn: false)
        #expect(breaker.startProbe(now: start + .seconds(1)) == true)
        breaker.recordProbe(.failed, start: start + .seconds(1), now: start + .seconds(1) + .milliseconds(took))
        #expect(breaker.state == .open(retry: start + .seconds(1) + .milliseconds(next)))
    }

    @Test func `what opened it by password checks is suspect after a look-up has closed it`() {
        var breaker = CircuitBreaker(triesBySignIn: false)
        for _ in 0..<CircuitBreaker.failureLimit { breaker.record(.passwordCheck, .failed, now: start) }
        #expect(breaker.startProbe(now: start + .seconds(1)) == true)
        breaker.recordProbe(.answered, start: start + .seconds(1), now: start + .seconds(1))
        breaker.record(.lookUp, .answered, now: start + .seconds(1))
        #expect(breaker.state == .closed)
        breaker.record(.passwordCheck, .failed, now: start + .seconds(2))
        #expect(breaker.state == .open(retry: start + .seconds(3)))
        // A right answer of the same kind clears it.
        #expect(breaker.startProbe(now: start + .seconds(3)) == true)
        breaker.recordProbe(.answered, start: start + .seconds(3), now: start + .seconds(3))
        breaker.record(.passwordCheck, .answered, now: start + .seconds(3))
        breaker.record(.passwordCheck, .failed, now: start + .seconds(3))
        #expect(breaker.state == .closed)
    }

    @Test func `where nothing runs beside them one sign-in tries, and the others don't wait`() {
        var breaker = opened(triesBySignIn: true)
        #expect(breaker.ask(.lookUp, now: start + .milliseconds(999)) == .refuse)
        #expect(breaker.ask(.lookUp, now: start + .seconds(1)) == .tryOut)
        #expect(breaker.ask(.lookUp, now: start + .seconds(1)) == .refuse)
        breaker.record(.lookUp, .failed, wasTrial: true, now: start + .seconds(2))
        #expect(breaker.state == .open(retry: start + .seconds(3)))
        #expect(breaker.ask(.lookUp, now: start + .seconds(3)) == .tryOut)
        // It was called off: the next may try at once.
        breaker.record(.lookUp, .unclear, wasTrial: true, now: start + .seconds(3))
        #expect(breaker.ask(.lookUp, now: start + .seconds(3)) == .tryOut)
        breaker.record(.lookUp, .answered, wasTrial: true, now: start + .seconds(3))
        #expect(breaker.ask(.lookUp, now: start + .seconds(3)) == .ask)
    }

    @Test func `those that were under way when it opened change nothing by failing, and close it by an answer`() {
        var breaker = opened(triesBySignIn: false)
        let state = breaker.state
        breaker.record(.lookUp, .failed, now: start + .milliseconds(500))
        breaker.record(.passwordCheck, .failed, now: start + .milliseconds(500))
        #expect(breaker.state == state)
        breaker.record(.lookUp, .answered, now: start + .milliseconds(600))
        #expect(breaker.state == .closed)
        // A probe that ends later has nothing to say.
        breaker.recordProbe(.failed, start: start, now: start + .seconds(2))
        #expect(breaker.state == .closed)
    }
}
