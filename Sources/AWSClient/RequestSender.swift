internal import Synchronization

/// Sends a request until there is an answer, or none to be had: signs it, repeats what may pass, and sets a wrong clock
/// right. What it learns about the services holds for all requests of a client.
final class RequestSender: Sendable {
    private struct State {
        var retries: RetryPolicy
        /// The services' clock less ours, in seconds, once one of them has said that ours is wrong.
        var skew: Int64 = 0
    }

    /// What signs the requests.
    enum Signer: Sendable {
        case nobody
        case credentials(AWSCredentials)
        case chain(CredentialChain)
    }

    private let attempt: Attempt
    private let state: Mutex<State>
    /// 0 to 1
    private let random: @Sendable () -> Double

    /// For one attempt; several fit into a minute.
    private static let attemptLimit = Duration.seconds(20)
    /// For a call without a deadline.
    private static let patience = Duration.seconds(60)
    /// Services take times that are wrong by five minutes; what differs by less was refused for another reason.
    private static let leastSkew: Int64 = 240

    init(attempt: Attempt, maxAttempts: Int, random: @escaping @Sendable () -> Double) {
        self.attempt = attempt
        self.random = random
        let state = State(retries: RetryPolicy(maxAttempts: maxAttempts))
        self.state = Mutex(state)
    }

    func send(
        _ request: AWSRequest, by deadline: ContinuousClock.Instant?, signer: Signer
    ) async throws(AWSError) -> AWSResponse {
        let end = deadline ?? .now + Self.patience
        var paid = 0
        var hasCorrectedClock = false
        var number = 1
        while true {
            let credentials = try await credentials(of: signer, by: end)
            let skew = state.withLock { $0.skew }
            let limit = min(ContinuousClock.Instant.now.duration(to: end), Self.attemptLimit)
            let result = await attempt.once(request, credentials: credentials, skew: skew, within: limit)
            let outcome: RetryPolicy.Outcome
            switch result {
            case .success: outcome = .success
            case .failure(let failure):
                if !hasCorrectedClock, let theirs = failure.clock, corrects(theirs, from: skew) {
                    hasCorrectedClock = true
                    continue
                }
                if failure.error.isExpiredToken, case .chain(let chain) = signer { await chain.forget() }
                outcome = failure.outcome
            }
            let random = random()
            let action = state.withLock { state in
                state.retries.decide(outcome, attempt: number, paid: &paid, random: random)
            }
            guard case .retry(let wait) = action, .now + wait < end else { return try result.mapError(\.error).get() }
            do {
                try await Task.sleep(for: wait)
            } catch {
                throw AWSError(.cancelled, detail: "")
            }
            number += 1
        }
    }

    private func credentials(
        of signer: Signer, by end: ContinuousClock.Instant
    ) async throws(AWSError) -> AWSCredentials? {
        switch signer {
        case .nobody: nil
        case .credentials(let credentials): credentials
        case .chain(let chain): try await chain.credentials(by: end)
        }
    }

    /// Whether the service's clock differs from what the request was signed by; then it counts from now on.
    private func corrects(_ theirs: Int64, from skew: Int64) -> Bool {
        let found = theirs - attempt.now()
        guard abs(found - skew) >= Self.leastSkew else { return false }
        state.withLock { $0.skew = found }
        return true
    }
}
