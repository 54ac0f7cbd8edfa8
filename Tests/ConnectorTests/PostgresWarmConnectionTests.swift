import MigrationCore
import TestSupport
import Testing

/// What becomes of a connection between look-ups, where a network may forget it without a word.
@Suite struct `a warm connection of postgres` {
    private let clock = ManualClock()
    private let proxy: FaultProxy
    private let directory: any ListableDirectory

    init() async throws {
        let server = try await DirectoryContract.postgresServer()
        proxy = try FaultProxy(to: server.port)
        directory = try DirectoryContract.open(
            "postgres", values: ["lookup": "SELECT pg_backend_pid() AS id WHERE $1 <> ''"],
            // Of two ports the last counts.
            secrets: ["connection": server.connection("port=\(proxy.port)")],
            settings: ConnectorSettings(timeout: .seconds(30), clock: clock))
    }

    /// The server's process at the other end, another one for each connection.
    private func process(by deadline: Deadline = .after(.seconds(20))) async throws -> String {
        let lookup = try await directory.lookUp("x", by: deadline)
        guard case .one(let entry) = lookup else { throw NotOne() }
        return try #require(entry.texts(named: "id").first ?? nil)
    }

    private struct NotOne: Error {}

    @Test func `that says nothing after a minute leaves time for a new one`() async throws {
        let first = try await process()
        proxy.freeze()
        clock.advance(by: .seconds(60))
        #expect(try await process(by: .after(.seconds(4))) != first)
        await directory.close()
    }

    @Test func `that gives a sign of life after a minute is kept`() async throws {
        let first = try await process()
        clock.advance(by: .seconds(60))
        #expect(try await process() == first)
        await directory.close()
    }

    @Test func `that was used a moment ago is trusted for the whole deadline, and then replaced`() async throws {
        let first = try await process()
        clock.advance(by: .seconds(60))
        #expect(try await process() == first)
        proxy.freeze()
        let deadline = Deadline.after(.seconds(1))
        await #expect(throws: DirectoryError(.deadlineExceeded, directory: "postgres")) {
            _ = try await directory.lookUp("x", by: deadline)
        }
        expectPrompt(after: deadline)
        #expect(try await process() != first)
        await directory.close()
    }

    @Test func `of which another one has just failed is asked first, and so doesn't fail too`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let directory = try DirectoryContract.open(
            "postgres", values: ["lookup": "SELECT pg_backend_pid() AS id, pg_sleep(0.2) WHERE $1 <> ''"],
            secrets: ["connection": server.connection("port=\(proxy.port)")],
            settings: ConnectorSettings(timeout: .seconds(30), maxConnections: 2, clock: clock))
        // Two at once need two connections.
        async let one = directory.lookUp("x", by: .after(.seconds(20)))
        async let other = directory.lookUp("x", by: .after(.seconds(20)))
        _ = try await (one, other)
        clock.advance(by: .seconds(1))
        proxy.freeze()
        // The one that failed is replaced, the other one is asked for a sign of life, so both calls are answered.
        await #expect(throws: DirectoryError(.deadlineExceeded, directory: "postgres")) {
            _ = try await directory.lookUp("x", by: .after(.milliseconds(500)))
        }
        async let third = directory.lookUp("x", by: .after(.seconds(4)))
        async let fourth = directory.lookUp("x", by: .after(.seconds(4)))
        for lookup in try await [third, fourth] {
            guard case .one = lookup else { throw NotOne() }
        }
        await directory.close()
    }
}
