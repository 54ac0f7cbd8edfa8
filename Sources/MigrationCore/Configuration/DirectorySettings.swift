/// `on_migrated:`: what is done in the directory once the pool has the user.
public enum OnMigrated: Sendable, Hashable, Codable {
    /// A statement whose one parameter is the entry's key.
    case statement(String)
    /// Attributes that are replaced in an entry.
    case modification(Modification)

    public struct Modification: Sendable, Hashable, Codable {
        /// The name of the entry to change.
        public var dn: Template
        /// The new value of each attribute.
        public var values: [String: Template]

        public init(dn: Template, values: [String: Template]) {
            self.dn = dn
            self.values = values
        }
    }
}

/// How a kind of directory writes `on_migrated:`.
public enum OnMigratedForm: Sendable, Hashable {
    /// A statement; `parameter` is how it names the key, such as `$1`.
    case statement(parameter: String)
    /// `{ dn, modify }`.
    case modification
}

/// `attempts:`: how many wrong passwords a directory is shown for one user, to spare its own lockout.
public struct AttemptSettings: Sendable, Hashable, Codable {
    /// 0 counts nothing.
    public var limit: Int
    public var window: Duration

    public init(limit: Int = 3, window: Duration = .seconds(15 * 60)) {
        self.limit = limit
        self.window = window
    }
}

extension DirectoryConfiguration {
    /// The attempts that are counted; nil where none are. By default only where the directory itself checks passwords, and
    /// so may lock the account.
    public var countedAttempts: AttemptSettings? {
        let settings = attempts ?? (password == .bind ? AttemptSettings() : nil)
        return settings.flatMap { $0.limit > 0 ? $0 : nil }
    }
}
