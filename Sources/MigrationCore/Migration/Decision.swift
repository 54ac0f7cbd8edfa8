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

    /// The name of the directory that settled it.
    public var directory: String? {
        switch verdict {
        case .unavailable(let error): error.directory
        case .wrongPassword: steps.last { $0.finding == .wrongPassword }?.directory
        case .unknownUser: steps.last { $0.finding == .migrated }?.directory
        default: steps.last { $0.wasAsked }?.directory
        }
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
    public internal(set) var lookUpTime = Duration.zero
    public internal(set) var verifyTime = Duration.zero

    public var wasAsked: Bool { finding != .notAsked }
}
