/// That a directory's circuit breaker has changed its state, for logs and metrics.
public struct BreakerChange: Sendable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It is asked as always.
        case closed
        /// It isn't asked.
        case open
        /// One call tries whether it is back.
        case halfOpen = "half-open"
    }

    public let directory: String
    public let previous: State
    public let state: State
    /// The failure that opened it, or kept it open.
    public let error: DirectoryError?

    /// Whether sign-ins notice it: not a try and its failure, which come every second while it is open.
    public var isNews: Bool { previous == .closed || state == .closed }
}

extension BreakerChange.State {
    init(_ state: CircuitBreaker.State) {
        switch state {
        case .closed: self = .closed
        case .open: self = .open
        case .halfOpen: self = .halfOpen
        }
    }
}
