/// A place that knows users: a database table, an LDAP server, a file. The port that every connector implements.
///
/// Its promises are tested by one contract suite for all kinds.
public protocol Directory: Sendable {
    /// Its name in connectors.yaml.
    var name: String { get }

    /// The entries that match what the user typed.
    ///
    /// `identifier` goes to the directory as data, never as part of a query's text. One that the directory can't hold (a
    /// NUL in PostgreSQL) matches nobody. A lost connection is made anew once, inside the deadline.
    ///
    /// - Throws: whenever the directory didn't answer; `.deadlineExceeded` by `deadline`, within a few milliseconds.
    func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup

    /// Closes its connections and joins its threads. Later calls throw `.cancelled`.
    func close() async
}

/// What a look-up found.
public enum Lookup: Sendable {
    case none
    case one(DirectoryEntry)
    /// More than one entry matches; at least `count`.
    case several(count: Int)
}

/// A directory whose whole population can be read.
public protocol ListableDirectory: Directory {
    /// Every entry, in the directory's own order, in batches that the consumer pulls; memory holds a few batches, six at
    /// the most.
    ///
    /// The last batch carries the listing's end (`EntryBatch.end`). A sequence that just stops is not complete; one that
    /// can't go on throws. A bad row is an item in its batch and stops nothing. Cancelling the task ends the listing.
    ///
    /// - Parameter stallLimit: the longest wait for the next batch, the first one's query included.
    func list(stallLimit: Duration) -> any AsyncSequence<EntryBatch, DirectoryError>
}

/// That a listing was read to its end.
public struct ListingEnd: Sendable, Hashable {
    /// Rows in all its batches, the bad ones included.
    public let count: Int
    /// What a later, incremental listing may start from: an instant or a change number in the directory's own text form.
    /// All that had changed by then is in this listing.
    public let watermark: String?

    public static func complete(count: Int, watermark: String?) -> ListingEnd {
        ListingEnd(count: count, watermark: watermark)
    }

    private init(count: Int, watermark: String?) {
        self.count = count
        self.watermark = watermark
    }
}
