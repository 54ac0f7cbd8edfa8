import MigrationCore
import SQLiteAccess
import Threads

/// What all connections of a directory share.
struct SQLiteSource: Sendable {
    let name: String
    let path: String
    let lookup: String
    let list: String?
    let timeout: Duration
    let lookupColumns = ColumnListCache()
    let listColumns = ColumnListCache()
}

/// A connection to the file and its thread: one for look-ups, or one that reads a listing.
actor SQLiteReader: ListingConnection, LookUpConnection {
    /// Rows that are counted before a look-up has seen enough.
    private static let maxCounted = 512

    nonisolated let place: PooledThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { place.executor.asUnownedSerialExecutor() }

    private struct Opened {
        let file: FileIdentity
        let connection: SQLiteConnection
        var lookup: SQLiteStatement?
    }

    private struct Listing {
        let statement: SQLiteStatement
        let watermark: String?
        var builder: EntryBatch.Builder?
        var count = 0
    }

    private let source: SQLiteSource
    private var opened: Opened?
    private var listing: Listing?

    init(_ source: SQLiteSource, on place: PooledThread) {
        self.source = source
        self.place = place
    }

    func finish() {
        listing = nil
        opened = nil
    }

    /// The rows that the look-up query finds in the file as it is now.
    func lookUp(_ identifier: String, by deadline: Deadline) throws(DirectoryError) -> Lookup {
        let statement = try lookupStatement(by: deadline)
        defer { statement.reset() }
        return try running(by: deadline) { () throws(SQLiteError) in
            try statement.bind(identifier, at: 1)
            guard try statement.step() else { return .none }
            var builder = EntryBatch.Builder(columns: source.lookupColumns.list(statement.columnNames))
            try builder.appendRow(of: statement)
            var count = 1
            while count < Self.maxCounted, try statement.step() { count += 1 }
            return count == 1 ? .one(builder.take()[0]) : .several(count: count)
        }
    }

    /// The columns of a look-up's result.
    func lookUpColumns(by deadline: Deadline) throws(DirectoryError) -> [String] {
        try lookupStatement(by: deadline).columnNames
    }

    func nextBatches(by deadline: Deadline) throws(DirectoryError) -> [EntryBatch] {
        [try nextBatch(by: deadline)]
    }

    private func nextBatch(by deadline: Deadline) throws(DirectoryError) -> EntryBatch {
        if listing == nil { listing = try startListing(by: deadline) }
        guard var listing = listing.take() else { throw error(.cancelled, "") }
        let statement = listing.statement
        let isMore = try running(by: deadline) { () throws(SQLiteError) in
            while try statement.step() {
                if listing.builder == nil {
                    listing.builder = EntryBatch.Builder(columns: source.listColumns.list(statement.columnNames))
                }
                try listing.builder?.appendRow(of: statement)
                listing.count += 1
                if listing.builder?.isFull == true { return true }
            }
            return false
        }
        var builder =
            listing.builder.take() ?? EntryBatch.Builder(columns: source.listColumns.list(statement.columnNames))
        guard isMore else {
            return builder.take(end: .complete(count: listing.count, watermark: listing.watermark))
        }
        let batch = builder.take()
        listing.builder = builder
        self.listing = listing
        return batch
    }

    private func startListing(by deadline: Deadline) throws(DirectoryError) -> Listing {
        guard let list = source.list else {
            throw error(.badQuery, "this directory has no list: query, which reading all its entries needs")
        }
        let connection = try openedFile().connection
        let statement = try prepare(list, parameters: 0, on: connection, by: deadline)
        let watermark = try running(by: deadline) { () throws(SQLiteError) in
            let clock = try connection.prepare("SELECT datetime('now')")
            var now: String?
            if try clock.step() { now = try clock.withValue(0) { String(decoding: $0, as: UTF8.self) } }
            try connection.execute("BEGIN")
            return now
        }
        return Listing(statement: statement, watermark: watermark)
    }
}

// MARK: - The file

extension SQLiteReader {
    /// The connection, made anew if the path leads to another file now.
    private func openedFile() throws(DirectoryError) -> Opened {
        let file: FileIdentity
        do throws(FileIdentity.Problem) {
            file = try FileIdentity(path: source.path)
        } catch {
            opened = nil
            switch error {
            case .missing: throw self.error(.notADirectory, "no such file: \(source.path)")
            case .notAFile: throw self.error(.notADirectory, "not a file: \(source.path)")
            case .noPermission: throw self.error(.permissionDenied, "no permission to read \(source.path)")
            case .other(let code): throw self.error(.unexpected, "\(source.path): errno \(code)")
            }
        }
        if let opened, opened.file == file { return opened }
        do throws(SQLiteError) {
            let new = Opened(file: file, connection: try SQLiteConnection(path: source.path, access: .readOnly))
            opened = new
            return new
        } catch {
            opened = nil
            throw directoryError(error, message: error.explanation, by: nil)
        }
    }

    private func lookupStatement(by deadline: Deadline) throws(DirectoryError) -> SQLiteStatement {
        let file = try openedFile()
        if let statement = file.lookup { return statement }
        let statement = try prepare(source.lookup, parameters: 1, on: file.connection, by: deadline)
        opened?.lookup = statement
        return statement
    }

    private func prepare(
        _ sql: String, parameters: Int, on connection: SQLiteConnection, by deadline: Deadline
    ) throws(DirectoryError) -> SQLiteStatement {
        connection.goesOn = goesOn(until: deadline)
        let statement: SQLiteStatement
        do throws(SQLiteError) {
            statement = try connection.prepare(sql)
        } catch {
            // The words about a statement that doesn't compile name tables and columns, and help to mend it.
            let isAboutSQL = error.code == .error
            throw directoryError(error, message: isAboutSQL ? error.message : error.explanation, by: deadline)
        }
        guard statement.isReadOnly else { throw error(.badQuery, "the query writes; it must only read") }
        guard statement.columnCount > 0 else {
            throw error(.badQuery, "the query has no columns: it must be one that finds rows")
        }
        guard statement.parameterCount == parameters else {
            throw error(
                .badQuery,
                parameters == 0
                    ? "the list: query has a parameter; it finds everybody"
                    : "the look-up's query must have ?1 and no other")
        }
        return statement
    }

    private func goesOn(until deadline: Deadline) -> () -> Bool {
        { [interruption = place.interruption] in interruption.reason == nil && !deadline.hasPassed() }
    }

    private func running<Answer>(
        by deadline: Deadline, _ body: () throws(SQLiteError) -> Answer
    ) throws(DirectoryError) -> Answer {
        let goesOn = goesOn(until: deadline)
        // A short statement never asks.
        guard goesOn() else { throw stopped("") }
        opened?.connection.goesOn = goesOn
        do throws(SQLiteError) {
            return try body()
        } catch {
            throw directoryError(error, message: error.explanation, by: deadline)
        }
    }

    private func error(_ code: DirectoryError.Code, _ detail: String) -> DirectoryError {
        DirectoryError(code, directory: source.name, detail: detail)
    }

    private func stopped(_ detail: String) -> DirectoryError {
        switch place.interruption.reason {
        case .closed: error(.cancelled, "the directory was closed")
        case .cancelled: error(.cancelled, "")
        case nil: error(.deadlineExceeded, detail)
        }
    }

    private func directoryError(_ error: SQLiteError, message: String, by deadline: Deadline?) -> DirectoryError {
        switch error.code {
        case .interrupted:
            return stopped("")
        case .busy where place.interruption.reason != nil || deadline?.hasPassed() == true:
            return stopped("the file was locked by another process until the deadline")
        default:
            return DirectoryError(
                ResultCodes.code(error.code), directory: source.name, detail: message,
                nativeCode: String(error.extendedCode))
        }
    }
}

extension SQLiteStatement {
    /// A name that SQLite has no memory for is empty.
    fileprivate var columnNames: [String] {
        (0..<columnCount).map { columnName($0) ?? "" }
    }
}

extension EntryBatch.Builder {
    fileprivate mutating func appendRow(of statement: SQLiteStatement) throws(SQLiteError) {
        for column in columns.names.indices {
            _ = try statement.withValue(column) { appendValue($0) }
            endCell()
        }
        endEntry()
    }
}
