internal import CSQLite

/// What SQLite says when something didn't work.
public struct SQLiteError: Error, Sendable, Hashable {
    /// SQLite's result codes that a caller tells apart, by their number.
    ///
    /// - SeeAlso: https://www.sqlite.org/rescode.html
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let error = Code(rawValue: SQLITE_ERROR)
        public static let permission = Code(rawValue: SQLITE_PERM)
        public static let busy = Code(rawValue: SQLITE_BUSY)
        public static let locked = Code(rawValue: SQLITE_LOCKED)
        public static let noMemory = Code(rawValue: SQLITE_NOMEM)
        public static let readOnly = Code(rawValue: SQLITE_READONLY)
        public static let interrupted = Code(rawValue: SQLITE_INTERRUPT)
        public static let inputOutput = Code(rawValue: SQLITE_IOERR)
        public static let corrupt = Code(rawValue: SQLITE_CORRUPT)
        public static let full = Code(rawValue: SQLITE_FULL)
        public static let cannotOpen = Code(rawValue: SQLITE_CANTOPEN)
        public static let schemaChanged = Code(rawValue: SQLITE_SCHEMA)
        public static let tooBig = Code(rawValue: SQLITE_TOOBIG)
        public static let typeMismatch = Code(rawValue: SQLITE_MISMATCH)
        public static let misuse = Code(rawValue: SQLITE_MISUSE)
        public static let unauthorized = Code(rawValue: SQLITE_AUTH)
        public static let notADatabase = Code(rawValue: SQLITE_NOTADB)
    }

    /// The low byte of the extended code.
    public let code: Code
    public let extendedCode: Int32
    /// SQLite's words for the statement at hand. Those of a failed `prepare` name tables and quote the SQL; those of a
    /// running statement may quote a value.
    public let message: String

    public init(extendedCode: Int32, message: String) {
        code = Code(rawValue: extendedCode & 0xFF)
        self.extendedCode = extendedCode
        self.message = message
    }

    /// For a value that isn't what was written, found out by whoever wrote it.
    public init(corruption message: String) {
        self.init(extendedCode: SQLITE_CORRUPT, message: message)
    }

    /// SQLite's general words for the code: no name, no value.
    public var explanation: String {
        String(cString: sqlite3_errstr(extendedCode))
    }
}
