public import MigrationCore
internal import Threads

/// The `postgres` kind: users in a table, found by a query.
///
///     connection: "${env:CUSTOMERS_URL}"
///     lookup: SELECT * FROM users WHERE lower(email) = lower($1)
///     list: SELECT * FROM users ORDER BY id
public enum PostgresKind: ConnectorKind {
    public static let typeName = "postgres"

    public static let options = [
        ConnectorOption(
            "connection", .secret, isRequired: true,
            help: "Where the database is: a libpq URI (postgresql://...) or keywords and values (host=... dbname=...)."),
        ConnectorOption(
            "lookup", .text, isRequired: true,
            help: "The query that finds a user; $1 is what the user typed."),
        ConnectorOption("list", .text, help: "The query that finds every user, for the batch commands."),
    ]

    public static let onMigrated: OnMigratedForm? = .statement(parameter: "$1")

    public static func check(_ options: ConnectorOptions) -> [ConnectorOptionProblem] {
        var problems: [ConnectorOptionProblem] = []
        if let connection = options.text("connection") {
            // One that holds a reference is looked at when that is resolved.
            if !connection.contains("${") {
                do throws(ConnectionParameters.Problem) {
                    _ = try ConnectionParameters(Secret(connection))
                } catch {
                    problems.append(ConnectorOptionProblem("connection", error.message))
                }
            }
            if holdsPassword(connection) {
                problems.append(
                    ConnectorOptionProblem("connection", SecretTemplate.inlineAdvice, severity: .warning))
            }
        }
        if let lookup = options.text("lookup"), !lookup.contains("$1") {
            problems.append(
                ConnectorOptionProblem("lookup", "the query has no $1, so it finds the same for everybody; use $1"))
        }
        if let lookup = options.text("lookup"), lookup.contains("'$1'") {
            problems.append(
                ConnectorOptionProblem("lookup", "'$1' in quotes is a text like any other; write it without the quotes")
            )
        }
        if let list = options.text("list"), list.contains("$1") {
            problems.append(ConnectorOptionProblem("list", "the query finds everybody and has no parameter; remove $1"))
        }
        return problems
    }

    public static func files(_ options: ConnectorOptions) -> [String] {
        // Any text stands in for a secret: it is not where a file's name is.
        guard let connection = options.text("connection"),
            let text = (try? SecretTemplate(connection))?.text(withReferencesAs: "secret")
        else { return [] }
        return ConnectionParameters.files(in: Secret(text))
    }

    /// Whether a password stands in the file itself, or as the default of a reference.
    private static func holdsPassword(_ connection: String) -> Bool {
        // Letters that no password has by chance; a URI takes them as they are.
        let mark = "reference-5a0c7e1f93b6d248"
        guard let template = try? SecretTemplate(connection) else { return false }
        let forms = [template.text(withReferencesAs: mark), template.text(withReferencesAs: mark, defaults: true)]
        return forms.contains { text in
            ConnectionParameters.passwords(in: Secret(text)).contains { !$0.contains(mark) }
        }
    }

    public static func open(
        name: String, options: ResolvedConnectorOptions, settings: ConnectorSettings
    ) throws(DirectoryError) -> any ListableDirectory {
        guard let connection = options.secret("connection"), let lookup = options.text("lookup") else {
            throw DirectoryError(.notADirectory, directory: name, detail: "connection and lookup are required")
        }
        do throws(ConnectionParameters.Problem) {
            _ = try ConnectionParameters(connection, baseFolder: settings.baseFolder)
        } catch {
            throw DirectoryError(error.code, directory: name, detail: error.message)
        }
        return PostgresDirectory(
            PostgresSource(
                name: name, connection: connection, baseFolder: settings.baseFolder, lookup: lookup,
                list: options.text("list"),
                timeout: settings.timeout, resolver: NameResolver()),
            maxConnections: settings.maxConnections, clock: settings.clock)
    }
}

struct PostgresDirectory: ListableDirectory {
    private let source: PostgresSource
    private let pool: ConnectionPool<PostgresConnection>

    init(_ source: PostgresSource, maxConnections: Int, clock: any MonotonicClock) {
        self.source = source
        pool = ConnectionPool(
            directory: source.name, limit: maxConnections, threadName: "postgres", trust: ConnectionTrust(clock: clock)
        ) {
            PostgresConnection(source, on: $0)
        }
    }

    var name: String { source.name }

    func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        // The parameter would end at a NUL, which is nobody's.
        return try await pool.lookUp(identifier, by: deadline.capped(to: source.timeout))
    }

    /// One read-only transaction that sees the rows of one moment. The watermark is when it began, in UTC:
    /// `2026-01-31T12:00:00.000000Z`.
    func list(stallLimit: Duration) -> any AsyncSequence<EntryBatch, DirectoryError> {
        ConnectionListing(pool: pool, stallLimit: stallLimit)
    }

    func close() async {
        await pool.close()
    }
}

extension PostgresDirectory: ExaminableDirectory {
    private var parameters: ConnectionParameters? {
        try? ConnectionParameters(source.connection, baseFolder: source.baseFolder)
    }

    var tlsEndpoints: [TLSEndpoint] { parameters?.tlsEndpoints ?? [] }

    func examine(by deadline: Deadline) async throws(DirectoryError) -> KindExamination {
        try pool.checkOpen()
        var examination = try await pool.withConnection(by: deadline) { connection throws(DirectoryError) in
            try await connection.examine(source, by: deadline)
        }
        if let host = parameters?.uncheckedHost {
            examination.findings.append(
                Finding(
                    .tlsUnchecked, .warning,
                    "\(host): the connection doesn't check whether the server is the right one",
                    advice: "write sslmode=verify-full and sslrootcert=FILE into connection"))
        }
        return examination
    }
}
