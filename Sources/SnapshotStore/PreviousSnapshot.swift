internal import MigrationCore
internal import Threads

/// A snapshot that is there already, read for the entries of directories that can't be listed any more. On a thread of its
/// own.
actor PreviousSnapshot {
    nonisolated private let thread: ConnectionThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let path: String
    private let key: Secret
    private var file: SnapshotFile?

    /// - Throws: `.unreadable` if the system has no thread left.
    init(path: String, key: Secret) throws(SnapshotProblem) {
        self.path = path
        self.key = key
        do throws(ThreadRefused) {
            thread = try ConnectionThread(name: "previous")
        } catch {
            throw .unreadable
        }
    }

    /// What it has of a directory; nil if nothing.
    func directory(named name: String) throws(SnapshotProblem) -> SnapshotContents.Directory? {
        try opened().header.contents.directories.first { $0.name == name }
    }

    nonisolated func close() async {
        await drop()
        thread.close()
    }

    private func drop() {
        file = nil
    }

    private func opened() throws(SnapshotProblem) -> SnapshotFile {
        if let file { return file }
        _ = try FileState(path: path)
        let opened = try Self.reading { () throws(SnapshotFile.Failure) in try SnapshotFile(path: path, key: key) }
        file = opened
        return opened
    }

    private static func reading<Value>(
        _ body: () throws(SnapshotFile.Failure) -> Value
    ) throws(SnapshotProblem) -> Value {
        do throws(SnapshotFile.Failure) {
            return try body()
        } catch {
            // Nothing stops it but a lock, which only a program that writes it has.
            if case .problem(let problem) = error { throw problem }
            throw .unreadable
        }
    }

    /// The entries of a directory from a bucket on, until a batch is full.
    fileprivate func batch(
        of directory: SnapshotContents.Directory, _ columns: ColumnList, from start: Int64
    ) throws(SnapshotProblem) -> (batch: EntryBatch, next: Int64?) {
        let file = try opened()
        let directories = file.header.contents.directories
        guard let index = directories.firstIndex(where: { $0.name == directory.name }) else { throw .damaged }
        var builder = EntryBatch.Builder(columns: columns)
        var bucket = start
        while bucket < file.header.bucketCount, !builder.isFull {
            let records = try Self.reading { () throws(SnapshotFile.Failure) in try file.records(inBucket: bucket) }
            for record in records where record.directory == index && record.isFirst {
                do throws(ByteReader.Malformed) {
                    try SnapshotEntry.append(record.entry, to: &builder)
                } catch {
                    throw .damaged
                }
            }
            bucket += 1
        }
        guard bucket < file.header.bucketCount else {
            return (builder.take(end: .complete(count: directory.counts.entries, watermark: nil)), nil)
        }
        return (builder.take(), bucket)
    }
}

/// A retired directory's entries, in a snapshot's own order.
struct CarriedEntries: AsyncSequence, AsyncIteratorProtocol {
    typealias Element = EntryBatch
    typealias Failure = DirectoryError

    private let snapshot: PreviousSnapshot
    private let directory: SnapshotContents.Directory
    private let columns: ColumnList
    private var bucket: Int64? = 0

    init(_ directory: SnapshotContents.Directory, in snapshot: PreviousSnapshot) {
        self.snapshot = snapshot
        self.directory = directory
        columns = ColumnList(
            directory.columns, isExhaustive: directory.isExhaustive, ignoresCase: directory.ignoresCase)
    }

    func makeAsyncIterator() -> CarriedEntries { self }

    mutating func next() async throws(DirectoryError) -> EntryBatch? {
        try await next(isolation: #isolation)
    }

    mutating func next(isolation actor: isolated (any Actor)?) async throws(DirectoryError) -> EntryBatch? {
        guard let start = bucket else { return nil }
        do throws(SnapshotProblem) {
            let (batch, next) = try await snapshot.batch(of: directory, columns, from: start)
            bucket = next
            return batch
        } catch {
            bucket = nil
            throw DirectoryError(
                .badData, directory: directory.name, detail: "the snapshot that has its entries: \(error.rawValue)")
        }
    }
}
