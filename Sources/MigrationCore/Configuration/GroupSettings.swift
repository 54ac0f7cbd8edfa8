/// The `groups:` section: which groups of the pool a user comes into.
public struct GroupSettings: Sendable, Hashable, Codable {
    /// What happens where the pool has no such group.
    public enum Missing: String, Sendable, Hashable, Codable, CaseIterable {
        case create, skip, reject
    }

    /// The first of these columns with a value; all its values count.
    public var columns: [String]
    public var transforms: [Transform]
    public var missing: Missing

    public init(columns: [String], transforms: [Transform] = [], missing: Missing = .reject) {
        self.columns = columns
        self.transforms = transforms
        self.missing = missing
    }
}

/// The `mfa:` section: second factors that users have in the directory.
public struct MFASettings: Sendable, Hashable, Codable {
    public enum OnEnrolled: String, Sendable, Hashable, Codable, CaseIterable {
        case migrate, deny
    }

    /// Whose codes come by SMS, which the pool can go on with.
    public var sms: FlagRule?
    /// Who has a factor that can't come along.
    public var enrolled: FlagRule?
    /// What becomes of those.
    public var onEnrolled: OnEnrolled

    public init(sms: FlagRule? = nil, enrolled: FlagRule? = nil, onEnrolled: OnEnrolled = .migrate) {
        self.sms = sms
        self.enrolled = enrolled
        self.onEnrolled = onEnrolled
    }
}
