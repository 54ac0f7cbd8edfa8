import CRowLoop
import Glibc
import MigrationCore
import PostgresConnector

// What a dry run does to everybody: list from PostgreSQL, map to 8 attributes, check them; beside a loop in C over the same
// rows that only copies each value.
//
//     list-map-validate 'host=/tmp/x port=5432 user=postgres' [--runs N] [--check]
//
// Measured is the client's CPU time (getrusage): the server's is the same for both. The runs alternate and each pair has its
// ratio, so what else the machine does weighs on both. With --check the exit code is 1 unless the median ratio is at least
// `required`. The elapsed times show what mapping two batches at once is worth.

let query = "SELECT * FROM people"
let expectedRows = 1_000_000
/// People whose birthdate is 31.02.1990, which no calendar has.
let expectedRejections = 20_000
let required = 0.30

var connection: String?
var runs = 5
var isCheck = false
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
    switch argument {
    case "--check": isCheck = true
    case "--runs": runs = arguments.popFirst().flatMap { Int($0) } ?? runs
    default: connection = argument
    }
}
guard let connection else { fail("usage: list-map-validate CONNINFO [--runs N] [--check]") }

let lookup = LookupTable(["m": "male", "f": "female"])
let attributes = [
    AttributeRule("email", from: .columns(["email"]), transforms: [.trim, .lowercase], isRequired: true),
    AttributeRule("email_verified", from: .columns(["email_confirmed_at"]), transforms: [.present]),
    AttributeRule("name", from: .template(try Template("{given_name} {family_name}"))),
    AttributeRule("family_name", from: .columns(["family_name"]), transforms: [.trim, .collapseWhitespace]),
    AttributeRule(
        "phone_number", from: .columns(["phone"]), transforms: [.e164(countryCode: "49", trunkPrefix: "0")]),
    AttributeRule("gender", from: .columns(["sex"]), transforms: [.lookup(lookup), .default("unknown")]),
    AttributeRule(
        "birthdate", from: .columns(["born"]), transforms: [.date(DateReader([try DateFormat("DD.MM.YYYY")]))]),
    AttributeRule("custom:legacy_id", from: .columns(["id"])),
]
let configuration = ConnectorsConfiguration(
    directories: [
        DirectoryConfiguration(name: "people", type: "postgres", key: "id", password: .column("password_hash"))
    ],
    attributes: attributes)
let mapper = PopulationMapper(configuration, directory: configuration.directories[0])

let directory = try PostgresKind.open(
    name: "people",
    options: ResolvedConnectorOptions(
        ConnectorOptions(["lookup": .text(query + " WHERE id::text = $1"), "list": .text(query)]),
        secrets: ["connection": Secret(connection)]),
    settings: ConnectorSettings())

struct Cost {
    var cpu: Double
    var elapsed: Double
}

func cost(_ body: () async throws -> Int) async throws -> Cost {
    let start = ContinuousClock.now
    let cpu = cpuSeconds()
    let rows = try await body()
    guard rows == expectedRows else { fail("\(rows) rows instead of \(expectedRows): load people.sql") }
    return Cost(cpu: cpuSeconds() - cpu, elapsed: start.duration(to: .now) / .seconds(1))
}

func cpuSeconds() -> Double {
    var usage = rusage()
    guard getrusage(CInt(RUSAGE_SELF.rawValue), &usage) == 0 else { fail("getrusage failed") }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

func mapAll(_ maxInFlight: Int) async throws -> Int {
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
    guard end?.count == rows else { fail("the listing has no end") }
    guard rejected == expectedRejections, bytes > rows else { fail("\(rejected) rejected, \(bytes) bytes") }
    return rows
}

func loop() -> Int {
    Int(row_loop(connection, query))
}

// The first run of each pays for caches.
_ = try await cost(loop)
_ = try await cost { try await mapAll(1) }

var ratios: [Double] = []
for run in 1...runs {
    let c = try await cost(loop)
    let one = try await cost { try await mapAll(1) }
    let two = try await cost { try await mapAll(2) }
    ratios.append(c.cpu / one.cpu)
    print(
        "run \(run): client CPU C \(rounded(c.cpu)) s, mapped \(rounded(one.cpu)) s, ratio \(rounded(c.cpu / one.cpu)); "
            + "rows/s C \(rate(c)), one batch at a time \(rate(one)), two \(rate(two))")
}
await directory.close()

let median = ratios.sorted()[ratios.count / 2]
print("median ratio \(rounded(median)), required \(required)")
if isCheck, median < required { fail("mapping is slower than it must be") }

func rate(_ cost: Cost) -> Int {
    Int(Double(expectedRows) / cost.elapsed)
}

func rounded(_ value: Double) -> Double {
    (value * 1000).rounded() / 1000
}

func fail(_ message: String) -> Never {
    print(message)
    exit(1)
}
