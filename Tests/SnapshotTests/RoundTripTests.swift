import Foundation
import MigrationCore
import SnapshotStore
import TestSupport
import Testing

/// What is built is found again, by every name and by no other.
@Suite struct RoundTripTests {
    private func people(_ rows: [[String?]], _ name: String = "customers") -> MemoryDirectory {
        MemoryDirectory(name, columns: World.columns, rows: rows, match: ["email"])
    }

    @Test func `an entry comes back with the columns that are read, and no other`() async throws {
        let fixture = try Fixture()
        let outcome = try await fixture.build([people([World.person(1, "Ana@Example.com")])])
        #expect(outcome.map(\.counts.entries) == [1])
        #expect(outcome.map(\.counts.withHash) == [1])
        let store = fixture.store()
        let ana = "id=1 pw=$2b$04$stored disabled=0 email=Ana@Example.com confirmed=2026-01-01 name=Name 1"
        #expect(await store.find("ana@example.COM") == ana)
        #expect(await store.find("login1") == "none")
        #expect(await store.find("") == "none")
        #expect(await store.find("ana@example.com\0") == "none")
        #expect(await store.find("ana@example.com", in: "elsewhere") == "nothing")
        await store.close()
        #expect(await store.find("ana@example.com") == "nothing")
    }

    @Test func `two entries of one name are several, in their directory alone`() async throws {
        let fixture = try Fixture()
        let configuration = World.configuration([World.directory("a"), World.directory("b")])
        let outcome = try await fixture.build(
            [
                people([World.person(1, "twin@example.com"), World.person(2, "TWIN@example.com")], "a"),
                people([World.person(3, "twin@example.com")], "b"),
            ], configuration)
        #expect(outcome.map(\.counts.sharedNames) == [1, 0])
        let store = fixture.store(configuration)
        #expect(await store.find("twin@example.com", in: "a") == "several 2")
        #expect(await store.find("twin@example.com", in: "b").hasPrefix("id=3 "))
        await store.close()
    }

    @Test func `in a pool with aliases an entry is found by its name and its verified aliases`() async throws {
        let fixture = try Fixture()
        let configuration = World.configuration(
            pool: World.pool(aliases: [.email, .preferredUsername]),
            username: AttributeRule("username", from: .columns(["login"])))
        var unconfirmed = World.person(2, "bo@example.com")
        unconfirmed[3] = nil
        try await fixture.build([people([World.person(1, "ana@example.com"), unconfirmed])], configuration)
        let store = fixture.store(configuration)
        #expect(await store.find("LOGIN1").hasPrefix("id=1 "))
        #expect(await store.find("ana@example.com").hasPrefix("id=1 "))
        #expect(await store.find("login2").hasPrefix("id=2 "))
        #expect(await store.find("bo@example.com") == "none")
        await store.close()
        let inspection = SnapshotInspector.inspection(
            of: SnapshotPlace(path: fixture.path, key: World.key, maxAge: .seconds(60)), configuration,
            clock: fixture.clock)
        #expect(inspection.contents?.directories.first?.counts.entries == 2)
    }

    @Test func `where the pool minds case, so does the snapshot, and Unicode is compared by scalars`() async throws {
        let fixture = try Fixture()
        let rows = [
            World.person(1, "Ana@example.com"), World.person(2, "e\u{301}va@example.com"),
            World.person(3, "ДМИТРИЙ@example.com"),
        ]
        for isCaseSensitive in [true, false] {
            let configuration = World.configuration(pool: World.pool(by: [.email], isCaseSensitive: isCaseSensitive))
            try await fixture.build([people(rows)], configuration)
            let store = fixture.store(configuration)
            #expect(await store.find("Ana@example.com").hasPrefix("id=1 "))
            #expect((await store.find("ana@example.com") == "none") == isCaseSensitive)
            #expect((await store.find("дмитрий@example.com") == "none") == isCaseSensitive)
            #expect(await store.find("e\u{301}va@example.com").hasPrefix("id=2 "))
            #expect(await store.find("\u{E9}va@example.com") == "none")
            await store.close()
        }
    }

    @Test func `entries without a name are left out and counted, those without a hash are found`() async throws {
        let fixture = try Fixture()
        let rows = [
            World.person(1, nil), World.person(2, ""), World.person(3, "c@example.com", hash: nil),
            World.person(4, "d@example.com", hash: ""),
        ]
        let counts = try #require(try await fixture.build([people(rows)]).first?.counts)
        #expect((counts.entries, counts.withHash, counts.nameless) == (2, 0, 2))
        let store = fixture.store()
        #expect(await store.find("c@example.com").hasPrefix("id=3 pw= disabled=0 "))
        await store.close()
    }

    @Test func `an empty directory is one, and all that is asked of it is unknown`() async throws {
        let fixture = try Fixture()
        try await fixture.build([people([])])
        let store = fixture.store()
        #expect(await store.find("ana@example.com") == "none")
        await store.close()
    }

    @Test func `every one of ten thousand is found, and nobody else`() async throws {
        let fixture = try Fixture()
        let rows = (1...10_000).map { World.person($0, "user\($0)@example.com") }
        try await fixture.build([people(rows)])
        let store = fixture.store()
        for id in stride(from: 1, through: 10_000, by: 7) {
            #expect(await store.find("user\(id)@example.com").hasPrefix("id=\(id) "))
            #expect(await store.find("user\(id)@example.org") == "none")
        }
        await store.close()
    }
}
