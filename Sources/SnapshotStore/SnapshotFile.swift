internal import MigrationCore
internal import SQLiteAccess

/// An open snapshot, as it is on the disk: its header, and bucket by bucket the rest. One thread at a time uses it.
final class SnapshotFile {
    enum Failure: Error, Equatable {
        case problem(SnapshotProblem)
        /// `goesOn` said so; nothing is known of the file.
        case stopped
    }

    let header: SnapshotHeader
    private let connection: SQLiteConnection
    private let select: SQLiteStatement
    private let keys: SnapshotKeys

    /// Opens a file and reads its header.
    ///
    /// - Parameter goesOn: asked now and then; false ends what is under way.
    /// - Throws: `.unreadable`, `.damaged`, `.otherFormat` or `.otherKey`.
    init(path: String, key: Secret, goesOn: @escaping () -> Bool = { true }) throws(Failure) {
        let (connection, meta) = try Self.reading { () throws(SQLiteError) in
            let connection = try SQLiteConnection(path: path, access: .readOnly)
            connection.goesOn = goesOn
            // One read transaction for as long as it is open: no lock is asked for with each look-up.
            try connection.execute("BEGIN")
            return (connection, try Meta(connection))
        }
        guard let meta else { throw .problem(.damaged) }
        guard meta.format == SnapshotFormat.number else { throw .problem(.otherFormat) }
        keys = SnapshotKeys(key, salt: meta.salt)
        guard meta.mark == keys.mark else { throw .problem(.otherKey) }
        guard let bytes = try? keys.open(meta.header, as: .header), let header = SnapshotHeader(bytes: bytes) else {
            throw .problem(.damaged)
        }
        self.header = header
        self.connection = connection
        select = try Self.reading { () throws(SQLiteError) in
            try connection.prepare("SELECT sealed FROM buckets WHERE number = ?1")
        }
    }

    /// The bucket that a name is in, if it is stored.
    func bucket(of name: String, in directory: String) -> Int64 {
        SnapshotFormat.bucket(of: keys.hash(name, in: directory), count: header.bucketCount)
    }

    /// What a bucket holds.
    ///
    /// - Throws: `.damaged` also for a bucket that isn't there: each was written.
    func records(inBucket number: Int64, goesOn: @escaping () -> Bool = { true }) throws(Failure) -> [SnapshotRecord] {
        // A short statement never asks.
        guard goesOn() else { throw .stopped }
        connection.goesOn = goesOn
        defer { select.reset() }
        let sealed = try Self.reading { () throws(SQLiteError) in
            try select.bind(number, at: 1)
            return try select.step() ? try select.bytes(0) : nil
        }
        guard let sealed, let bytes = try? keys.open(sealed, as: .bucket(number)),
            let records = try? SnapshotBucket.records(bytes)
        else { throw .problem(.damaged) }
        return records
    }

    private static func reading<Value>(_ body: () throws(SQLiteError) -> Value) throws(Failure) -> Value {
        do throws(SQLiteError) {
            return try body()
        } catch {
            switch error.code {
            case .interrupted, .busy: throw .stopped
            case .cannotOpen, .permission, .inputOutput, .noMemory, .unauthorized: throw .problem(.unreadable)
            // Whatever else there is, it isn't what was written.
            default: throw .problem(.damaged)
            }
        }
    }
}

/// The row of `meta`.
private struct Meta {
    let format: Int64
    let salt: [UInt8]
    let mark: [UInt8]
    let header: [UInt8]

    /// - Returns: nil if there is no such row.
    init?(_ connection: SQLiteConnection) throws(SQLiteError) {
        let statement = try connection.prepare("SELECT format, salt, key_mark, header FROM meta")
        guard try statement.step(), let salt = try statement.bytes(1), let mark = try statement.bytes(2),
            let header = try statement.bytes(3)
        else { return nil }
        format = statement.integer(0)
        self.salt = salt
        self.mark = mark
        self.header = header
    }
}

extension SQLiteStatement {
    /// A value of the current row; nil for NULL.
    func bytes(_ column: Int) throws(SQLiteError) -> [UInt8]? {
        try withValue(column) { Array($0) }
    }
}
