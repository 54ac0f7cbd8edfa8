import MigrationCore
import TestSupport
import Testing
import Threads

@testable import PostgresConnector

/// What a query leaves in a session, which behind a pooler is somebody else's next.
@Suite struct `a session of postgres` {
    private func connect() async throws -> LibPQConnection {
        try LibPQConnection.connect(
            ConnectionParameters(Secret(try await DirectoryContract.postgresServer().connection())),
            directory: "postgres", interruption: try #require(Interruption()), by: .after(.seconds(20)))
    }

    @Test(arguments: [
        "SELECT $1", "SELECT $1::integer", "SELECT * FROM people WHERE login = $1", "SELECT $1, no_such_column",
        "SELECT * FROM people WHERE login::integer <> $1", "UPDATE people SET note = $1", "SELECT $1, pg_sleep(600)",
        "SELECT $1, generate_series(1, 1000)", "",
    ])
    func `is after a look-up as it was before`(_ query: String) async throws {
        let deadline = Deadline.after(.seconds(20))
        let session = try await connect()
        let settings = "SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings"
        let before = try session.run(settings, by: deadline)
        for _ in 1...2 {
            try session.sendReadOnly(query, parameters: ["somebody"], limit: .milliseconds(300), by: deadline)
            try session.endReadOnly(by: deadline)
            #expect(session.isIdle)
            #expect(try session.run(settings, by: deadline) == before)
        }
    }
}
