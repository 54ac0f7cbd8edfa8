import CRowLoop
import Glibc
import MigrationCore
import PostgresConnector

// Rows a second of a listing from PostgreSQL, beside a loop in C over the same table.
//
//     list-rows 'host=/tmp/x port=5432 user=postgres' [--runs N] [--check]
//
// The runs alternate and each pair has its ratio, so what else the machine does weighs on both. With --check the exit code
// is 1 unless the median ratio is at least `required`.

let query = "SELECT * FROM rows"
let expectedRows = 1_000_000
let required = 0.70

var connection: String?
var runs = 7
var isCheck = false
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
    switch argument {
    case "--check": isCheck = true
    case "--runs": runs = arguments.popFirst().flatMap { Int($0) } ?? runs
    default: connection = argument
    }
}
guard let connection else { fail("usage: list-rows CONNINFO [--runs N] [--check]") }

let directory = try PostgresKind.open(
    name: "rows",
    options: ResolvedConnectorOptions(
        ConnectorOptions(["lookup": .text(query + " WHERE id = $1"), "list": .text(query)]),
        secrets: ["connection": Secret(connection)]),
    settings: ConnectorSettings())

func seconds(_ body: () async throws -> Int) async throws -> Double {
    let start = ContinuousClock.now
    let rows = try await body()
    guard rows == expectedRows else { fail("\(rows) rows instead of \(expectedRows): load rows.sql") }
    return start.duration(to: .now) / .seconds(1)
}

func list() async throws -> Int {
    var rows = 0
    var end: ListingEnd?
    for try await batch in directory.list(stallLimit: .seconds(60)) {
        rows += batch.count
        end = batch.end
    }
    guard end?.count == rows else { fail("the listing has no end") }
    return rows
}

func loop() -> Int {
    Int(row_loop(connection, query))
}

// The first run of each pays for caches.
_ = try await seconds(loop)
_ = try await seconds(list)

var ratios: [Double] = []
for run in 1...runs {
    let c = try await seconds(loop)
    let swift = try await seconds(list)
    ratios.append(c / swift)
    print("run \(run): C \(rate(c)), list \(rate(swift)) rows/s, ratio \(rounded(c / swift))")
}
await directory.close()

let median = ratios.sorted()[ratios.count / 2]
print("median ratio \(rounded(median)), required \(required)")
if isCheck, median < required { fail("list is slower than it must be") }

func rate(_ seconds: Double) -> Int {
    Int(Double(expectedRows) / seconds)
}

func rounded(_ ratio: Double) -> Double {
    (ratio * 1000).rounded() / 1000
}

func fail(_ message: String) -> Never {
    print(message)
    exit(1)
}
