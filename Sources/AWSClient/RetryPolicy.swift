/// Whether and when a request is sent again: what happened and a random number in, one action out.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Retry behavior", mode `standard`.
struct RetryPolicy: Sendable {
    /// How an attempt ended.
    enum Outcome: Sendable, Hashable {
        case success
        /// The service was busy or broken, or the connection was.
        case transient(retryAfter: Duration?)
        /// Nothing came back in time.
        case timeout
        /// Sending it again would change nothing.
        case final
    }

    enum Action: Sendable, Hashable {
        case stop
        case retry(after: Duration)
    }

    /// The first one included.
    let maxAttempts: Int
    /// What retries cost is taken from here, so that an outage isn't met with three times the load. For all requests of a
    /// client together.
    private(set) var tokens = Self.capacity
    private static let capacity = 500
    private static let maxBackoff = Duration.seconds(20)

    init(maxAttempts: Int = 3) {
        self.maxAttempts = max(maxAttempts, 1)
    }

    /// - Parameters:
    ///   - attempt: how many were made, from 1.
    ///   - paid: what the retry that led to this attempt has cost; updated.
    ///   - random: 0 to 1.
    mutating func decide(_ outcome: Outcome, attempt: Int, paid: inout Int, random: Double) -> Action {
        switch outcome {
        case .success:
            tokens = min(tokens + (paid > 0 ? paid : 1), Self.capacity)
            return .stop
        case .final:
            return .stop
        case .transient, .timeout:
            let cost = outcome == .timeout ? 10 : 5
            guard attempt < maxAttempts, tokens >= cost else { return .stop }
            tokens -= cost
            paid = cost
            let wait = min(.seconds(1) * (1 << min(attempt - 1, 10)), Self.maxBackoff) * random
            if case .transient(let said?) = outcome { return .retry(after: min(max(said, wait), Self.maxBackoff)) }
            return .retry(after: wait)
        }
    }
}
