#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
internal import Synchronization

/// How long a verification will take, told before it starts.
///
/// The first estimate of each kind of work is taken when it is first needed, at a small cost, and scaled; each real
/// verification corrects it. It counts the processor's time, not the wall's: a process that was frozen meanwhile has
/// learnt nothing, and the burst in which a sample fits says nothing of a share of a core that is metered.
public final class VerificationEstimator: Sendable {
    /// The part of a core that this process gets, at most 1.
    private let coreShare: Double
    private let processorTime: @Sendable () -> Duration
    /// Processor time of one step.
    private let stepTimes = Mutex<[VerificationWork.Kind: Duration]>([:])

    /// - Parameter lambdaMemoryMB: `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`: a function has a core for each 1769 MB.
    public convenience init(lambdaMemoryMB: Int? = nil) {
        self.init(lambdaMemoryMB: lambdaMemoryMB, processorTime: { Self.threadTime() })
    }

    init(lambdaMemoryMB: Int?, processorTime: @escaping @Sendable () -> Duration) {
        coreShare = lambdaMemoryMB.map { min(1, max(Double($0), 1) / 1769) } ?? 1
        self.processorTime = processorTime
    }

    /// How long it will take; measures a sample if nothing is known of its kind yet, on the thread that calls.
    public func time(of work: VerificationWork, typedBytes: Int) -> Duration {
        guard work.steps > 0 else { return .zero }
        let stepTime = stepTimes.withLock { $0[work.kind] } ?? measureSample(of: work.kind)
        return stepTime * work.steps(typedBytes: typedBytes) / coreShare
    }

    /// Verifies, and learns from it.
    ///
    /// - Parameter deadline: when the answer has to be there.
    /// - Returns: nil if it would take longer, and was not started.
    public func verify(
        _ verifier: PasswordVerifier, stored: UnsafeRawBufferPointer, row: PasswordRow = PasswordRow(),
        typed: UnsafeRawBufferPointer, by deadline: ContinuousClock.Instant
    ) -> Verification? {
        // What can't be checked, or can't be right, is no work.
        guard let work = verifier.work(of: stored, row: row), typed.count <= PasswordVerifier.maxPasswordBytes else {
            return verifier.verify(stored: stored, row: row, typed: typed)
        }
        guard .now + time(of: work, typedBytes: typed.count) <= deadline else { return nil }
        return measure(work, typed) { verifier.verify(stored: stored, row: row, typed: typed) }
    }

    private func measureSample(of kind: VerificationWork.Kind) -> Duration {
        let sample = kind.sample
        guard let verifier = PasswordVerifier(scheme: sample.scheme, options: sample.options) else {
            preconditionFailure("a sample names a scheme of the table")
        }
        var stored = sample.stored
        stored.withUTF8 { stored in
            let stored = UnsafeRawBufferPointer(stored)
            guard let work = verifier.work(of: stored) else { preconditionFailure("a sample is well-formed") }
            withUnsafeBytes(of: 0x6472_6F77_7373_6170) { typed in
                _ = measure(work, typed) { verifier.verify(stored: stored, typed: typed) }
            }
        }
        return stepTimes.withLock { $0[kind] } ?? .zero
    }

    private func measure(
        _ work: VerificationWork, _ typed: UnsafeRawBufferPointer, _ body: () -> Verification
    ) -> Verification {
        let start = processorTime()
        let result = body()
        let time = processorTime() - start
        let steps = work.steps(typedBytes: typed.count)
        // A password that can't be right (a NUL, 512 bytes for crypt(3)) is refused without the work, and tells nothing.
        let isOrdinary = typed.count < 512 && !typed.contains(0)
        if steps > 0, isOrdinary, result == .match || result == .mismatch {
            stepTimes.withLock { $0[work.kind] = time / steps }
        }
        return result
    }

    private static func threadTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
