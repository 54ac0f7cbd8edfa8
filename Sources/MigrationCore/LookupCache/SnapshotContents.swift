public import Threads

/// What a snapshot says of itself: numbers, names of directories and columns, nothing of a person.
public struct SnapshotContents: Sendable, Hashable, Codable {
    public struct Directory: Sendable, Hashable, Codable {
        public let name: String
        /// What its entries mean depends on: a directory of another fingerprint isn't answered for.
        public let fingerprint: String
        /// When its listing began, in milliseconds since 1970; a retired one's was earlier than the file.
        public let listedAt: Int64
        /// Those that are stored, under the configuration's names for them.
        public let columns: [String]
        /// `ColumnList.isExhaustive`
        public let isExhaustive: Bool
        /// `ColumnList.ignoresCase`
        public let ignoresCase: Bool
        public var counts: Counts

        public init(
            name: String, fingerprint: String, listedAt: UnixTime, columns: [String], isExhaustive: Bool,
            ignoresCase: Bool, counts: Counts
        ) {
            self.name = name
            self.fingerprint = fingerprint
            self.listedAt = listedAt.milliseconds
            self.columns = columns
            self.isExhaustive = isExhaustive
            self.ignoresCase = ignoresCase
            self.counts = counts
        }
    }

    public struct Counts: Sendable, Hashable, Codable {
        /// Those that can be found.
        public var entries = 0
        /// Those of them that have a stored hash, and so can sign in.
        public var withHash = 0
        /// Entries that make no name, and so can't be found: left out.
        public var nameless = 0
        /// Rows that are no entries.
        public var badRows = 0
        /// Names that several entries have: nobody signs in by one.
        public var sharedNames = 0

        public init() {}
    }

    /// In milliseconds since 1970, by the clock of the machine that built it.
    public let builtAt: Int64
    public let directories: [Directory]

    public init(builtAt: UnixTime, directories: [Directory]) {
        self.builtAt = builtAt.milliseconds
        self.directories = directories
    }

    /// Negative for one from the future.
    public func age(at now: UnixTime) -> Duration {
        now - UnixTime(milliseconds: builtAt)
    }

    /// Whether its age is within the limit, by either of two clocks that may not agree.
    ///
    /// One from the future is as good as one of that age: the clocks of two machines differ, and a clock that jumps back is
    /// no reason to do without. Beyond the limit a clock is so wrong that it says nothing about the age.
    public func problem(at now: UnixTime, maxAge: Duration) -> SnapshotProblem? {
        let age = age(at: now)
        if age > maxAge { return .tooOld }
        return age < .zero - maxAge ? .fromTheFuture : nil
    }
}

extension UnixTime {
    fileprivate var milliseconds: Int64 { Int64((sinceEpoch / .milliseconds(1)).rounded(.down)) }
}
