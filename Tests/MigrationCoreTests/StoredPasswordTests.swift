import PasswordHashing
import TestSupport
import Testing
import Threads

@testable import MigrationCore

/// What stored hashes come to in a sign-in.
struct StoredPasswordTests {
    typealias World = MigrationWorld

    @Test(arguments: [
        ("*", Verdict.UnverifiableReason.malformed),
        ("x", .malformed),
        (String(repeating: "a", count: 1 << 20), .malformed),
        ("$2b$31$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e", .overLimit),
        ("{SASL}user1@EXAMPLE.COM", .heldElsewhere),
    ])
    func `a hash that can't be checked is unverifiable, by that name, with and without a password`(
        _ stored: String, _ reason: Verdict.UnverifiableReason
    ) async {
        let world = World([.init(rows: [World.row("1", ["pw": stored])])])
        for evidence in [PasswordEvidence.typed(Secret("anything")), .assumedRight] {
            let decision = await world.migrator.migrate("user1@example.com", evidence, by: .after(.seconds(4)))
            #expect(decision.verdict.code == "unverifiable")
            #expect(decision.steps.map(\.finding) == [.unverifiable(reason)])
            #expect(decision.summary == "deny")
        }
        // Forgot password still works.
        #expect(await world.forgot("user1@example.com").summary == "RESET_REQUIRED")
    }

    @Test func `a hash too slow for the budget is an outage, and isn't started`() async throws {
        // 2^20 rounds of bcrypt are more than ten seconds on any machine.
        let slow = "$2b$20$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"
        let world = World([.init(rows: [World.row("1", ["pw": slow])])]) { configuration in
            var options = PasswordOptions()
            options.limits.bcryptCost = 20
            configuration.directories[0].password = .stored(StoredPassword(column: "pw", options: options))
        }
        let start = ContinuousClock.now
        let decision = await world.signIn("user1@example.com", within: .seconds(10))
        #expect(decision.verdict.code == "unavailable")
        #expect(decision.summary == "DirectoryUnavailable")
        // Had it been started, the answer would have come at the deadline.
        #expect(start.duration(to: .now) < .seconds(9))
        guard case .unavailable(let error) = decision.verdict else { return }
        #expect(error.code == .deadlineExceeded)
        #expect(error.detail.contains("longer than there is left"))
    }

    @Test func `limits are moved by the configuration alone`() async {
        let world = World([.init(rows: [World.row("1")])]) { configuration in
            var options = PasswordOptions()
            options.limits.bcryptCost = 3
            configuration.directories[0].password = .stored(StoredPassword(column: "pw", options: options))
        }
        #expect(await world.signIn("user1@example.com").verdict.code == "unverifiable")
    }

    @Test func `salt and name come from the row's columns, the pepper from its reference`() async throws {
        let stored = Self.sha256
        var settings = PasswordSettings()
        try settings.set("format", to: "{salt}{password}{pepper}")
        let options = settings.options
        var secrets = PasswordSecrets()
        "p3pper".utf8.withContiguousStorageIfAvailable { secrets.setPepper(UnsafeRawBufferPointer($0)) }
        func world(_ row: [String: String?], secrets: [PasswordSecrets]) -> World {
            World([.init(rows: [World.row("1", row)])], secrets: secrets) { configuration in
                configuration.directories[0].password = .stored(
                    StoredPassword(column: "pw", scheme: "salted-sha256", options: options, columns: ["salt": "name"]))
            }
        }
        let right = world(["pw": stored], secrets: [secrets])
        #expect(await right.signIn("user1@example.com").verdict.code == "accepted")
        #expect(await right.signIn("user1@example.com", "correct hors").verdict.code == "wrong-password")
        let otherSalt = world(["pw": stored, "name": "User 2"], secrets: [secrets])
        #expect(await otherSalt.signIn("user1@example.com").verdict.code == "wrong-password")
        let noPepper = world(["pw": stored], secrets: [])
        #expect(await noPepper.signIn("user1@example.com").verdict.code == "wrong-password")
        // A column that isn't there is nobody's wrong password.
        let noColumn = World([.init(rows: [World.row("1")])]) { configuration in
            configuration.directories[0].password = .stored(
                StoredPassword(column: "pw", scheme: "salted-sha256", columns: ["salt": "salt_col"]))
        }
        #expect(await noColumn.signIn("user1@example.com").verdict.code == "unavailable")
    }

    /// SHA-256 of "User 1", "correct horse" and "p3pper".
    private static let sha256 = "3e19a8607fde0976b9ae89a886abd6c3741e8a91c2953c225c9928f35c42a0a5"

    @Test func `secrets are resolved when directories are opened, and an empty one is an error`() throws {
        let configuration = ConnectorsConfiguration(directories: [
            DirectoryConfiguration(
                name: "d", type: "memory", key: "id",
                password: .stored(
                    StoredPassword(column: "pw", scheme: "devise", secrets: ["pepper": "${env:PEPPER}"])))
        ])
        func opener(_ value: String?) -> DirectoryOpener {
            DirectoryOpener(
                kinds: [], baseFolder: "", environment: { $0 == "PEPPER" ? value : nil },
                readFile: { _ throws(SecretTemplate.Unresolved) in "" })
        }
        let secrets = try opener("p3pper").passwordSecrets(configuration)
        #expect(secrets.count == 1)
        #expect(secrets[0].hasPepper)
        #expect("\(secrets[0])" == "[secret]")
        for value in [nil, ""] {
            let error = #expect(throws: DirectoryOpener.Failure.self) {
                try opener(value).passwordSecrets(configuration)
            }
            #expect(error?.description.hasPrefix("d: password: pepper: ") ?? false)
        }
    }
}
