import CRowLoop
import MigrationCore
import PostgresConnector

/// A listing from PostgreSQL beside a loop in C over the same table.
enum Postgres {
    static func measure(_ arguments: Arguments) async throws {
        let connection = arguments.option("--connection")
        let query = "SELECT * FROM rows"
        let rows = 1_000_000
        let directory = try PostgresKind.open(
            name: "rows",
            options: ResolvedConnectorOptions(
                ConnectorOptions(["lookup": .text(query + " WHERE id = $1"), "list": .text(query)]),
                secrets: ["connection": Secret(connection)]),
            settings: ConnectorSettings())
        try await Comparison(what: "postgres list", yardstick: "C loop", count: rows, unit: "rows/s", required: 0.70)
            .run(arguments) {
                try await seconds { try await directory.listAll(expected: rows) }
            } theirs: {
                await seconds {
                    guard row_loop(connection, query) == rows else { fail("the C loop failed: load rows.sql") }
                }
            }
        await directory.close()
        try await Mapping(connection: connection).measure(arguments)
    }
}
