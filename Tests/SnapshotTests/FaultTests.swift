import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import SnapshotStore

/// A file that is damaged, of another key or time, or changes while it is open: never a crash, never a wrong answer.
@Suite struct SnapshotFaultTests {
    private static let emails = (1...40).map { "user\($0)@example.com" }

    private static func people(_ offset: Int = 0) -> MemoryDirectory {
        MemoryDirectory(
            "customers", columns: World.columns,
            rows: emails.enumerated().map { World.person($0 + 1 + offset, $1) }, match: ["email"])
    }

    private func fixture() async throws -> Fixture {
        let fixture = try Fixture()
        try await fixture.build([Self.people()])
        return fixture
    }

    private func write(_ bytes: Data, _ fixture: Fixture) throws {
        try bytes.write(to: URL(fileURLWithPath: fixture.path), options: .atomic)
    }

    @Test func `of a file cut off anywhere nothing is said, or what is right`() async throws {
        let fixture = try await fixture()
        let whole = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        var nothing = 0
        for length in stride(from: 0, to: whole.count, by: 509) {
            try write(whole.prefix(length), fixture)
            let log = LogLines()
            let store = fixture.store(log: log)
            let found = await store.find("user7@example.com")
            if found == "nothing" {
                nothing += 1
                #expect(log.all == ["warning snapshot damaged"], "\(length)")
            } else {
                // The bucket is in a page that is still there.
                #expect(found.hasPrefix("id=7 "), "\(length): \(found)")
            }
            await store.close()
        }
        #expect(nothing > 0)
    }

    @Test func `with any byte flipped everybody is found rightly, or nothing is said`() async throws {
        let fixture = try await fixture()
        let whole = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        var nothing = 0
        for place in stride(from: 0, to: whole.count, by: 251) {
            var damaged = whole
            damaged[place] ^= 0x41
            try write(damaged, fixture)
            let store = fixture.store()
            for id in [1, 13, 40] {
                let found = await store.find("user\(id)@example.com")
                if found == "nothing" { nothing += 1 }
                #expect(found == "nothing" || found.hasPrefix("id=\(id) "), "\(place): \(found)")
            }
            // Nobody of that name: no entry of somebody else's, either.
            #expect(["nothing", "none"].contains(await store.find("nobody@example.com")))
            await store.close()
        }
        #expect(nothing > 0)
    }

    @Test func `buckets that change places are no answer`() async throws {
        let fixture = try await fixture()
        try await ChildProcess.run(
            "sqlite3", [fixture.path],
            input: """
                UPDATE buckets SET sealed = (SELECT sealed FROM buckets b WHERE b.number = (buckets.number + 1) % 5);
                """)
        let log = LogLines()
        let store = fixture.store(log: log)
        for email in Self.emails { #expect(await store.find(email) == "nothing") }
        #expect(log.all == ["warning snapshot damaged"])
        await store.close()
    }

    @Test func `a bucket that is gone is damage and not somebody unknown`() async throws {
        let fixture = try await fixture()
        try await ChildProcess.run("sqlite3", [fixture.path], input: "DELETE FROM buckets;")
        let store = fixture.store()
        #expect(await store.find("nobody@example.com") == "nothing")
        await store.close()
    }

    @Test func `another key, another version and no file are each one warning`() async throws {
        let fixture = try await fixture()
        let log = LogLines()
        let store = fixture.store(key: Secret("another key, as long as the first"), log: log)
        for _ in 0..<3 { #expect(await store.find("user1@example.com") == "nothing") }
        await store.close()
        try await ChildProcess.run("sqlite3", [fixture.path], input: "UPDATE meta SET format = 2;")
        let newer = fixture.store(log: log)
        for _ in 0..<3 { #expect(await newer.find("user1@example.com") == "nothing") }
        await newer.close()
        try FileManager.default.removeItem(atPath: fixture.path)
        let gone = fixture.store(log: log)
        for _ in 0..<3 { #expect(await gone.find("user1@example.com") == "nothing") }
        await gone.close()
        #expect(log.all == ["other-key", "other-format", "missing"].map { "warning snapshot \($0)" })
    }

    @Test func `a directory of other rules isn't answered for, the others are`() async throws {
        let fixture = try Fixture()
        func configuration(_ list: String) -> ConnectorsConfiguration {
            World.configuration([World.directory("customers", list: list), World.directory("staff")])
        }
        let staff = MemoryDirectory(
            "staff", columns: World.columns, rows: [World.person(9, "sam@example.com")], match: ["email"])
        try await fixture.build([Self.people(), staff], configuration("SELECT 1"))
        let log = LogLines()
        let store = fixture.store(configuration("SELECT 2"), log: log)
        for _ in 0..<2 {
            #expect(await store.find("user1@example.com") == "nothing")
            #expect(await store.find("sam@example.com", in: "staff").hasPrefix("id=9 "))
        }
        #expect(log.all == ["warning snapshot other-configuration customers"])
        await store.close()
    }

    @Test func `a file that is replaced while it is open answers within a second, damaged in between or not`()
        async throws
    {
        let fixture = try await fixture()
        let clock = ManualClock()
        let log = LogLines()
        let store = fixture.store(log: log, clock: clock)
        #expect(await store.find("user1@example.com").hasPrefix("id=1 "))
        try await fixture.build([Self.people(100)])
        // Not looked at again yet: the file that is open is whole.
        #expect(await store.find("user1@example.com").hasPrefix("id=1 "))
        clock.advance(by: .seconds(1))
        #expect(await store.find("user1@example.com").hasPrefix("id=101 "))
        try write(Data("no snapshot".utf8), fixture)
        clock.advance(by: .seconds(1))
        #expect(await store.find("user1@example.com") == "nothing")
        try FileManager.default.removeItem(atPath: fixture.path)
        clock.advance(by: .seconds(1))
        #expect(await store.find("user1@example.com") == "nothing")
        try await fixture.build([Self.people(200)])
        clock.advance(by: .seconds(1))
        #expect(await store.find("user1@example.com").hasPrefix("id=201 "))
        #expect(log.all == ["warning snapshot damaged", "warning snapshot missing"])
        await store.close()
    }

    @Test func `one that is written over in place is no answer until it is whole again`() async throws {
        let fixture = try await fixture()
        let clock = ManualClock()
        let store = fixture.store(clock: clock)
        #expect(await store.find("user1@example.com").hasPrefix("id=1 "))
        let other = fixture.folder.file("other")
        try await fixture.build([Self.people(100)], to: other)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: other))
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: fixture.path))
        try handle.write(contentsOf: bytes.prefix(bytes.count / 2))
        for email in Self.emails {
            let found = await store.find(email)
            #expect(found == "nothing" || found.contains("email=\(email) "))
        }
        try handle.write(contentsOf: bytes.dropFirst(bytes.count / 2))
        try handle.close()
        clock.advance(by: .seconds(1))
        #expect(await store.find("user1@example.com").hasPrefix("id=101 "))
        await store.close()
    }

    @Test func `age is by the wall clock, which may jump to and fro`() async throws {
        let fixture = try await fixture()
        let log = LogLines()
        let store = fixture.store(maxAge: .seconds(3600), log: log)
        func isUsed() async -> Bool { await store.find("user1@example.com") != "nothing" }
        for (jump, expected) in [
            (0, true), (3600, true), (1, false), (-3601, true), (-3600, true), (-1, false), (3601, true),
        ] {
            fixture.clock.move(by: .seconds(jump))
            #expect(await isUsed() == expected, "\(jump)")
        }
        // Once for the file, whatever the clock does.
        #expect(log.all == ["warning snapshot too-old"])
        await store.close()
    }

    @Test func `a look-up after its deadline says nothing, and the next one finds`() async throws {
        let fixture = try await fixture()
        let store = fixture.store()
        let late = await store.lookUp("user1@example.com", in: "customers", by: .after(.zero))
        #expect(described(late) == "nothing")
        #expect(await store.find("user1@example.com").hasPrefix("id=1 "))
        await store.close()
    }

    @Test func `many look-ups at once are each answered`() async throws {
        let fixture = try await fixture()
        let store = fixture.store()
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<400 {
                let id = number % 40 + 1
                group.addTask { await store.find("user\(id)@example.com").hasPrefix("id=\(id) ") }
            }
            for await isRight in group { #expect(isRight) }
        }
        await store.close()
    }

    @Test func `nothing of a person, a directory or a column stands in the file`() async throws {
        let fixture = try await fixture()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        for value in Self.emails + [
            "Name 1", "$2b$04", "stored", "example", "customers", "confirmed", "email", "2026-01",
        ] {
            #expect(bytes.range(of: Data(value.utf8)) == nil, "\(value)")
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: fixture.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path) == ["lookups.snapshot"])
    }
}
