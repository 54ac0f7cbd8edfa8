public import MigrationCore
internal import Threads

/// The `sqlite` kind: users in a table of a SQLite file, found by a query.
///
///     path: users.sqlite
///     lookup: SELECT * FROM users WHERE email = ?1
///     list: SELECT * FROM users
public enum SQLiteKind: ConnectorKind {
    public static let typeName = "sqlite"

    public static let options = [
        ConnectorOption("path", .path, isRequired: true, help: "The SQLite file; it is only read."),
        ConnectorOption(
            "lookup", .text, isRequired: true, help: "The query that finds a user; ?1 is what the user typed."),
        ConnectorOption("list", .text, help: "The query that finds every user, for the batch commands."),
    ]

    public static let onMigrated: OnMigratedForm? = .statement(parameter: "?1")

    public static func check(_ options: ConnectorOptions) -> [ConnectorOptionProblem] {
        var problems: [ConnectorOptionProblem] = []
        if let lookup = options.text("lookup"), !lookup.contains("?1") {
            problems.append(
                ConnectorOptionProblem("lookup", "the query has no ?1, so it finds the same for everybody; use ?1"))
        }
        if let lookup = options.text("lookup"), lookup.contains("'?1'") {
            problems.append(
                ConnectorOptionProblem("lookup", "'?1' in quotes is a text like any other; write it without the quotes")
            )
        }
        if let list = options.text("list"), list.contains("?1") {
            problems.append(ConnectorOptionProblem("list", "the query finds everybody and has no parameter; remove ?1"))
        }
        return problems
    }

    public static func open(
        name: String, options: ResolvedConnectorOptions, settings: ConnectorSettings
    ) throws(DirectoryError) -> any ListableDirectory {
        guard let path = options.path("path"), let lookup = options.text("lookup") else {
            throw DirectoryError(.notADirectory, directory: name, detail: "path and lookup are required")
        }
        return SQLiteDirectory(
            SQLiteSource(
                name: name, path: path, lookup: lookup, list: options.text("list"), timeout: settings.timeout),
            maxConnections: settings.maxConnections)
    }
}

struct SQLiteDirectory: ListableDirectory {
    private let source: SQLiteSource
    private let pool: ConnectionPool<SQLiteReader>

    init(_ source: SQLiteSource, maxConnections: Int) {
        self.source = source
        pool = ConnectionPool(directory: source.name, limit: maxConnections, threadName: "sqlite") {
            SQLiteReader(source, on: $0)
        }
    }

    var name: String { source.name }

    func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        // A NUL is nobody's here either: SQLite compares texts with one in `=` and cuts them at it in LIKE and others.
        // `a@example.com`, NUL, anything would be a@example.com there.
        return try await pool.lookUp(identifier, by: deadline.capped(to: source.timeout))
    }

    /// One read transaction, so all rows are of one moment. In a file without a write-ahead log nobody can write meanwhile.
    /// The watermark is SQLite's own clock before that, in UTC and as CURRENT_TIMESTAMP writes it: `2026-01-31 12:00:00`.
    func list(stallLimit: Duration) -> any AsyncSequence<EntryBatch, DirectoryError> {
        ConnectionListing(pool: pool, stallLimit: stallLimit)
    }

    func close() async {
        await pool.close()
    }
}

extension SQLiteDirectory: ExaminableDirectory {
    func examine(by deadline: Deadline) async throws(DirectoryError) -> KindExamination {
        try pool.checkOpen()
        let file = FileExamination(path: source.path)
        var findings = file.findings
        if file.isInWriteAheadLogMode {
            findings.append(
                Finding(
                    .fileWriteAheadLog, .warning,
                    "the file is in WAL mode: it can't be opened in a folder that is read-only",
                    advice: "before it is packaged: sqlite3 FILE 'PRAGMA journal_mode = DELETE'"))
        }
        do throws(DirectoryError) {
            let columns = try await pool.withConnection(by: deadline) { reader throws(DirectoryError) in
                try await reader.lookUpColumns(by: deadline)
            }
            return KindExamination(findings: findings, lookUpColumns: columns)
        } catch {
            // The look-up itself has said so.
            return KindExamination(findings: findings)
        }
    }
}
