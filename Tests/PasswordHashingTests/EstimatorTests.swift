import Synchronization
import Testing

@testable import PasswordHashing

struct EstimatorTests {
    /// A clock of the processor that goes on by a fixed time at each look.
    private final class StepClock: Sendable {
        private let state: Mutex<(now: Duration, step: Duration)>
        init(step: Duration) { state = Mutex((.zero, step)) }

        var looks: Int { state.withLock { Int($0.now / $0.step) } }
        func setStep(_ step: Duration) { state.withLock { $0.step = step } }
        func now() -> Duration {
            state.withLock { state in
                state.now += state.step
                return state.now
            }
        }
    }

    private static let stored = "$2b$05$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"

    private func verify(
        _ estimator: VerificationEstimator, _ stored: String, within time: Duration
    ) throws -> Verification? {
        let verifier = try #require(PasswordVerifier(scheme: "auto"))
        return Array(stored.utf8).withUnsafeBytes { stored in
            Array(Sample.password.utf8).withUnsafeBytes { typed in
                estimator.verify(verifier, stored: stored, typed: typed, by: .now + time)
            }
        }
    }

    @Test func `an estimate is taken when it is needed, scaled, and corrected by what is real`() throws {
        let clock = StepClock(step: .milliseconds(16))
        let estimator = VerificationEstimator(lambdaMemoryMB: nil, processorTime: { clock.now() })
        #expect(clock.looks == 0)
        // bcrypt of cost 4 "took" 16 ms: 1 ms a step, and cost 10 has 1024.
        #expect(estimator.time(of: VerificationWork(.bcrypt, steps: 1024), typedBytes: 8) == .milliseconds(1024))
        #expect(clock.looks == 2)
        #expect(estimator.time(of: VerificationWork(.bcrypt, steps: 16), typedBytes: 8) == .milliseconds(16))
        #expect(clock.looks == 2)
        clock.setStep(.milliseconds(64))
        #expect(try verify(estimator, Self.stored, within: .seconds(60)) == .match)
        #expect(estimator.time(of: VerificationWork(.bcrypt, steps: 1024), typedBytes: 8) == .milliseconds(2048))
    }

    @Test func `a function has the share of a core that its memory is of 1769 MB`() throws {
        for (memory, milliseconds) in [(1769, 1024.0), (10_240, 1024), (442, 1024.0 * 1769 / 442)] {
            let clock = StepClock(step: .milliseconds(16))
            let estimator = VerificationEstimator(lambdaMemoryMB: memory, processorTime: { clock.now() })
            let time = estimator.time(of: VerificationWork(.bcrypt, steps: 1024), typedBytes: 8)
            #expect(abs(time / .milliseconds(1) - milliseconds) < 1)
        }
    }

    @Test func `what would come too late is not started, and what can't be checked is said at once`() throws {
        let clock = StepClock(step: .seconds(1))
        let estimator = VerificationEstimator(lambdaMemoryMB: nil, processorTime: { clock.now() })
        #expect(try verify(estimator, Self.stored, within: .seconds(1)) == nil)
        #expect(clock.looks == 2)
        #expect(try verify(estimator, "$2b$31$" + Self.stored.dropFirst(7), within: .zero) == .overLimit)
        #expect(try verify(estimator, "*", within: .zero) == .malformed)
        #expect(try verify(estimator, "{SASL}x@EXAMPLE.COM", within: .zero) == .unverifiable)
        #expect(clock.looks == 2)
    }

    @Test func `a longer password is more work for what reads it in each round`() throws {
        let digest = VerificationWork(.digest(.md5), steps: 100)
        #expect(digest.steps(typedBytes: 10) == 100)
        #expect(digest.steps(typedBytes: 640) == 1100)
        #expect(VerificationWork(.bcrypt, steps: 100).steps(typedBytes: 640) == 100)
    }

    @Test(arguments: PasswordExample.all.indices)
    func `every kind of work has a sample that is of that kind`(_ index: Int) throws {
        let example = PasswordExample.all[index]
        let settings = try example.settings()
        let verifier = try #require(
            PasswordVerifier(scheme: example.scheme, options: settings.options, secrets: settings.secrets))
        let work = try #require(
            Array(example.stored.utf8).withUnsafeBytes { verifier.work(of: $0, row: settings.row) })
        let sample = work.kind.sample
        let sampler = try #require(PasswordVerifier(scheme: sample.scheme, options: sample.options))
        let sampled = try #require(Array(sample.stored.utf8).withUnsafeBytes { sampler.work(of: $0) })
        #expect(sampled.kind == work.kind)
        #expect(sampled.steps > 0)
        #expect(sampler.verify(stored: sample.stored, typed: Sample.password) == .mismatch)
    }
}
