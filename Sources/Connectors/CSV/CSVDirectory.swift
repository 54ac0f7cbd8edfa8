public import MigrationCore
internal import Threads

/// The `csv` kind: users in a file with a line for each, as databases and spreadsheets export them.
///
///     path: users.csv
///     match: [email, username]
///     case_sensitive: false
///     delimiter: ","
///     encoding: utf-8
///
/// The first line names the columns. Fields may be quoted, and then hold delimiters, line ends and doubled quotes; lines
/// end with LF or CR LF; empty lines are left out.
///
/// - SeeAlso: RFC 4180.
public enum CSVKind: ConnectorKind {
    public static let typeName = "csv"

    public static let options = [
        ConnectorOption("path", .path, isRequired: true, help: "The CSV file; its first line names the columns."),
        ConnectorOption(
            "match", .texts, isRequired: true, help: "The columns that are compared with what the user typed."),
        ConnectorOption(
            "case_sensitive", .flag,
            help: "Whether upper and lower case differ when they are compared; false if not said."),
        ConnectorOption("delimiter", .text, help: "The character between two fields; a comma if not said."),
        ConnectorOption(
            "encoding", .choice(CSVEncoding.allCases.map(\.rawValue)), help: "The file's encoding; utf-8 if not said."),
    ]

    public static func check(_ options: ConnectorOptions) -> [ConnectorOptionProblem] {
        var problems: [ConnectorOptionProblem] = []
        if options.texts("match")?.isEmpty == true {
            problems.append(ConnectorOptionProblem("match", "it is empty: name the columns that hold what users type"))
        }
        do throws(CSVFormat.Problem) {
            _ = try format(delimiter: options.text("delimiter"), encoding: options.text("encoding"))
        } catch {
            problems.append(ConnectorOptionProblem("delimiter", error.message))
        }
        return problems
    }

    public static func open(
        name: String, options: ResolvedConnectorOptions, settings: ConnectorSettings
    ) throws(DirectoryError) -> any ListableDirectory {
        guard let path = options.path("path"), let match = options.texts("match"), !match.isEmpty else {
            throw DirectoryError(.notADirectory, directory: name, detail: "path and match are required")
        }
        let format: CSVFormat
        do throws(CSVFormat.Problem) {
            format = try self.format(delimiter: options.text("delimiter"), encoding: options.text("encoding"))
        } catch {
            throw DirectoryError(.notADirectory, directory: name, detail: "delimiter: \(error.message)")
        }
        return CSVDirectory(
            CSVSource(
                name: name, path: path, match: match,
                rule: MatchRule(isCaseSensitive: options.flag("case_sensitive") ?? false), format: format,
                timeout: settings.timeout))
    }

    private static func format(delimiter: String?, encoding: String?) throws(CSVFormat.Problem) -> CSVFormat {
        try CSVFormat(delimiter: delimiter ?? ",", encoding: encoding.flatMap(CSVEncoding.init(rawValue:)) ?? .utf8)
    }
}

struct CSVDirectory: ListableDirectory {
    private let source: CSVSource
    private let pool: ConnectionPool<CSVReader>

    /// One connection, however many look-ups there are at once: it has the index, which is worth having once, and a look-up
    /// takes less time than a change of thread.
    init(_ source: CSVSource) {
        self.source = source
        pool = ConnectionPool(directory: source.name, limit: 1, threadName: "csv") {
            CSVReader(source, on: $0)
        }
    }

    var name: String { source.name }

    /// The first look-up reads the whole file once and keeps where each record is, and so does the first after a change. If
    /// that takes longer than the deadline, it throws `.deadlineExceeded` and the next look-up goes on with it.
    ///
    /// A record that a listing reports as a problem is nobody's here, unless it is found and only another column can't be
    /// read: that is `.badData`. Nor is a value anybody's name that is longer than 8 KiB.
    func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        try pool.checkOpen()
        guard MatchRule.isName(identifier.utf8.count) else { return .none }
        return try await pool.lookUp(identifier, by: deadline.capped(to: source.timeout))
    }

    /// Bad records are problems with the line they start in. The watermark is when the file was last written to, in UTC:
    /// `2026-01-31 12:00:00`.
    func list(stallLimit: Duration) -> any AsyncSequence<EntryBatch, DirectoryError> {
        ConnectionListing(pool: pool, stallLimit: stallLimit)
    }

    func close() async {
        await pool.close()
    }
}

extension CSVDirectory: ExaminableDirectory {
    func examine(by deadline: Deadline) async throws(DirectoryError) -> KindExamination {
        try pool.checkOpen()
        let file = FileExamination(path: source.path)
        return KindExamination(findings: file.findings + file.ageFindings)
    }
}
