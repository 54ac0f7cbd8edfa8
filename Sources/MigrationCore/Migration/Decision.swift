/// What proves who is signing in.
public enum PasswordEvidence: Sendable {
    case typed(Secret)
    /// Forgot password: nothing proves anything.
    case none
    /// For `lookup` without a password: as if the right one had been typed.
    case assumedRight
}

/// One user, one decision, and how it came about.
public struct Decision: Sendable {
    public let verdict: Verdict
    public let reply: MigrationReply
    /// The directories in the order in which they were asked.
    public let steps: [DirectoryStep]
    /// Whether it was made for an earlier sign-in with the same name and password.
    public private(set) var isKept = false

    init(verdict: Verdict, reply: MigrationReply, steps: [DirectoryStep]) {
        self.verdict = verdict
        self.reply = reply
        self.steps = steps
    }

    /// Where the answer of the directory that settled it came from.
    public var source: AnswerSource {
        isKept ? .verdict : steps.last { $0.wasAsked }?.source ?? .directory
    }

    /// The name of the directory that settled it.
    public var directory: String? {
        switch verdict {
        // None where another sign-in's answer was waited for in vain.
        case .unavailable(let error): error.directory.isEmpty ? nil : error.directory
        case .wrongPassword: steps.last { $0.finding == .wrongPassword }?.directory
        case .unknownUser: steps.last { $0.finding == .migrated }?.directory
        default: steps.last { $0.wasAsked }?.directory
        }
    }
}

// MARK: To be kept

extension Decision {
    /// The same for a later sign-in, which took none of its time, and without what the directories said.
    var withoutEntries: Decision {
        var decision = Decision(
            verdict: verdict, reply: reply,
            steps: steps.map { step in
                var step = step
                step.entry = nil
                step.lookUpTime = .zero
                step.verifyTime = .zero
                return step
            })
        decision.isKept = true
        return decision
    }

    /// What its texts take in memory, about.
    var byteCount: Int {
        guard case .admit(let response) = reply else { return 0 }
        // Once in the reply, once in the verdict.
        return 2 * response.userAttributes.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 64 }
    }

    /// Until when all that it was made from is believed; nil if that isn't a matter of time.
    var expiry: ContinuousClock.Instant? {
        steps.compactMap(\.expiry).min()
    }

    /// Whether a directory was shown the password.
    var wasPasswordShown: Bool {
        steps.contains(where: \.wasPasswordShown)
    }
}

/// What Cognito gets.
public enum MigrationReply: Sendable {
    /// The user, for `response`.
    case admit(MigrationResponse)
    /// The event exactly as it came.
    case deny
    /// An invocation error, whose message the user may read.
    case fail(InvocationFailure.Kind)
}

/// The members of `response` that create the user.
///
/// - SeeAlso: AWS documentation, "Migrate user Lambda trigger".
public struct MigrationResponse: Sendable, Hashable {
    public struct Attribute: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    public let userAttributes: [Attribute]
    public let finalUserStatus: SignInSettings.FinalUserStatus
    public let messageAction: SignInSettings.MessageAction
    public let desiredDeliveryMediums: [SignInSettings.DeliveryMedium]
    public let forceAliasCreation: Bool

    /// - Parameter status: always said: Cognito takes an absent one for RESET_REQUIRED.
    init(_ user: MappedUser, status: SignInSettings.FinalUserStatus, settings: SignInSettings) {
        var attributes = user.attributes.values.map { Attribute(name: $0.name, value: $0.value) }
        // Allowed only beside an alias; otherwise Cognito takes the name that was typed.
        if user.isNamedByAlias, let username = user.attributes.username {
            attributes.insert(Attribute(name: "username", value: username), at: 0)
        }
        userAttributes = attributes
        finalUserStatus = status
        messageAction = settings.messageAction
        desiredDeliveryMediums = settings.desiredDeliveryMediums
        forceAliasCreation = settings.forceAliasCreation
    }
}

/// What one directory came to.
public struct DirectoryStep: Sendable {
    public enum Finding: Sendable, Equatable {
        /// Its `names` don't fit what was typed.
        case notAsked
        case nobody
        case several(count: Int)
        /// One entry, and it is in the pool already.
        case migrated
        case notCanonical
        case wrongPassword
        case unverifiable(Verdict.UnverifiableReason)
        /// The directory takes no more passwords for this user at the moment.
        case throttled
        case disabled
        case mustReset
        /// The password is right, but too weak for the pool's policy.
        case tooWeak
        case unmappable([AttributeRejection])
        case accepted
        case unavailable(DirectoryError)
    }

    public let directory: String
    public internal(set) var finding: Finding
    /// The one entry that matched.
    public internal(set) var entry: DirectoryEntry?
    public internal(set) var key: String?
    /// The scheme that the stored hash was read by.
    public internal(set) var scheme: String?
    /// Flags that have a value nobody can read; each counts as set.
    public internal(set) var unreadableFlags: [String] = []
    /// Where its answer came from.
    public internal(set) var source = AnswerSource.directory
    /// Until when that is believed; nil if that isn't a matter of time.
    var expiry: ContinuousClock.Instant?
    /// Whether the directory was shown the password: each time may count towards a lockout there.
    var wasPasswordShown = false
    /// Why the snapshot stands in for the directory.
    var outage: DirectoryError?
    /// The password that is being tried, where those are counted.
    var attempt: (user: String, outcome: AttemptGuard.Outcome)?
    public internal(set) var lookUpTime = Duration.zero
    public internal(set) var verifyTime = Duration.zero

    public var wasAsked: Bool { finding != .notAsked }
}
