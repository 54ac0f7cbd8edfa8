/// How a user pool and a function are connected now.
public struct AttachmentState: Sendable, Hashable {
    public enum Presence: Sendable, Hashable {
        case there
        case absent
        /// The credentials may not look.
        case unseen
    }

    /// What the function's policy has for the pool.
    public struct Permission: Sendable, Hashable {
        /// Whether the policy was seen.
        public var isSeen: Bool
        /// Whether a statement lets Cognito call the function for this pool of this account, and asks for both.
        public var isGiven: Bool
        /// Whether there is a statement of our id.
        public var hasOurs: Bool
        /// Statements that let Cognito call it for other pools, too.
        public var broad: [Broad]

        public struct Broad: Sendable, Hashable {
            public var statement: String
            /// The conditions that it doesn't ask for.
            public var missing: [String]

            public init(statement: String, missing: [String]) {
                self.statement = statement
                self.missing = missing
            }
        }

        public init(isSeen: Bool, isGiven: Bool = false, hasOurs: Bool = false, broad: [Broad] = []) {
            self.isSeen = isSeen
            self.isGiven = isGiven
            self.hasOurs = hasOurs
            self.broad = broad
        }
    }

    public var pool: PoolARN
    public var triggers: [PoolTrigger: TriggerTarget]
    /// `KMSKeyID`
    public var key: String?
    /// The function with its qualifier.
    public var function: Presence
    public var permission: Permission
    public var clients: [AppClient]
    /// Settings of the pool that this version knows nothing of.
    public var unknownSettings: [String]

    public init(
        pool: PoolARN, triggers: [PoolTrigger: TriggerTarget] = [:], key: String? = nil, function: Presence = .there,
        permission: Permission = Permission(isSeen: true), clients: [AppClient] = [], unknownSettings: [String] = []
    ) {
        self.pool = pool
        self.triggers = triggers
        self.key = key
        self.function = function
        self.permission = permission
        self.clients = clients
        self.unknownSettings = unknownSettings
    }
}

/// The name of a user pool in full: `arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID`.
public struct PoolARN: Sendable, Hashable, CustomStringConvertible {
    public let description: String
    public let region: String
    public let account: String
    public let id: String

    /// nil for what is no pool's.
    public init?(_ text: String) {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 6, fields[0] == "arn", fields[2] == "cognito-idp", !fields[3].isEmpty,
            !fields[4].isEmpty, fields[5].hasPrefix("userpool/")
        else { return nil }
        description = text
        (region, account) = (fields[3], fields[4])
        id = String(fields[5].dropFirst("userpool/".count))
    }

    /// The id of the statement in the function's policy that `attach` makes and takes back; at most 100 characters.
    public var statementID: String { "cognito-user-migration-\(id)" }
}
