internal import MigrationCore
internal import SQLiteAccess
internal import Threads

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Writes a snapshot beside its place, and puts it there when it is whole. On a thread of its own: disks block.
///
/// Records come in their directory's order and leave in their buckets'. In between they lie, sealed, in a file without a
/// name, which SQLite sorts; so memory holds no more than a bucket.
actor SnapshotWriter {
    /// Why it can't be written, in words for the operator.
    enum Failure: Error {
        case cannotWrite(String)
        case cancelled
    }

    nonisolated private let thread: ConnectionThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let path: String
    private let directories: [String]
    private let salt = SnapshotKeys.randomBytes(SnapshotFormat.saltByteCount)
    private let keys: SnapshotKeys
    /// Nobody else ever has this one's key.
    private let stagingKeys = SnapshotKeys(
        SnapshotKeys.randomBytes(32).withUnsafeBytes { Secret(bytes: $0) }, salt: [])
    private var staging: Staging?
    private var count = 0

    /// - Parameter directories: by their index, as records name them.
    init(path: String, key: Secret, directories: [String]) throws(Failure) {
        self.path = path
        self.directories = directories
        keys = SnapshotKeys(key, salt: salt)
        do throws(ThreadRefused) {
            thread = try ConnectionThread(name: "snapshot")
        } catch {
            throw .cannotWrite("the system has no thread left")
        }
    }

    /// Ends the thread. What wasn't finished leaves nothing.
    nonisolated func close() async {
        await drop()
        thread.close()
    }

    private func drop() {
        staging = nil
    }

    func append(_ records: [SnapshotRecord]) throws(Failure) {
        try writing { () throws(Problem) in
            let staging = try openedStaging()
            for record in records {
                let name = String(decoding: record.name, as: UTF8.self)
                try staging.add(
                    hash: keys.hash(name, in: directories[record.directory]),
                    stagingKeys.seal(record.bytes, as: .staged))
            }
            count += records.count
        }
    }

    private func openedStaging() throws(Problem) -> Staging {
        if let staging { return staging }
        let new = try Staging(beside: path)
        staging = new
        return new
    }

    /// Writes the file and puts it in its place.
    ///
    /// - Parameter contents: makes what the header says, from the number of names that several entries of a directory have,
    ///   by the directory's index.
    /// - Returns: those numbers.
    func finish(_ contents: @Sendable (_ sharedNames: [Int]) -> SnapshotContents) throws(Failure) -> [Int] {
        let temporary = Self.temporaryPath(beside: path)
        // Once it is in its place it has this name no more.
        defer { unlink(temporary) }
        return try writing { () throws(Problem) in
            try Self.create(temporary)
            let sharedNames: [Int]
            do throws(SQLiteError) {
                sharedNames = try write(temporary, contents)
            } catch {
                throw Problem(error)
            }
            try Self.flush(temporary, openedFor: O_RDWR)
            // The last moment to leave all as it was.
            if Task.isCancelled { throw Problem(errno: ECANCELED) }
            guard rename(temporary, path) == 0 else { throw Problem(errno: errno) }
            // So that the new name outlives a crash; a file system that can't has the old one then.
            try? Self.flush(DirectoryOpener.folder(of: path), openedFor: O_RDONLY | O_DIRECTORY)
            staging = nil
            return sharedNames
        }
    }

    private func write(
        _ path: String, _ contents: (_ sharedNames: [Int]) -> SnapshotContents
    ) throws(SQLiteError) -> [Int] {
        let file = try SQLiteConnection(path: path, access: .readWrite)
        // Nobody sees it before it is whole.
        try file.execute("PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        try file.execute(SnapshotFormat.schema)
        try file.execute("BEGIN")
        let bucketCount = SnapshotFormat.bucketCount(names: count)
        var buckets = BucketWriter(
            try file.prepare("INSERT INTO buckets VALUES (?1, ?2)"), keys: keys, bucketCount: bucketCount,
            directoryCount: directories.count)
        let sorted = try staging?.sorted()
        while let sorted, try sorted.step() {
            guard let staged = try sorted.bytes(1), let record = try? stagingKeys.open(staged, as: .staged) else {
                // The disk gives back something else than was written.
                throw SQLiteError(corruption: "the file under way was changed")
            }
            try buckets.add(record, hash: sorted.integer(0))
        }
        try buckets.finish()
        let header = SnapshotHeader(bucketCount: bucketCount, contents: contents(buckets.sharedNames))
        let meta = try file.prepare("INSERT INTO meta VALUES (?1, ?2, ?3, ?4)")
        try meta.bind(SnapshotFormat.number, at: 1)
        try meta.bind(salt, at: 2)
        try meta.bind(keys.mark, at: 3)
        try meta.bind(keys.seal(header.bytes, as: .header), at: 4)
        _ = try meta.step()
        try file.execute("COMMIT")
        return buckets.sharedNames
    }

    // MARK: Files

    fileprivate static func temporaryPath(beside path: String) -> String {
        "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
    }

    /// Makes an empty file that is the user's alone.
    fileprivate static func create(_ path: String) throws(Problem) {
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Problem(errno: errno) }
        closeDescriptor(descriptor)
    }

    private static func flush(_ path: String, openedFor mode: CInt) throws(Problem) {
        let descriptor = open(path, mode | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem(errno: errno) }
        defer { closeDescriptor(descriptor) }
        guard fsync(descriptor) == 0 else { throw Problem(errno: errno) }
    }

    private func writing<Value>(_ body: () throws(Problem) -> Value) throws(Failure) -> Value {
        if Task.isCancelled { throw .cancelled }
        do throws(Problem) {
            return try body()
        } catch {
            throw Task.isCancelled ? .cancelled : .cannotWrite(error.reason)
        }
    }
}

/// Why a file can't be written.
private struct Problem: Error {
    let reason: String

    init(errno code: CInt) {
        reason = String(cString: strerror(code))
    }

    init(_ error: SQLiteError) {
        reason = error.explanation
    }
}

/// Records in any order, to be had back in their hashes'.
private struct Staging {
    private let connection: SQLiteConnection
    private let insert: SQLiteStatement

    init(beside path: String) throws(Problem) {
        let path = SnapshotWriter.temporaryPath(beside: path)
        try SnapshotWriter.create(path)
        // It goes with its last descriptor, whatever becomes of the process.
        defer { unlink(path) }
        do throws(SQLiteError) {
            connection = try SQLiteConnection(path: path, access: .readWrite)
            // Neither a crash nor a second reader has any business here.
            try connection.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            try connection.execute("CREATE TABLE staged (hash INTEGER, sealed BLOB); BEGIN")
            insert = try connection.prepare("INSERT INTO staged VALUES (?1, ?2)")
        } catch {
            throw Problem(error)
        }
    }

    func add(hash: Int64, _ sealed: [UInt8]) throws(Problem) {
        do throws(SQLiteError) {
            try insert.bind(hash, at: 1)
            try insert.bind(sealed, at: 2)
            _ = try insert.step()
            insert.reset()
        } catch {
            throw Problem(error)
        }
    }

    /// A statement that goes through all of them: the hash, the sealed record.
    func sorted() throws(SQLiteError) -> SQLiteStatement {
        // Sorting takes its time before the first row is there.
        connection.goesOn = { !Task.isCancelled }
        return try connection.prepare("SELECT hash, sealed FROM staged ORDER BY hash")
    }
}

// Inside the actor `close` is the method.
private func closeDescriptor(_ descriptor: CInt) {
    close(descriptor)
}
