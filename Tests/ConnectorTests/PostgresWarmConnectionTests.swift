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
}
