internal import CSQLite

/// A compiled statement and its cursor. It keeps its connection open.
public final class SQLiteStatement {
    private let handle: OpaquePointer
    private let connection: SQLiteConnection

    init(_ handle: OpaquePointer, of connection: SQLiteConnection) {
        self.handle = handle
        self.connection = connection
    }

    deinit {
        // Its result is that of the last step, which was looked at then.
        sqlite3_finalize(handle)
    }

    /// Whether running it leaves the file as it is.
    public var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }

    /// The largest number of a parameter.
    public var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }

    /// Right after a `step`, because a change of the schema compiles the statement anew.
    public var columnCount: Int { Int(sqlite3_column_count(handle)) }

    /// - Returns: nil if memory ran out.
    public func columnName(_ column: Int) -> String? {
        sqlite3_column_name(handle, CInt(column)).map { String(cString: $0) }
    }

    /// Binds a text, by its length: a NUL is a character of it.
    ///
    /// - Parameter parameter: from 1.
    public func bind(_ text: String, at parameter: Int) throws(SQLiteError) {
        var text = text
        let code = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                // An empty text has a pointer, too: a null one would bind NULL.
                sqlite3_bind_text64(
                    handle, CInt(parameter), bytes.baseAddress, UInt64(bytes.count), csqlite_transient(),
                    UInt8(SQLITE_UTF8))
            }
        }
        if code != SQLITE_OK { throw connection.error(code) }
    }

    /// Binds a blob.
    ///
    /// - Parameter parameter: from 1.
    public func bind(_ bytes: [UInt8], at parameter: Int) throws(SQLiteError) {
        let code = bytes.withUnsafeBytes { bytes in
            // A null pointer would bind NULL.
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(handle, CInt(parameter), 0)
                : sqlite3_bind_blob64(
                    handle, CInt(parameter), bytes.baseAddress, UInt64(bytes.count), csqlite_transient())
        }
        if code != SQLITE_OK { throw connection.error(code) }
    }

    /// Binds a number.
    ///
    /// - Parameter parameter: from 1.
    public func bind(_ number: Int64, at parameter: Int) throws(SQLiteError) {
        let code = sqlite3_bind_int64(handle, CInt(parameter), number)
        if code != SQLITE_OK { throw connection.error(code) }
    }

    /// Goes to the next row.
    ///
    /// - Returns: false after the last one.
    public func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw connection.error(code)
        }
    }

    /// Calls `body` with a value of the current row: a number as SQLite writes it, a text as UTF-8, a blob as it is.
    ///
    /// The bytes live until the next call on this statement.
    ///
    /// - Returns: nil, without calling `body`, for NULL.
    /// - Throws: `.noMemory`.
    public func withValue<Result>(
        _ column: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(SQLiteError) -> Result? {
        let column = CInt(column)
        let start: UnsafeRawPointer?
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: return nil
        case SQLITE_BLOB: start = sqlite3_column_blob(handle, column)
        default: start = UnsafeRawPointer(sqlite3_column_text(handle, column))
        }
        // After the pointer, which may convert the value first.
        let count = Int(sqlite3_column_bytes(handle, column))
        if start == nil, sqlite3_errcode(connection.handle) == SQLITE_NOMEM { throw connection.error(SQLITE_NOMEM) }
        return body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    /// A value of the current row as a number; 0 for NULL.
    public func integer(_ column: Int) -> Int64 {
        sqlite3_column_int64(handle, CInt(column))
    }

    /// Makes ready for the next run: no row, no bound value.
    public func reset() {
        // Its result repeats that of the last step, which was looked at then.
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }
}
