import CRowLoop
import Glibc
import MigrationCore
import PostgresConnector

/// What a dry run does to everybody: list from PostgreSQL, map to 8 attributes, check them; beside a loop in C over the same
/// rows that only copies each value.
///
/// Measured is the client's CPU time (clock_gettime): the server's is the same for both.
struct Mapping {
    private static let query = "SELECT * FROM people"
    private static let rows = 1_000_000
    /// People whose birthdate is 31.02.1990, which no calendar has.
    private static let rejections = 20_000

    private let connection: String
    private let everybody: MappedListing

    init(connection: String) throws {
        self.connection = connection
        let attributes = [
            AttributeRule("email", from: .columns(["email"]), transforms: [.trim, .lowercase], isRequired: true),
            AttributeRule("email_verified", from: .columns(["email_confirmed_at"]), transforms: [.present]),
            AttributeRule("name", from: .template(try Template("{given_name} {family_name}"))),
            AttributeRule("family_name", from: .columns(["family_name"]), transforms: [.trim, .collapseWhitespace]),
            AttributeRule(
                "phone_number", from: .columns(["phone"]), transforms: [.e164(countryCode: "49", trunkPrefix: "0")]),
            AttributeRule(
                "gender", from: .columns(["sex"]),
                transforms: [.lookup(LookupTable(["m": "male", "f": "female"])), .default("unknown")]),
            AttributeRule(
                "birthdate", from: .columns(["born"]),
                transforms: [.date(DateReader([try DateFormat("DD.MM.YYYY")]))]),
            AttributeRule("custom:legacy_id", from: .columns(["id"])),
        ]
        let configuration = ConnectorsConfiguration(
            directories: [
                DirectoryConfiguration(name: "people", type: "postgres", key: "id", password: .column("password_hash"))
            ],
            attributes: attributes)
        let directory = try PostgresKind.open(
            name: "people",
            options: ResolvedConnectorOptions(
                ConnectorOptions(["lookup": .text(Self.query + " WHERE id::text = $1"), "list": .text(Self.query)]),
                secrets: ["connection": Secret(connection)]),
            settings: ConnectorSettings())
        everybody = MappedListing(
            mapper: PopulationMapper(configuration, directory: configuration.directories[0]), directory: directory,
            rows: Self.rows, rejections: Self.rejections)
    }

    func measure(_ arguments: Arguments) async throws {
        try await Comparison(
            what: "postgres list-map-validate, CPU", yardstick: "C loop", count: Self.rows, unit: "rows/s",
            required: 0.30
        ).run(arguments) {
            try await cpuSeconds { try await everybody.mapAll(maxInFlight: 1) }
        } theirs: {
            await cpuSeconds {
                guard row_loop(connection, Self.query) == Self.rows else { fail("the C loop failed: load people.sql") }
            }
        }
        // The server runs on the same cores, wherever it likes.
        try await everybody.compareCores("postgres list-map-validate", arguments)
        await everybody.directory.close()
    }
}

/// A directory whose population is mapped.
struct MappedListing {
    let mapper: PopulationMapper
    let directory: any ListableDirectory
    let rows: Int
    /// How many of them no pool would take.
    let rejections: Int

    func mapAll(maxInFlight: Int) async throws {
        var rows = 0
        var rejected = 0
        var bytes = 0
        var end: ListingEnd?
        try await mapper.forEachBatch(of: directory.list(stallLimit: .seconds(60)), maxInFlight: maxInFlight) {
            batch, mapped in
            rows += mapped.count
            for row in 0..<mapped.count {
                if mapped.isRejected(row) { rejected += 1 } else { bytes += mapped.byteCount(row) }
            }
            end = batch.end
        }
        guard end?.count == rows, rows == self.rows else { fail("\(rows) rows instead of \(self.rows)") }
        guard rejected == rejections, bytes > rows else { fail("\(rejected) rejected, \(bytes) bytes") }
    }

    /// Elapsed time on two cores beside one.
    func compareCores(_ what: String, _ arguments: Arguments) async throws {
        try await Comparison(what: "\(what), two cores", yardstick: "one core", count: rows, unit: "rows/s")
            .run(arguments) {
                try Self.useCores("0,1")
                return try await seconds { try await mapAll(maxInFlight: 8) }
            } theirs: {
                try Self.useCores("0")
                return try await seconds { try await mapAll(maxInFlight: 8) }
            }
        try Self.useCores("0,1")
    }

    /// Keeps all threads of this process on some cores.
    private static func useCores(_ cores: String) throws {
        try Command.run(["taskset", "-a", "-c", "-p", cores, "\(getpid())"], keepsOutput: false)
    }
}

/// How much of this process's CPU time something took, in seconds, all threads together.
private func cpuSeconds(_ body: () async throws -> Void) async rethrows -> Double {
    func now() -> Double {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { fail("clock_gettime failed") }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    try await body()
    return now() - start
}
