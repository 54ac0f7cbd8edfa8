/// What `doctor` saw of the user pool and of what works with it: each part, or why nobody could say.
public struct PoolObservation: Sendable {
    /// Why a part wasn't seen.
    public struct Failure: Error, Sendable, Hashable {
        public enum Kind: Sendable, Hashable {
            /// No AWS credentials were found.
            case noCredentials
            case noRegion
            /// It isn't there.
            case absent
            /// The credentials aren't allowed to look.
            case denied
            case unreachable
            /// With the service's name of the error.
            case other(String)
        }

        public let kind: Kind
        /// The permission that looking takes, such as `cognito-idp:DescribeUserPool`.
        public let action: String
        /// More for the operator: which sources of credentials were asked, which host can't be reached.
        public let detail: String

        public init(_ kind: Kind, action: String, detail: String = "") {
            self.kind = kind
            self.action = action
            self.detail = detail
        }
    }

    public typealias Seen<Value> = Result<Value, Failure>

    /// `user_pool.id`
    public var id: String
    /// Where it was looked for; nil if no Region is known.
    public var region: String?
    public var pool: Seen<PoolDescription>
    public var clients: Seen<[AppClient]>
    /// What the pool calls when somebody is to be migrated; nil if it calls nothing, or wasn't seen itself.
    public var function: Seen<TriggerFunction>?
    /// The role of `import.logs_role_arn`; nil if the configuration has none.
    public var logsRole: Seen<LogsRole>?
    /// The quotas that a move lives by, in requests a second for the account and Region.
    public var quotas: Seen<[Quota]>
    /// The service's clock beside this machine's.
    public var clock: KindExamination.Clock?

    public init(
        id: String, region: String?, pool: Seen<PoolDescription>, clients: Seen<[AppClient]>,
        function: Seen<TriggerFunction>? = nil, logsRole: Seen<LogsRole>? = nil, quotas: Seen<[Quota]>,
        clock: KindExamination.Clock? = nil
    ) {
        self.id = id
        self.region = region
        self.pool = pool
        self.clients = clients
        self.function = function
        self.logsRole = logsRole
        self.quotas = quotas
        self.clock = clock
    }
}

/// A user pool, as far as a migration depends on it.
///
/// - SeeAlso: AWS documentation, DescribeUserPool.
public struct PoolDescription: Sendable, Hashable {
    public enum MFA: String, Sendable, Hashable {
        case off = "OFF"
        case optional = "OPTIONAL"
        case required = "ON"
    }

    public var arn: String?
    public var settings: UserPoolSettings
    public var mfa: MFA
    /// Whether anybody may sign up.
    public var allowsSignUp: Bool
    /// How a forgotten password is recovered, the first choice first: `verified_email`, `verified_phone_number`,
    /// `admin_only`; empty where the pool doesn't say, which means by phone, else by email.
    public var recovery: [String]
    /// Whether messages go out by Cognito's own address, a few dozen a day, instead of the account's SES.
    public var sendsByCognito: Bool
    /// `LambdaConfig`'s plain members: trigger -> ARN.
    public var triggers: [String: String]

    public init(
        arn: String? = nil, settings: UserPoolSettings, mfa: MFA = .off, allowsSignUp: Bool = false,
        recovery: [String] = [],
        sendsByCognito: Bool = false, triggers: [String: String] = [:]
    ) {
        self.arn = arn
        self.settings = settings
        self.mfa = mfa
        self.allowsSignUp = allowsSignUp
        self.recovery = recovery
        self.sendsByCognito = sendsByCognito
        self.triggers = triggers
    }
}

/// An app client of the pool.
///
/// - SeeAlso: AWS documentation, DescribeUserPoolClient.
public struct AppClient: Sendable, Hashable {
    public var id: String
    public var name: String
    /// `ExplicitAuthFlows`; empty means Cognito's defaults, which carry no password.
    public var flows: [String]
    /// `PreventUserExistenceErrors: ENABLED`
    public var hidesWhoExists: Bool
    /// Whether people sign in on Cognito's own pages through it.
    public var hasHostedLogin: Bool

    public init(
        id: String, name: String, flows: [String], hidesWhoExists: Bool = true, hasHostedLogin: Bool = false
    ) {
        self.id = id
        self.name = name
        self.flows = flows
        self.hidesWhoExists = hidesWhoExists
        self.hasHostedLogin = hasHostedLogin
    }

    /// The flows that carry the password to Cognito, which can then ask the trigger; the last two are old names.
    ///
    /// - SeeAlso: AWS documentation, "Migrate user Lambda trigger".
    static let passwordFlows = [
        "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH",
    ]

    public var canMigrate: Bool { flows.contains { Self.passwordFlows.contains($0) } }
}

/// The function that the pool calls.
public struct TriggerFunction: Sendable, Hashable {
    public var arn: String
    public var settings: PoolObservation.Seen<FunctionSettings>
    /// What stands in its resource-based policy for the pool.
    public var permission: PoolObservation.Seen<InvokePermission>

    public init(
        arn: String, settings: PoolObservation.Seen<FunctionSettings>,
        permission: PoolObservation.Seen<InvokePermission>
    ) {
        self.arn = arn
        self.settings = settings
        self.permission = permission
    }
}

/// Whether Cognito may call the function, for the pool.
public enum InvokePermission: Sendable, Hashable {
    /// For this pool of this account.
    case exact
    /// It may, and so may pools that aren't meant: which condition is missing.
    case broad(missing: [String])
    /// Nothing in the policy lets it.
    case none
}

/// - SeeAlso: AWS documentation, GetFunctionConfiguration.
public struct FunctionSettings: Sendable, Hashable {
    public var timeout: Duration
    public var memoryMB: Int
    /// `Active`, `Pending`, `Inactive`, `Failed`
    public var state: String
    /// `provided.al2023`; nil for a container image.
    public var runtime: String?
    public var handler: String?

    public init(timeout: Duration, memoryMB: Int, state: String = "Active", runtime: String?, handler: String?) {
        self.timeout = timeout
        self.memoryMB = memoryMB
        self.state = state
        self.runtime = runtime
        self.handler = handler
    }
}

/// The role by which an import job writes its log.
public struct LogsRole: Sendable, Hashable {
    public var arn: String
    /// Whether its trust policy names `cognito-idp.amazonaws.com`.
    public var isTrusted: Bool

    public init(arn: String, isTrusted: Bool) {
        self.arn = arn
        self.isTrusted = isTrusted
    }
}

/// A quota of the user pool API.
///
/// - SeeAlso: AWS documentation, GetProvisionedLimit.
public struct Quota: Sendable, Hashable {
    /// `UserCreation`
    public var category: String
    /// Requests a second that are enforced now.
    public var provisioned: Int
    /// Those that every account has.
    public var included: Int

    public init(category: String, provisioned: Int, included: Int) {
        self.category = category
        self.provisioned = provisioned
        self.included = included
    }
}
