internal import MigrationCore
internal import SQLiteAccess

/// Fills a snapshot's buckets from records in the order of their hashes, each bucket in its turn.
struct BucketWriter {
    private let insert: SQLiteStatement
    private let keys: SnapshotKeys
    private let count: Int64
    private var number: Int64 = 0
    private var records: [[UInt8]] = []
    /// Names that several entries have, by the directory's index.
    private(set) var sharedNames: [Int]

    /// - Parameter insert: a statement whose parameters are a bucket's number and its bytes.
    init(_ insert: SQLiteStatement, keys: SnapshotKeys, bucketCount: Int64, directoryCount: Int) {
        self.insert = insert
        self.keys = keys
        count = bucketCount
        sharedNames = Array(repeating: 0, count: directoryCount)
    }

    mutating func add(_ record: [UInt8], hash: Int64) throws(SQLiteError) {
        let bucket = SnapshotFormat.bucket(of: hash, count: count)
        while number < bucket { try finishBucket() }
        records.append(record)
    }

    /// Writes what is left. A bucket that nobody's name falls into is written, too: none can go missing unnoticed.
    mutating func finish() throws(SQLiteError) {
        while number < count { try finishBucket() }
    }

    private mutating func finishBucket() throws(SQLiteError) {
        try insert.bind(number, at: 1)
        try insert.bind(keys.seal(SnapshotBucket.bytes(records), as: .bucket(number)), at: 2)
        _ = try insert.step()
        insert.reset()
        countSharedNames()
        number += 1
        records.removeAll(keepingCapacity: true)
    }

    /// All records of a name are in one bucket.
    private mutating func countSharedNames() {
        struct Name: Hashable {
            let directory: Int
            let bytes: ArraySlice<UInt8>
        }
        var counts: [Name: Int] = [:]
        for bytes in records {
            var reader = ByteReader(bytes[...])
            guard let record = try? SnapshotRecord(&reader) else {
                preconditionFailure("we wrote it ourselves, and it was sealed since")
            }
            counts[Name(directory: record.directory, bytes: record.name), default: 0] += 1
        }
        for (name, count) in counts where count > 1 { sharedNames[name.directory] += 1 }
    }
}
