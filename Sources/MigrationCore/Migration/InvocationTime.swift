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
    private let coldStartReserve: Duration

    public init(_ settings: SignInSettings) {
        budget = settings.budget
        coldStartReserve = settings.coldStartReserve
    }

    /// - Parameters:
    ///   - startUp: for the first event of a process that pays: how long the process took from its start to its first
    ///     call of `/invocation/next`.
    ///   - platformDeadline: `Deadline-Ms`, and what the wall clock said on arrival.
    public func deadline(
        arrival: ContinuousClock.Instant, startUp: Duration? = nil,
        platformDeadline: (deadline: UnixTime, now: UnixTime)? = nil
    ) -> Deadline {
        var left = budget
        if let startUp { left = max(left - coldStartReserve - startUp, .zero) }
        if let platformDeadline {
            let given = platformDeadline.deadline - platformDeadline.now - Self.platformMargin
            left = min(left, max(given, .zero))
        }
        return Deadline.after(left, from: arrival)
    }
}
