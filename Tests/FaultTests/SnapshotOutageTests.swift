import Foundation
import TestSupport
import Testing

/// A directory that is gone, and a snapshot at hand.
@Suite struct SnapshotOutageTests {
    private static let environment = ["SNAPSHOT_KEY": "made up for tests, of 32 bytes or more"]

    /// `serve` over PostgreSQL behind a proxy, with a snapshot that was built while it was there.
    private struct Place {
        let proxy: FaultProxy
        let folder: TemporaryFolder
        let yaml: String
        let environment: [String: String]
        let trigger: ServedTrigger

        init() async throws {
            let server = try await Servers.shared().postgres
            proxy = try FaultProxy(to: server.port)
            var (yaml, environment) = Faulted.postgres(
                server.connection(database: Servers.database, "port=\(proxy.port) sslmode=disable"))
            yaml = Faulted.with(1000, yaml).replacing(
                "cache: { memory: { entries: 0 } }",
                with: """
                    cache:
                      memory: { entries: 0 }
                      snapshot: { path: lookups.snapshot, key: "${env:SNAPSHOT_KEY}" }
                    """)
            environment.merge(SnapshotOutageTests.environment) { $1 }
            folder = try TemporaryFolder("snapshot-outage")
            (self.yaml, self.environment) = (yaml, environment)
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder.file("connectors.yaml")))
            try await Self.build("lookups.snapshot", in: folder, environment)
            trigger = try await ServedTrigger(yaml, environment: environment, in: folder)
        }

        /// `cache build`, as an operator runs it.
        static func build(
            _ name: String, in folder: TemporaryFolder, _ environment: [String: String]
        ) async throws {
            let result = try await Program.run(
                "migrate-cli", ["cache", "build", "-o", folder.file(name)], environment: environment, in: folder.path)
            try #require(result.status == 0, "\(result.errors)")
        }

        func problem(_ event: String, _ expected: UserTable.Expected) async throws -> String? {
            let reply = try await trigger.send(event)
            return UserTable.problem(with: reply.bytes, isError: reply.isError, to: event, expected)
        }

        /// Until a sign-in with the right password ends so: a file that is put in place is noticed within a second.
        func expectSoon(_ expected: UserTable.Expected) async throws {
            let patience = ContinuousClock.now + .seconds(10)
            var problem = try await problem(Faulted.right, expected)
            while problem != nil, ContinuousClock.now < patience {
                try await Task.sleep(for: .milliseconds(100))
                problem = try await self.problem(Faulted.right, expected)
            }
            #expect(problem == nil)
        }
    }

    @Test func `a thousand sign-ins are answered rightly from the snapshot while the directory is gone`() async throws {
        let place = try await Place()
        place.proxy.behaviour = .refusing
        place.proxy.cut()
        let wrongs = 500
        try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<(2 * wrongs) {
                if number >= 8, let problem = try await group.next() ?? nil { Issue.record("\(problem)") }
                let isRight = number % 2 == 0
                let event =
                    isRight
                    ? Faulted.right
                        // Somebody who is there, and somebody who isn't.
                    : UserTable.event(
                        number % 4 == 1 ? Faulted.user : "nobody@example.com", password: "wrong \(number)")
                group.addTask { try await place.problem(event, isRight ? Faulted.accepted : .unchanged) }
            }
            for try await case let problem? in group { Issue.record("\(problem)") }
        }
        let lines = try await place.trigger.invocations()
        #expect(lines.allSatisfy { $0.cache == "snapshot" && $0.milliseconds <= 1100 })
        // The floor of this configuration.
        let denied = lines.filter { $0.verdict == "wrong-password" || $0.verdict == "unknown-user" }
        #expect(denied.allSatisfy { $0.milliseconds >= 50 })
        let accepted = lines.filter { $0.verdict == "accepted" }.map(\.milliseconds).sorted()
        #expect(denied.count == wrongs && accepted.count == wrongs)
        print("median of the right ones, with seven others at a time: \(accepted[accepted.count / 2]) ms")
        place.proxy.behaviour = .passing
        try await Task.sleep(for: .seconds(1.5))
        _ = try await place.problem(Faulted.wrong, .unchanged)
        #expect(try await place.trigger.invocations().last?.cache == "none")
        let log = try await place.trigger.end()
        for secret in UserTable.secrets { #expect(!log.contains(secret)) }
    }

    @Test func `one that is replaced while it is open, cut off or of another key never answers wrongly`() async throws {
        let place = try await Place()
        try await Place.build("good", in: place.folder, place.environment)
        try await Place.build(
            "strange", in: place.folder,
            place.environment.merging(["SNAPSHOT_KEY": "another one, of 32 bytes or more as well"]) { $1 })
        place.proxy.behaviour = .refusing
        place.proxy.cut()
        let outage = UserTable.Expected.error("DirectoryUnavailable")
        try await place.expectSoon(Faulted.accepted)
        func put(_ name: String) throws {
            let copy = place.folder.file("copy")
            try FileManager.default.copyItem(atPath: place.folder.file(name), toPath: copy)
            try #require(rename(copy, place.folder.file("lookups.snapshot")) == 0)
        }
        try put("strange")
        try await place.expectSoon(outage)
        try put("good")
        try await place.expectSoon(Faulted.accepted)
        // In place, while it is open.
        let size = try #require(
            try FileManager.default.attributesOfItem(atPath: place.folder.file("lookups.snapshot"))[.size] as? Int)
        try #require(truncate(place.folder.file("lookups.snapshot"), size / 2) == 0)
        try await place.expectSoon(outage)
        try put("good")
        try await place.expectSoon(Faulted.accepted)
        try FileManager.default.removeItem(atPath: place.folder.file("lookups.snapshot"))
        try await place.expectSoon(outage)
        try put("good")
        try await place.expectSoon(Faulted.accepted)
        let log = try await place.trigger.end()
        for reason in ["other-key", "damaged", "missing"] {
            #expect(log.contains("\"message\":\"snapshot\",\"reason\":\"\(reason)\""), "\(reason)")
        }
        for secret in UserTable.secrets + Array(Self.environment.values) { #expect(!log.contains(secret)) }
    }
}
