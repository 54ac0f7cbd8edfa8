public import PasswordHashing

/// connectors.yaml as a model: read, checked, and ready to be used. Nothing checks it again.
///
/// Its JSON (`Codable`) is the compiled form that MigrateLambda reads: the pool's settings are inside, secret references
/// are unresolved, paths are as written.
public struct ConnectorsConfiguration: Sendable, Hashable, Codable {
    public var userPool: UserPoolReference
    public var signIn: SignInSettings
    public var cache: CacheSettings
    /// In the order in which they are asked; at least one.
    public var directories: [DirectoryConfiguration]
    /// The canonical name's rule; nil in pools that sign in by email or phone.
    public var username: AttributeRule?
    public var attributes: [AttributeRule]
    public var groups: GroupSettings?
    public var mfa: MFASettings?
    /// The pool's attribute that says how a user came into the pool.
    public var migrationMark: String?
    /// `import:`
    public var importing: ImportSettings
    public var reconcile: ReconcileSettings
    /// `triggers:` as written; an empty section if there is none.
    public var triggers: ConfigurationValue
    public var log: LogSettings

    public init(
        userPool: UserPoolReference = .init(), signIn: SignInSettings = .init(), cache: CacheSettings = .init(),
        directories: [DirectoryConfiguration], username: AttributeRule? = nil, attributes: [AttributeRule] = [],
        groups: GroupSettings? = nil, mfa: MFASettings? = nil, migrationMark: String? = nil,
        importing: ImportSettings = .init(), reconcile: ReconcileSettings = .init(),
        triggers: ConfigurationValue = .section([]), log: LogSettings = .init()
    ) {
        self.userPool = userPool
        self.signIn = signIn
        self.cache = cache
        self.directories = directories
        self.username = username
        self.attributes = attributes
        self.groups = groups
        self.mfa = mfa
        self.migrationMark = migrationMark
        self.importing = importing
        self.reconcile = reconcile
        self.triggers = triggers
        self.log = log
    }

    /// The pool's settings, or those that are assumed where nobody described it.
    public var pool: UserPoolSettings {
        userPool.settings ?? .assumed(hasUsername: username != nil)
    }

    /// Every attribute that some directory's users get, each once, in the file's order.
    public var madeAttributes: [String] {
        var seen: Set<String> = []
        return (attributes + directories.flatMap(\.attributes)).map(\.attribute).filter { seen.insert($0).inserted }
    }

    /// Whether every directory's users get the attribute.
    public func makes(_ attribute: String) -> Bool {
        attributes.contains { $0.attribute == attribute }
            || !directories.isEmpty
                && directories.allSatisfy { $0.attributes.contains { $0.attribute == attribute } }
    }
}

/// The `user_pool:` section.
public struct UserPoolReference: Sendable, Hashable, Codable {
    public var id: String?
    public var region: String?
    public var endpoint: String?
    /// The saved DescribeUserPool answer, as written in the file.
    public var schema: String?
    /// What that file says, once it was read.
    public var settings: UserPoolSettings?

    /// The Region that the pool is in: as written, or as its id begins; nil without either.
    public var knownRegion: String? {
        region ?? id.flatMap { id in id.firstIndex(of: "_").map { String(id[..<$0]) } }
    }

    public init(
        id: String? = nil, region: String? = nil, endpoint: String? = nil, schema: String? = nil,
        settings: UserPoolSettings? = nil
    ) {
        self.id = id
        self.region = region
        self.endpoint = endpoint
        self.schema = schema
        self.settings = settings
    }
}

/// The `sign_in:` section; the defaults are the file's.
public struct SignInSettings: Sendable, Hashable, Codable {
    public enum FinalUserStatus: String, Sendable, Hashable, Codable, CaseIterable {
        case confirmed = "CONFIRMED"
        case resetRequired = "RESET_REQUIRED"
    }

    public enum ForgotPassword: String, Sendable, Hashable, Codable, CaseIterable {
        case migrate, deny
    }

    public enum MessageAction: String, Sendable, Hashable, Codable, CaseIterable {
        /// No welcome message.
        case suppress = "SUPPRESS"
        /// The member stays as it came, and Cognito sends its message.
        case send = "SEND"
    }

    public enum DeliveryMedium: String, Sendable, Hashable, Codable, CaseIterable {
        case email = "EMAIL"
        case sms = "SMS"
    }

    public enum OnMustReset: String, Sendable, Hashable, Codable, CaseIterable {
        case reset, deny
    }

    public enum PasswordPolicyUse: String, Sendable, Hashable, Codable, CaseIterable {
        case none, pool
    }

    public struct Messages: Sendable, Hashable, Codable {
        public var unavailable = "Sign-in is briefly unavailable. Try again."
        public var unmappable = "Your account needs attention. Please contact support."

        public init() {}
    }

    /// The longest budget: Cognito gives up after 5 s, and the answer has to travel.
    public static let maxBudget = Duration.milliseconds(4800)

    public var budget = Duration.milliseconds(4000)
    public var coldStartReserve = Duration.milliseconds(500)
    public var denyFloor = Duration.milliseconds(400)
    public var finalUserStatus = FinalUserStatus.confirmed
    public var forgotPassword = ForgotPassword.migrate
    public var messageAction = MessageAction.suppress
    public var desiredDeliveryMediums: [DeliveryMedium] = [.email]
    public var forceAliasCreation = false
    public var onMustReset = OnMustReset.reset
    public var passwordPolicy = PasswordPolicyUse.none
    public var messages = Messages()

    public init() {}
}

/// Whether the chain of directories goes on.
public enum ChainContinuation: String, Sendable, Hashable, Codable, CaseIterable {
    case stop, next
}

/// One entry under `directories:`.
public struct DirectoryConfiguration: Sendable, Hashable, Codable {
    public var name: String
    public var type: String
    /// The keys of its kind.
    public var options: ConnectorOptions
    /// The column with the stable id.
    public var key: String
    public var password: PasswordSource
    public var disabled: FlagRule?
    public var mustReset: FlagRule?
    public var migrated: FlagRule?
    public var onMigrated: OnMigrated?
    /// The column that says when the entry was last changed.
    public var changed: String?
    /// Regular expressions; only a name in which one of them is found is asked here. Empty: every name.
    public var names: [String]
    /// The column that says when the password was last changed.
    public var passwordChanged: String?
    public var onUnavailable: ChainContinuation
    public var onWrongPassword: ChainContinuation
    /// As written; `countedAttempts` is what comes of it.
    public var attempts: AttemptSettings?
    public var timeout: Duration
    /// It is never asked; the snapshot answers for it.
    public var isRetired: Bool
    /// What this directory maps otherwise than the rest.
    public var attributes: [AttributeRule]

    public init(
        name: String, type: String, options: ConnectorOptions = .init(), key: String, password: PasswordSource,
        disabled: FlagRule? = nil, mustReset: FlagRule? = nil, migrated: FlagRule? = nil,
        onMigrated: OnMigrated? = nil, changed: String? = nil, names: [String] = [], passwordChanged: String? = nil,
        onUnavailable: ChainContinuation = .stop, onWrongPassword: ChainContinuation = .stop,
        attempts: AttemptSettings? = nil, timeout: Duration = .seconds(2), isRetired: Bool = false,
        attributes: [AttributeRule] = []
    ) {
        self.name = name
        self.type = type
        self.options = options
        self.key = key
        self.password = password
        self.disabled = disabled
        self.mustReset = mustReset
        self.migrated = migrated
        self.onMigrated = onMigrated
        self.changed = changed
        self.names = names
        self.passwordChanged = passwordChanged
        self.onUnavailable = onUnavailable
        self.onWrongPassword = onWrongPassword
        self.attempts = attempts
        self.timeout = timeout
        self.isRetired = isRetired
        self.attributes = attributes
    }
}

/// `password:`: how a typed password is checked.
public enum PasswordSource: Sendable, Hashable, Codable {
    /// Against a hash in a column.
    case stored(StoredPassword)
    /// By the directory itself (an LDAP bind).
    case bind

    /// Against a hash in a column.
    public static func column(_ column: String, scheme: String = "auto") -> PasswordSource {
        .stored(StoredPassword(column: column, scheme: scheme))
    }

    public var stored: StoredPassword? {
        if case .stored(let password) = self { password } else { nil }
    }
}

/// The column with the hash, and how to check it.
public struct StoredPassword: Sendable, Hashable, Codable {
    public var column: String
    /// A name from PasswordHashing's table, or `auto`.
    public var scheme: String
    public var options: PasswordOptions
    /// The other columns that the hash needs, by the option's name: `salt`, `username`, `secret_data`.
    public var columns: [String: String]
    /// References to the secrets that it needs, by the option's name: `pepper`, `signer_key`.
    public var secrets: [String: String]

    public init(
        column: String, scheme: String = "auto", options: PasswordOptions = .init(), columns: [String: String] = [:],
        secrets: [String: String] = [:]
    ) {
        self.column = column
        self.scheme = scheme
        self.options = options
        self.columns = columns
        self.secrets = secrets
    }
}

/// The `log:` section.
public struct LogSettings: Sendable, Hashable, Codable {
    /// Keys the hash of identifiers in log lines; random for each process if empty.
    public var key: String?

    public init(key: String? = nil) {
        self.key = key
    }
}
