internal import CSQLite

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A connection to a SQLite file. One thread at a time uses it, with its statements.
///
///     let connection = try SQLiteConnection(path: "/data/users.sqlite", access: .readOnly)
///     let statement = try connection.prepare("SELECT * FROM users WHERE email = ?1")
///     try statement.bind("a@example.com", at: 1)
///     while try statement.step() { ... }
public final class SQLiteConnection {
    public enum Access: Sendable, Hashable {
        /// The file must exist; nothing is written, whatever a statement says.
        case readOnly
        /// The file must exist; an empty one becomes a database.
        case readWrite
    }

    /// Asked every few thousand instructions of a running statement and while the file is locked: false ends the
    /// statement with `.interrupted` or `.busy`.
    public var goesOn: () -> Bool = { true }

    let handle: OpaquePointer

    /// Opens a file. Its content isn't looked at before the first statement.
    ///
    /// - Parameter path: a path and nothing else; SQLite's `file:` URIs and `:memory:` aren't understood.
    public init(path: String, access: Access) throws(SQLiteError) {
        let flags =
            switch access {
            case .readOnly: SQLITE_OPEN_READONLY
            case .readWrite: SQLITE_OPEN_READWRITE
            }
        var handle: OpaquePointer?
        // Debian's SQLite takes URIs whatever the flags say, so what looks like one must not come first.
        let plainPath = path.hasPrefix("/") ? path : "./" + path
        let code = sqlite3_open_v2(plainPath, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            let error = SQLiteError(
                extendedCode: handle.map { sqlite3_extended_errcode($0) } ?? code,
                message: handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory")
            // One that failed to open is to be closed, too; there is nothing in it that could fail.
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        sqlite3_extended_result_codes(handle, 1)
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(handle, 2000, progress, context)
        sqlite3_busy_handler(handle, busy, context)
        // A schema from elsewhere must not call functions behind our back.
        try execute("PRAGMA trusted_schema = OFF")
        if access == .readOnly { try execute("PRAGMA query_only = ON") }
    }

    deinit {
        // Statements that are still there keep it open until they go ("zombie"); its result is always OK.
        sqlite3_close_v2(handle)
    }

    /// Runs statements that have neither parameters nor rows of interest.
    public func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        if code != SQLITE_OK { throw error(code) }
    }

    /// Compiles one statement.
    ///
    /// - Throws: `.error` for SQL that isn't right, also for more than one statement or none.
    public func prepare(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        let compiled = Array(sql.utf8).withUnsafeBytes { text in
            Result { () throws(SQLiteError) in try compile(text) }
        }
        return SQLiteStatement(try compiled.get(), of: self)
    }

    private func compile(_ sql: UnsafeRawBufferPointer) throws(SQLiteError) -> OpaquePointer {
        var only: OpaquePointer?
        var rest = sql
        do throws(SQLiteError) {
            // Comments and semicolons may follow; a second statement would be ignored, which can't be meant.
            while !rest.isEmpty {
                let (statement, length) = try compileFirst(of: rest)
                if statement != nil, only != nil {
                    sqlite3_finalize(statement)
                    throw SQLiteError(extendedCode: SQLITE_ERROR, message: "there is more than one statement")
                }
                only = only ?? statement
                if length == 0 { break }
                rest = UnsafeRawBufferPointer(rebasing: rest[length...])
            }
        } catch {
            sqlite3_finalize(only)
            throw error
        }
        guard let only else { throw SQLiteError(extendedCode: SQLITE_ERROR, message: "there is no statement") }
        return only
    }

    /// - Returns: the first statement, nil if there is none, and how much of the text was read.
    private func compileFirst(
        of sql: UnsafeRawBufferPointer
    ) throws(SQLiteError) -> (statement: OpaquePointer?, length: Int) {
        guard let start = sql.bindMemory(to: CChar.self).baseAddress else { return (nil, 0) }
        var statement: OpaquePointer?
        var tail: UnsafePointer<CChar>?
        let code = sqlite3_prepare_v3(
            handle, start, CInt(sql.count), UInt32(SQLITE_PREPARE_PERSISTENT), &statement, &tail)
        guard code == SQLITE_OK else { throw error(code) }
        return (statement, tail.map { $0 - start } ?? 0)
    }

    func error(_ code: CInt) -> SQLiteError {
        SQLiteError(extendedCode: code, message: String(cString: sqlite3_errmsg(handle)))
    }
}

// Functions and no closures: one from an isolated context traps on another thread.

private func progress(_ context: UnsafeMutableRawPointer?) -> CInt {
    guard let context else { return 0 }
    return Unmanaged<SQLiteConnection>.fromOpaque(context).takeUnretainedValue().goesOn() ? 0 : 1
}

private func busy(_ context: UnsafeMutableRawPointer?, _ attempt: CInt) -> CInt {
    guard let context, Unmanaged<SQLiteConnection>.fromOpaque(context).takeUnretainedValue().goesOn() else { return 0 }
    var pause = timespec(tv_sec: 0, tv_nsec: 2_000_000)
    nanosleep(&pause, nil)
    return 1
}
