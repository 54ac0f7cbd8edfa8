/// The `cache:` section: what is kept of a directory's answers.
public struct CacheSettings: Sendable, Hashable, Codable {
    /// `cache.memory:`; the defaults are the file's.
    public struct Memory: Sendable, Hashable, Codable {
        /// Entries at the most; 0 keeps none.
        public var entries = 10_000
        /// What they may take together.
        public var bytes = 32 << 20
        /// How long an entry is believed.
        public var ttl = Duration.seconds(300)
        /// How long it is believed that a directory doesn't know somebody.
        public var negativeTTL = Duration.seconds(15)
        /// How long the verdict on a password stands for the same password.
        public var verdictTTL = Duration.seconds(15)

        public init() {}
    }

    /// `cache.snapshot:`, an encrypted file of look-ups.
    public struct Snapshot: Sendable, Hashable, Codable {
        /// As written: relative to the file's folder.
        public var path: String
        /// An older one answers nothing.
        public var maxAge: Duration
        /// Text that may hold secret references.
        public var key: String

        public init(path: String, maxAge: Duration = .seconds(24 * 3600), key: String) {
            self.path = path
            self.maxAge = maxAge
            self.key = key
        }
    }

    public var memory = Memory()
    public var snapshot: Snapshot?

    public init(snapshot: Snapshot? = nil) {
        self.snapshot = snapshot
    }
}
