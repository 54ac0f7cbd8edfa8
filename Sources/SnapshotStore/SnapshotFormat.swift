/// The snapshot's file: a SQLite database of two tables.
///
/// - `meta`: one row with the format's number, a random salt, a mark of the key, and the sealed header.
/// - `buckets`: every name falls into one of them by its keyed hash; a bucket is one sealed value with the entries of about
///   eight names, filled up to a multiple of 1 KiB.
///
/// Buckets and no index of names: whoever has no key sees neither how many names an entry has nor how long it is, and a
/// name that isn't in its bucket is known not to be there. No bucket can be left out, changed or moved unnoticed, for each
/// is sealed with its number, by a key that only this file has.
enum SnapshotFormat {
    /// Counts up when an older reader could misread a newer file.
    static let number: Int64 = 1

    static let schema = """
        PRAGMA application_id = 0x636d7373;
        CREATE TABLE meta (format INTEGER, salt BLOB, key_mark BLOB, header BLOB);
        CREATE TABLE buckets (number INTEGER PRIMARY KEY, sealed BLOB);
        """

    static let namesPerBucket = 8
    static let padding = 1024
    static let saltByteCount = 32

    static func bucketCount(names: Int) -> Int64 {
        Int64(max((names + namesPerBucket - 1) / namesPerBucket, 1))
    }

    /// The bucket of a name. Names in the hashes' order are in the buckets' order.
    ///
    /// - Parameter hash: 63 bits.
    static func bucket(of hash: Int64, count: Int64) -> Int64 {
        Int64((UInt64(hash) << 1).multipliedFullWidth(by: UInt64(count)).high)
    }
}
