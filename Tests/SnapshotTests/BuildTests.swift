import Foundation
import MigrationCore
import SnapshotStore
import TestSupport
import Testing
import Threads

/// What is built, what isn't, and what becomes of the file that was there.
@Suite struct BuildTests {
    private func people(_ ids: ClosedRange<Int>, columns: [String] = World.columns) -> MemoryDirectory {
        MemoryDirectory(
            "customers", columns: columns, rows: ids.map { World.person($0, "user\($0)@example.com") }, match: ["email"]
        )
    }

    /// A directory whose list ends in its own way after a first batch.
    private struct Broken: ListableDirectory {
        let name = "customers"
        let rows: MemoryDirectory
        let error: DirectoryError?

        func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup { .none }
        func close() async {}

        func list(stallLimit: Duration) -> any AsyncSequence<EntryBatch, DirectoryError> { Listing(error: error) }

        struct Listing: AsyncSequence, AsyncIteratorProtocol {
            typealias Element = EntryBatch
            typealias Failure = DirectoryError
            let error: DirectoryError?
            var isFirst = true

            func makeAsyncIterator() -> Listing { self }

            mutating func next() async throws(DirectoryError) -> EntryBatch? { try await next(isolation: nil) }

            mutating func next(isolation actor: isolated (any Actor)?) async throws(DirectoryError) -> EntryBatch? {
                if isFirst {
                    isFirst = false
                    var builder = EntryBatch.Builder(columns: ColumnList(World.columns, isExhaustive: true))
                    for cell in World.person(1, "user1@example.com") {
                        if let cell { builder.appendValue(cell) }
                        builder.endCell()
                    }
                    builder.endEntry()
                    return builder.take()
                }
                if let error { throw error }
                return nil
            }
        }
    }

    @Test func `a list that breaks or just stops leaves the old file, and no other`() async throws {
        let fixture = try Fixture()
        try await fixture.build([people(1...3)])
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let lost = DirectoryError(.unreachable, directory: "customers")
        for (error, expected) in [(lost, lost), (nil, DirectoryError(.connectionLost, directory: "customers"))] {
            await #expect(throws: SnapshotBuilder.Failure.directory(expected)) {
                try await fixture.build([Broken(rows: people(1...1), error: error)])
            }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path) == ["lookups.snapshot"])
    }

    @Test func `a list without a column that decides is an error`() async throws {
        let fixture = try Fixture()
        let columns = World.columns.map { $0 == "disabled" ? "off" : $0 }
        await #expect(
            throws: SnapshotBuilder.Failure.directory(DirectoryError(.missingColumn, directory: "customers"))
        ) {
            try await fixture.build([people(1...3, columns: columns)])
        }
    }

    @Test func `a build that is cancelled leaves the old file`() async throws {
        let fixture = try Fixture()
        try await fixture.build([people(1...3)])
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await fixture.build([people(1...2000)])
        }
        task.cancel()
        await #expect(throws: SnapshotBuilder.Failure.cancelled) { try await task.value }
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == before)
    }

    @Test func `a retired directory's entries come along, also to another key and other rules for names`() async throws
    {
        let fixture = try Fixture()
        try await fixture.build([people(1...3000)])
        let listed = fixture.clock.now
        fixture.clock.move(by: .seconds(3600))
        let configuration = World.configuration(
            [World.directory(isRetired: true)],
            attributes: World.attributes.map { rule in
                rule.attribute == "email"
                    ? AttributeRule("email", from: .columns(["email"]), transforms: [.prefix("x-")]) : rule
            })
        // It is never asked: this one would throw.
        let down = MemoryDirectory(
            "customers", columns: [], rows: [], match: [], condition: .down(.unreachable))
        let newKey = Secret("another key, as long as the first one")
        let outcome = try await fixture.build([down], configuration, key: newKey, previous: (fixture.path, World.key))
        #expect(outcome.map(\.counts.entries) == [3000])
        let store = fixture.store(configuration, key: newKey)
        for id in [1, 1500, 3000] { #expect(await store.find("x-user\(id)@example.com").hasPrefix("id=\(id) ")) }
        #expect(await store.find("user1@example.com") == "none")
        await store.close()
        let contents = try SnapshotInspector.contents(of: fixture.path, key: newKey)
        #expect(UnixTime(milliseconds: contents.directories[0].listedAt) == listed)
        #expect(UnixTime(milliseconds: contents.builtAt) == fixture.clock.now)
    }

    @Test func `a retired directory that no snapshot has is an error`() async throws {
        let fixture = try Fixture()
        let retired = World.configuration([World.directory(isRetired: true)])
        await #expect(throws: SnapshotBuilder.Failure.retired(directory: "customers", .missing)) {
            try await fixture.build([people(1...1)], retired)
        }
        let other = World.configuration([World.directory("staff")])
        try await fixture.build(
            [MemoryDirectory("staff", columns: World.columns, rows: [], match: [])], other)
        await #expect(throws: SnapshotBuilder.Failure.retired(directory: "customers", nil)) {
            try await fixture.build([people(1...1)], retired)
        }
    }
}
