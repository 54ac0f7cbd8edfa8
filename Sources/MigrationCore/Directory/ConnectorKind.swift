public import Threads

/// A kind of directory, as connectors.yaml names it: the keys it takes and how to open one.
///
/// A new kind is a new folder under Connectors/, one line in ConnectorRegistry and the contract suite; the configuration's
/// reader, its checks and its schema come from `options`.
public protocol ConnectorKind: Sendable {
    /// The value of `type:`.
    static var typeName: String { get }

    /// The keys of this kind, beside those that every directory has (`name`, `key`, `password`, `timeout`, ...).
    static var options: [ConnectorOption] { get }

    /// Whether a directory of this kind can check a password itself (`password: bind`, which is then the default): it is a
    /// `PasswordCheckingDirectory`.
    static var checksPasswords: Bool { get }

    /// How `on_migrated` is written for this kind; nil where the directory is only read, as by default.
    static var onMigrated: OnMigratedForm? { get }

    /// What is wrong with a value that has the right form, or with several together; found without a connection.
    static func check(_ options: ConnectorOptions) -> [ConnectorOptionProblem]

    /// The files that the values name, as they name them: what a package has to hold. Those of `.path` options are known
    /// without being named here.
    static func files(_ options: ConnectorOptions) -> [String]

    /// The directory, not connected yet: that is done by the first look-up.
    static func open(
        name: String, options: ResolvedConnectorOptions, settings: ConnectorSettings
    ) throws(DirectoryError) -> any ListableDirectory
}

extension ConnectorKind {
    public static var checksPasswords: Bool { false }

    public static var onMigrated: OnMigratedForm? { nil }

    public static func files(_ options: ConnectorOptions) -> [String] { [] }
}

/// A key of one kind of directory.
public struct ConnectorOption: Sendable, Hashable {
    public enum Form: Sendable, Hashable {
        case text
        /// Text that may hold `${env:...}` and is never shown.
        case secret
        /// A file, relative to connectors.yaml.
        case path
        /// One text, or a list of them.
        case texts
        case flag
        case count(ClosedRange<Int>)
        case choice([String])
    }

    public let name: String
    public let form: Form
    public let isRequired: Bool
    /// One sentence, for messages and the file's schema.
    public let help: String

    public init(_ name: String, _ form: Form, isRequired: Bool = false, help: String) {
        self.name = name
        self.form = form
        self.isRequired = isRequired
        self.help = help
    }
}

/// The values of a directory's own keys, as the file has them: secret references unresolved, paths as written.
public struct ConnectorOptions: Sendable, Hashable, Codable {
    public enum Value: Sendable, Hashable, Codable {
        case text(String)
        case texts([String])
        case flag(Bool)
        case count(Int)
    }

    public var values: [String: Value]

    public init(_ values: [String: Value] = [:]) {
        self.values = values
    }

    public func text(_ name: String) -> String? {
        if case .text(let text) = values[name] { text } else { nil }
    }

    public func texts(_ name: String) -> [String]? {
        switch values[name] {
        case .texts(let texts): texts
        case .text(let text): [text]
        default: nil
        }
    }

    public func flag(_ name: String) -> Bool? {
        if case .flag(let flag) = values[name] { flag } else { nil }
    }

    public func count(_ name: String) -> Int? {
        if case .count(let count) = values[name] { count } else { nil }
    }
}

/// Something wrong with the value of one key.
public struct ConnectorOptionProblem: Sendable, Hashable {
    public let option: String
    /// What is wrong and what to do; never a secret's value.
    public let message: String
    /// An error unless said.
    public let severity: ConfigurationProblem.Severity

    public init(_ option: String, _ message: String, severity: ConfigurationProblem.Severity = .error) {
        self.option = option
        self.message = message
        self.severity = severity
    }
}

/// The values with secret references resolved and paths made absolute.
public struct ResolvedConnectorOptions: Sendable {
    private let options: ConnectorOptions
    private let secrets: [String: Secret]
    private let paths: [String: String]

    public init(_ options: ConnectorOptions, secrets: [String: Secret] = [:], paths: [String: String] = [:]) {
        self.options = options
        self.secrets = secrets
        self.paths = paths
    }

    public func text(_ name: String) -> String? { options.text(name) }
    public func texts(_ name: String) -> [String]? { options.texts(name) }
    public func flag(_ name: String) -> Bool? { options.flag(name) }
    public func count(_ name: String) -> Int? { options.count(name) }
    public func secret(_ name: String) -> Secret? { secrets[name] }
    public func path(_ name: String) -> String? { paths[name] }
}

/// What every directory is given beside its own keys.
public struct ConnectorSettings: Sendable {
    /// The longest a look-up may take, from the directory's `timeout:`.
    public var timeout: Duration
    /// How many look-ups may be under way at once: 1 on Lambda, more under `serve`.
    public var maxConnections: Int
    /// What a relative file in a secret's text is relative to; the current folder if empty.
    public var baseFolder: String
    /// The columns that the configuration reads by name. What a query's result has needs no naming; a server of LDAP gives
    /// some attributes only to those who ask for them.
    public var columns: [String]
    /// What tells how long a connection was unused. Deadlines are not its business: they are of real time.
    public var clock: any MonotonicClock

    public init(
        timeout: Duration = .seconds(2), maxConnections: Int = 1, baseFolder: String = "",
        columns: [String] = [], clock: any MonotonicClock = ContinuousClock()
    ) {
        self.timeout = timeout
        self.maxConnections = maxConnections
        self.baseFolder = baseFolder
        self.columns = columns
        self.clock = clock
    }
}
