/// Something that `doctor` found out about a directory or the pool, and what to do about it.
///
/// It names hosts, columns, files, tables, certificates, app clients and ARNs; never an identifier, a value of a row, a hash or a secret.
public struct Finding: Sendable, Hashable {
    public enum Severity: String, Sendable, Hashable, CaseIterable {
        case ok
        /// It works, and somebody should know.
        case warning
        /// Something to fix.
        case problem
        /// Nobody could say.
        case unknown
    }

    /// Its name in output: only added to.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case connection
        /// The certificate is good, or one that nobody asked to be looked at.
        case certificate
        case certificateExpired = "certificate-expired"
        case certificateExpiresSoon = "certificate-expires-soon"
        case certificateNotYetValid = "certificate-not-yet-valid"
        case certificateName = "certificate-name"
        case certificateIssuer = "certificate-issuer"
        case certificateAuthorities = "certificate-authorities"
        case tlsAbsent = "tls-absent"
        case tlsTooOld = "tls-too-old"
        case tlsHandshake = "tls-handshake"
        case tlsUnchecked = "tls-unchecked"
        case plaintext
        case reader
        case readerCanWrite = "reader-can-write"
        case readerMayNotRead = "reader-may-not-read"
        case readerAnonymous = "reader-anonymous"
        case paging
        case base
        case file
        case fileReadableByOthers = "file-readable-by-others"
        case fileWriteAheadLog = "file-write-ahead-log"
        case fileOld = "file-old"
        case lookUp = "look-up"
        case lookUpSlow = "look-up-slow"
        case lookUpFindsAnybody = "look-up-finds-anybody"
        case listing
        case listingEmpty = "listing-empty"
        case rowsBad = "rows-bad"
        case columns
        case columnMissing = "column-missing"
        case columnTwice = "column-twice"
        case columnNotSeen = "column-not-seen"
        case key
        case keyMissing = "key-missing"
        case keyTwice = "key-twice"
        case passwords
        case passwordsUnrecognised = "passwords-unrecognised"
        case passwordsNotSeen = "passwords-not-seen"
        case flag
        case flagUnreadable = "flag-unreadable"
        case flagAlways = "flag-always"
        case attribute
        case attributeRejected = "attribute-rejected"
        case attributeNever = "attribute-never"
        case nameTwice = "name-twice"
        /// Not looked at, because it is never asked.
        case retired
        case clock
        case clockDiffers = "clock-differs"
        case snapshot
        case snapshotMissing = "snapshot-missing"
        case snapshotUnreadable = "snapshot-unreadable"
        case snapshotOtherKey = "snapshot-other-key"
        case snapshotOtherConfiguration = "snapshot-other-configuration"
        case snapshotOld = "snapshot-old"
        case snapshotWithoutPasswords = "snapshot-without-passwords"
        case snapshotKeyShort = "snapshot-key-short"
        /// What it can't know.
        case snapshotAdmits = "snapshot-admits"
        case pool
        case poolMissing = "pool-missing"
        case awsCredentials = "aws-credentials"
        case awsPermission = "aws-permission"
        case poolNames = "pool-names"
        case poolCaseSensitive = "pool-case-sensitive"
        case poolAttributeMissing = "pool-attribute-missing"
        case poolAttributeRequired = "pool-attribute-required"
        /// The saved description isn't what the pool says now.
        case schemaDiffers = "schema-differs"
        case trigger
        case triggerAbsent = "trigger-absent"
        case triggerOther = "trigger-other"
        case triggerNotAlias = "trigger-not-alias"
        case triggerFunction = "trigger-function"
        case triggerNotPermitted = "trigger-not-permitted"
        case triggerPermissionBroad = "trigger-permission-broad"
        case appClient = "app-client"
        case appClientWithoutPassword = "app-client-without-password"
        case appClientShowsWhoExists = "app-client-shows-who-exists"
        case signUpOpen = "sign-up-open"
        case passwordPolicy = "password-policy"
        case recovery
        case mfaRequired = "mfa-required"
        case mailLimit = "mail-limit"
        case logsRole = "logs-role"
        case quota
    }

    public let code: Code
    public let severity: Severity
    public let what: String
    /// What to do; nil where there is nothing to be done.
    public let advice: String?

    public init(_ code: Code, _ severity: Severity, _ what: String, advice: String? = nil) {
        self.code = code
        self.severity = severity
        self.what = what
        self.advice = advice
    }
}

/// What `doctor` found out about one directory.
public struct DirectoryExamination: Sendable, Hashable {
    /// Its name in connectors.yaml.
    public let name: String
    public let type: String
    public let findings: [Finding]

    public init(name: String, type: String, findings: [Finding]) {
        self.name = name
        self.type = type
        self.findings = findings
    }
}
