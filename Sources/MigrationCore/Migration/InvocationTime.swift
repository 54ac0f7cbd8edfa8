public import Threads

/// By when an event must be answered.
///
/// - The budget counts from the event's arrival.
/// - On Lambda, the first event of a process also pays `cold_start_reserve` and the time from the process's start to its
///   first call of `/invocation/next`: Cognito was waiting meanwhile. The wait inside that call is nobody's. With
///   provisioned concurrency, and under `serve` and `invoke`, nothing is paid.
/// - The platform's own deadline (`Deadline-Ms`) becomes an instant once, on arrival, and can only shorten the budget.
public struct InvocationTime: Sendable {
    /// What is kept from the platform's deadline, so that the answer is out before the process is stopped.
    static let platformMargin = Duration.milliseconds(50)

    private let budget: Duration
    private let firstEventCost: Duration

    /// - Parameter startUp: how long the process took from its start to its first call of `/invocation/next`; nil if the
    ///   first event pays nothing.
    public init(_ settings: SignInSettings, startUp: Duration?) {
        budget = settings.budget
        firstEventCost = startUp.map { $0 + settings.coldStartReserve } ?? .zero
    }

    /// - Parameters:
    ///   - isFirst: whether this is the first event of the process.
    ///   - platformDeadline: `Deadline-Ms`, and what the wall clock said on arrival.
    public func deadline(
        arrival: ContinuousClock.Instant, isFirst: Bool, platformDeadline: (deadline: UnixTime, now: UnixTime)? = nil
    ) -> Deadline {
        var budget = max(isFirst ? budget - firstEventCost : budget, .zero)
        if let platformDeadline {
            let left = platformDeadline.deadline - platformDeadline.now - Self.platformMargin
            budget = min(budget, max(left, .zero))
        }
        return Deadline.after(budget, from: arrival)
    }
}
