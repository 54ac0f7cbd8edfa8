/// What a directory's answer means to the chain.
enum ChainEvent: Sendable {
    /// It doesn't know the user.
    case unknown
    /// It knows the user, and the password is wrong.
    case wrongPassword
    /// It couldn't say.
    case unavailable(DirectoryError)
    /// It knows the user, and that settles it.
    case decided(Verdict)
}

/// Which directory is asked next, and what comes of it at the end: the rules without the asking.
///
/// - The first directory that knows the user decides.
/// - One that is unavailable ends the chain, unless its policy says `on_unavailable: next`.
/// - One whose `names` don't fit isn't asked.
/// - At the end: wrong password if one said so and every one asked has answered; unavailable if any was passed over; else
///   unknown user.
struct DirectoryChain: Sendable {
    enum Action: Sendable {
        case ask(Int)
        case conclude(Verdict)
    }

    struct Policy: Sendable {
        var onUnavailable: ChainContinuation
        var onWrongPassword: ChainContinuation
        /// Whether its `names` fit what was typed.
        var isAsked: Bool
    }

    private let policies: [Policy]
    private var next = 0
    private var passedOver: DirectoryError?
    private var sawWrongPassword = false

    init(_ policies: [Policy]) {
        self.policies = policies
    }

    /// The first step.
    mutating func start() -> Action {
        advance()
    }

    /// The step after an answer of the directory that was asked last.
    mutating func record(_ event: ChainEvent) -> Action {
        let policy = policies[next - 1]
        switch event {
        case .unknown:
            return advance()
        case .wrongPassword:
            guard policy.onWrongPassword == .next else { return .conclude(.wrongPassword) }
            sawWrongPassword = true
            return advance()
        case .unavailable(let error):
            guard policy.onUnavailable == .next else { return .conclude(.unavailable(error)) }
            passedOver = passedOver ?? error
            return advance()
        case .decided(let verdict):
            return .conclude(verdict)
        }
    }

    /// How many directories could still be asked if the one that was asked last were unavailable.
    var countAfterOutage: Int {
        guard policies[next - 1].onUnavailable == .next else { return 0 }
        return policies[next...].count(where: \.isAsked)
    }

    private mutating func advance() -> Action {
        while next < policies.count {
            next += 1
            if policies[next - 1].isAsked { return .ask(next - 1) }
        }
        if let passedOver { return .conclude(.unavailable(passedOver)) }
        return .conclude(sawWrongPassword ? .wrongPassword : .unknownUser)
    }
}
