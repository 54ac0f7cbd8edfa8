/// The `import:` section.
public struct ImportSettings: Sendable, Hashable, Codable {
    /// Whether stored hashes go into Cognito's import jobs.
    public enum PasswordHashes: String, Sendable, Hashable, Codable, CaseIterable {
        /// Where the pool takes them.
        case auto
        case on, off
    }

    /// The role by which an import job writes its log.
    public var logsRoleARN: String?
    public var passwordHashes = PasswordHashes.auto
    /// The share of the account's quotas that is used, over 0 and up to 1.
    public var rate = 0.5

    public init() {}
}

/// The `reconcile:` section.
public struct ReconcileSettings: Sendable, Hashable, Codable {
    /// Who is right where directory and pool differ.
    public enum Authority: String, Sendable, Hashable, Codable, CaseIterable {
        case directory, pool, newest
    }

    public struct Protection: Sendable, Hashable, Codable {
        /// Members of these groups are never touched, nor are the groups.
        public var groups: [String] = []
        /// User names that are never touched.
        public var users: [String] = []

        public init() {}
    }

    /// Pool attributes, or `username`, by which an entry and a user are one person; the first that has a value on both
    /// sides counts. Empty: by the canonical name.
    public var match: [String] = []
    /// For attributes whose authority isn't the directory.
    public var authority: [String: Authority] = [:]
    public var protect = Protection()
    /// The state file, as written: relative to the file's folder.
    public var state: String?

    public init() {}
}
