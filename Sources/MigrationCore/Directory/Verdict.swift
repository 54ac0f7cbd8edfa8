/// What a sign-in comes to.
public enum Verdict: Sendable {
    case accepted(MappedUser)
    case mustReset(MappedUser)
    case wrongPassword
    case unknownUser
    /// The entry is there, and what was typed isn't its name in the pool.
    case notCanonical
    case disabled
    /// At least so many entries match.
    case ambiguous(matches: Int)
    /// Too many wrong passwords.
    case throttled
    /// The stored hash can't be checked.
    case unverifiable(UnverifiableReason)
    case unmappable([AttributeRejection])
    /// Nobody could say in time.
    case unavailable(DirectoryError)

    /// Why a stored hash can't be checked.
    public enum UnverifiableReason: String, Sendable, Hashable {
        /// There is none.
        case absent
        /// Not of the scheme's form.
        case malformed
        /// It asks for more work than is allowed.
        case overLimit = "over-limit"
        /// Somebody else holds the secret.
        case heldElsewhere = "held-elsewhere"
    }

    /// Its name in logs, reports and output.
    public var code: String {
        switch self {
        case .accepted: "accepted"
        case .mustReset: "must-reset"
        case .wrongPassword: "wrong-password"
        case .unknownUser: "unknown-user"
        case .notCanonical: "not-canonical"
        case .disabled: "disabled"
        case .ambiguous: "ambiguous"
        case .throttled: "throttled"
        case .unverifiable: "unverifiable"
        case .unmappable: "unmappable"
        case .unavailable: "unavailable"
        }
    }
}

/// A user as the pool will have it.
public struct MappedUser: Sendable, Hashable {
    /// The entry's key in its directory.
    public let key: String?
    public let attributes: MappedAttributes
    /// Whether what was typed is an alias: the reply then says the user name.
    public let isNamedByAlias: Bool
}
