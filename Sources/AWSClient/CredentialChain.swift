/// Asks the sources in order, and keeps what the first of them gave until shortly before it ends. Many callers wait for one
/// answer, each until its own deadline.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Standardized credential providers"; the order is botocore's.
actor CredentialChain {
    private typealias Answer = Result<AWSCredentials, AWSError>

    private let sources: [any CredentialSource]
    private let now: @Sendable () -> Int64
    private var kept: AWSCredentials?
    /// When the sources were asked last.
    private var asked: Int64?
    private var isAsking = false
    private var waiters: [UInt64: CheckedContinuation<Answer, Never>] = [:]
    private var lastWaiter: UInt64 = 0

    /// Fetched anew this long before they end, in seconds; those still good are used if that fails.
    private static let margin: Int64 = 300
    /// Within the margin the sources are asked once in so many seconds: they may have nothing newer yet.
    private static let pause: Int64 = 60
    /// Too short for a request to arrive: these are waited for.
    private static let leastRemaining: Int64 = 10

    init(_ sources: [any CredentialSource], now: @escaping @Sendable () -> Int64) {
        self.sources = sources
        self.now = now
    }

    /// - Throws: `.noCredentials`; `.deadlineExceeded` if the sources haven't answered by then, and go on.
    func credentials(by end: ContinuousClock.Instant) async throws(AWSError) -> AWSCredentials {
        if let kept, isGood(kept) { return kept }
        if !isAsking {
            isAsking = true
            asked = now()
            Task { answered(await ask()) }
        }
        return try await answer(by: end).get()
    }

    private func isGood(_ credentials: AWSCredentials) -> Bool {
        guard let expiration = credentials.expiration else { return true }
        let remaining = expiration - now()
        if remaining > Self.margin { return true }
        return remaining > Self.leastRemaining && asked.map { now() - $0 < Self.pause } ?? false
    }

    private func ask() async -> Answer {
        do throws(AWSError) {
            for source in sources {
                if let credentials = try await source.credentials() { return .success(credentials) }
            }
            return .failure(
                AWSError(.noCredentials, detail: "asked: \(sources.map(\.name).joined(separator: ", "))"))
        } catch {
            return .failure(error)
        }
    }

    private func answered(_ answer: Answer) {
        isAsking = false
        var answer = answer
        switch answer {
        case .success(let credentials): kept = credentials
        case .failure:
            if let kept, kept.expiration.map({ $0 > now() }) ?? true { answer = .success(kept) }
        }
        for waiter in waiters.values { waiter.resume(returning: answer) }
        waiters = [:]
    }

    private func answer(by end: ContinuousClock.Instant) async -> Answer {
        lastWaiter += 1
        let id = lastWaiter
        let timer = Task {
            do {
                try await Task.sleep(until: end, clock: .continuous)
            } catch {
                return
            }
            resume(id, .failure(AWSError(.deadlineExceeded, detail: "no source of credentials has answered in time")))
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            // Nothing else runs here between the question and this.
            await withCheckedContinuation { waiters[id] = $0 }
        } onCancel: {
            Task { await resume(id, .failure(AWSError(.cancelled, detail: ""))) }
        }
    }

    private func resume(_ id: UInt64, _ answer: Answer) {
        waiters.removeValue(forKey: id)?.resume(returning: answer)
    }

    /// Those of before are no good, whatever their date says.
    func forget() {
        kept = nil
    }
}
