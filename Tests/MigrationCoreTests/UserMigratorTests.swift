import Glibc
import PasswordHashing
import TestSupport
import Testing
import Threads

@testable import MigrationCore

/// The decision, rule by rule.
@Suite struct UserMigratorTests {
    private typealias World = MigrationWorld

    private func world(
        _ rows: [[String?]], pool: UserPoolSettings? = nil, hasUsername: Bool = false,
        change: (inout ConnectorsConfiguration) -> Void = { _ in }
    ) -> World {
        World([.init(rows: rows)], pool: pool, hasUsername: hasUsername, change: change)
    }

    // MARK: The reply table

    @Test func `a right password is answered with the mapped user`() async {
        let decision = await world([World.row("1")]).signIn("user1@example.com")
        #expect(decision.verdict.code == "accepted")
        #expect(decision.summary == "CONFIRMED")
        #expect(
            decision.attributes == [
                "email": "user1@example.com", "email_verified": "true", "name": "User 1",
            ])
    }

    @Test func `the reply carries the mapped value and never the typed one`() async {
        let decision = await world([World.row("1")]).signIn("USER1@Example.COM")
        #expect(decision.attributes["email"] == "user1@example.com")
        #expect(decision.attributes["username"] == nil)
    }

    @Test func `final_user_status is said for a sign-in`() async {
        let decision = await world([World.row("1")]) { $0.signIn.finalUserStatus = .resetRequired }
            .signIn("user1@example.com")
        #expect(decision.summary == "RESET_REQUIRED")
    }

    @Test func `a wrong password is denied`() async {
        let decision = await world([World.row("1")]).signIn("user1@example.com", SampleHash.otherPassword)
        #expect(decision.verdict.code == "wrong-password")
        #expect(decision.summary == "deny")
    }

    @Test func `an unknown user is denied`() async {
        let decision = await world([World.row("1")]).signIn("nobody@example.com")
        #expect(decision.verdict.code == "unknown-user")
        #expect(decision.summary == "deny")
    }

    @Test func `several entries are ambiguous, and denied before a password is looked at`() async {
        let rows = [World.row("1"), World.row("2", ["email": "user1@example.com", "pw": SampleHash.other])]
        let decision = await world(rows).signIn("user1@example.com", SampleHash.password)
        #expect(decision.verdict.code == "ambiguous")
        #expect(decision.summary == "deny")
    }

    @Test func `an outage is an error that the user may read, never a denial`() async {
        let down = World([.init(rows: [World.row("1")], condition: .down(.unreachable))])
        for decision in [await down.signIn("user1@example.com"), await down.forgot("user1@example.com")] {
            #expect(decision.verdict.code == "unavailable")
            #expect(decision.summary == "DirectoryUnavailable")
        }
    }

    @Test(arguments: ["", "\0", "\0\0\0"])
    func `an empty password is refused before any directory is asked`(_ password: String) async {
        // A directory that was asked would make this an outage.
        let decision = await World([.init(condition: .down(.unreachable))]).signIn("user1@example.com", password)
        #expect(decision.verdict.code == "wrong-password")
        #expect(decision.summary == "deny")
        #expect(decision.steps.isEmpty)
    }

    @Test(arguments: ["", "user1@example.com\0", "\0"])
    func `a name that nobody can have is unknown before any directory is asked`(_ identifier: String) async {
        let decision = await World([.init(condition: .down(.unreachable))]).signIn(identifier)
        #expect(decision.verdict.code == "unknown-user")
    }

    // MARK: Order

    @Test func `a migrated entry is unknown to both sources, even with the right password`() async {
        let world = world([World.row("1", ["migrated_at": "2026-02-01", "disabled": "1"])])
        for decision in [await world.signIn("user1@example.com"), await world.forgot("user1@example.com")] {
            #expect(decision.verdict.code == "unknown-user")
            #expect(decision.summary == "deny")
            #expect(decision.steps.map(\.finding) == [.migrated])
        }
    }

    @Test(arguments: ["", "0", "f", "False", "n", "NO", "off"])
    func `a false-like migrated column leaves the entry to the trigger`(_ value: String) async {
        let decision = await world([World.row("1", ["migrated_at": value])]).signIn("user1@example.com")
        #expect(decision.verdict.code == "accepted")
    }

    @Test func `a migrated entry ends the chain`() async {
        let world = World([
            .init(rows: [World.row("1", ["migrated_at": "yes"])]), .init(rows: [World.row("1")]),
        ])
        #expect(await world.signIn("user1@example.com").verdict.code == "unknown-user")
    }

    @Test func `what was typed must be the canonical name`() async {
        // Found by login, but the pool's users are named by email.
        let decision = await world([World.row("1")]).signIn("user1")
        #expect(decision.verdict.code == "not-canonical")
        #expect(decision.summary == "deny")
    }

    @Test func `disabled is concluded only after the password was right`() async {
        let world = world([World.row("1", ["disabled": "true"])])
        #expect(await world.signIn("user1@example.com").verdict.code == "disabled")
        #expect(await world.signIn("user1@example.com").summary == "deny")
        #expect(await world.signIn("user1@example.com", "wrong").verdict.code == "wrong-password")
    }

    @Test func `must reset is concluded only after the password was right, and then resets`() async {
        let world = world([World.row("1", ["must_change": "1"])])
        #expect(await world.signIn("user1@example.com", "wrong").verdict.code == "wrong-password")
        let decision = await world.signIn("user1@example.com")
        #expect(decision.verdict.code == "must-reset")
        #expect(decision.summary == "RESET_REQUIRED")
        #expect(decision.attributes["email"] == "user1@example.com")
    }

    @Test func `must reset without a verified contact is denied`() async {
        let decision = await world([World.row("1", ["must_change": "1", "email_confirmed": nil])])
            .signIn("user1@example.com")
        #expect(decision.verdict.code == "must-reset")
        #expect(decision.summary == "deny")
    }

    @Test func `must reset without a verified contact comes before an attribute that is invalid`() async {
        let changes = ["must_change": "1", "email_confirmed": nil, "birthdate": "soon"]
        let decision = await world([World.row("1", changes)]).signIn("user1@example.com")
        #expect(decision.verdict.code == "must-reset")
        #expect(decision.summary == "deny")
    }

    @Test func `on_must_reset deny denies always`() async {
        let decision = await world([World.row("1", ["must_change": "1"])]) { $0.signIn.onMustReset = .deny }
            .signIn("user1@example.com")
        #expect(decision.verdict.code == "must-reset")
        #expect(decision.summary == "deny")
    }

    @Test func `disabled comes before must reset`() async {
        let decision = await world([World.row("1", ["must_change": "1", "disabled": "1"])]).signIn("user1@example.com")
        #expect(decision.verdict.code == "disabled")
    }

    @Test func `password_policy pool makes a right but weak password a reset`() async {
        var pool = World.emailPool
        pool.passwordPolicy = .init(
            minimumLength: 8, requiresUppercase: true, requiresLowercase: true, requiresNumbers: false,
            requiresSymbols: false)
        let weak = world([World.row("1")], pool: pool) { $0.signIn.passwordPolicy = .pool }
        let decision = await weak.signIn("user1@example.com")
        #expect(decision.verdict.code == "must-reset")
        #expect(decision.summary == "RESET_REQUIRED")
        #expect(await weak.signIn("user1@example.com", "Wrong horse").verdict.code == "wrong-password")
        #expect(await world([World.row("1")], pool: pool).signIn("user1@example.com").verdict.code == "accepted")
    }

    @Test func `unmappable is told only after the password was right`() async {
        let world = world([World.row("1", ["birthdate": "1.2.1990"])])
        #expect(await world.signIn("user1@example.com", "wrong").summary == "deny")
        let decision = await world.signIn("user1@example.com")
        #expect(decision.verdict.code == "unmappable")
        #expect(decision.summary == "AttributeInvalid")
    }

    @Test func `an absent value is not invalid, but a required one must be there`() async {
        let absent = world([World.row("1", ["name": nil])])
        #expect(await absent.signIn("user1@example.com").attributes["name"] == nil)
        let required = world([World.row("1", ["name": ""])]) { configuration in
            configuration.attributes = configuration.attributes.map { rule in
                var rule = rule
                if rule.attribute == "name" { rule.isRequired = true }
                return rule
            }
        }
        #expect(await required.signIn("user1@example.com").summary == "AttributeInvalid")
    }

    @Test func `an attribute that the pool's schema requires must be there`() async {
        var pool = World.emailPool
        pool.attributes = MigrationWorld.attributes.map { rule in
            .init(name: rule.attribute, type: .string, isMutable: true, isRequired: rule.attribute == "birthdate")
        }
        let world = world([World.row("1"), World.row("2", ["birthdate": "1990-02-01"])], pool: pool)
        #expect(await world.signIn("user1@example.com").verdict.code == "unmappable")
        #expect(await world.signIn("user2@example.com").verdict.code == "accepted")
    }

    @Test func `an invalid value is dropped where the mapping says so`() async {
        let world = world([World.row("1", ["phone": "call me"])]) { configuration in
            configuration.attributes[2].onInvalid = .drop
        }
        let decision = await world.signIn("user1@example.com")
        #expect(decision.verdict.code == "accepted")
        #expect(decision.attributes["phone_number"] == nil)
        // There is nothing left that it could be true of.
        #expect(decision.attributes["phone_number_verified"] == nil)
    }

    // MARK: Stored hashes

    @Test(
        arguments: [
            (nil, Verdict.UnverifiableReason.absent), ("", .absent), ("not a hash", .malformed),
            ("$2b$31$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e", .overLimit), ("{SASL}ana", .heldElsewhere),
        ] as [(String?, Verdict.UnverifiableReason)])
    func `a hash that can't be checked is unverifiable, and denied`(
        _ hash: String?, _ reason: Verdict.UnverifiableReason
    ) async {
        let decision = await world([World.row("1", ["pw": hash])]).signIn("user1@example.com")
        #expect(decision.verdict.code == "unverifiable")
        #expect(decision.steps.map(\.finding) == [.unverifiable(reason)])
        #expect(decision.summary == "deny")
    }

    @Test func `forgot password still works for the unverifiable`() async {
        let decision = await world([World.row("1", ["pw": "not a hash"])]).forgot("user1@example.com")
        #expect(decision.summary == "RESET_REQUIRED")
    }

    @Test func `a password of 100 kB is a wrong one`() async {
        let decision = await world([World.row("1")]).signIn("user1@example.com", String(repeating: "x", count: 100_000))
        #expect(decision.verdict.code == "wrong-password")
    }

    // MARK: Forgot password

    @Test func `forgot password answers RESET_REQUIRED for an enabled entry with a verified contact`() async {
        let decision = await world([World.row("1")]) { $0.signIn.finalUserStatus = .confirmed }
            .forgot("user1@example.com")
        #expect(decision.summary == "RESET_REQUIRED")
        #expect(decision.attributes["email_verified"] == "true")
    }

    @Test(
        arguments: [
            ["disabled": "1"], ["email_confirmed": nil], ["migrated_at": "x"], ["birthdate": "never"],
            ["email": "other@example.com"],
        ] as [[String: String?]])
    func `forgot password denies in every other case`(_ changes: [String: String?]) async {
        let decision = await world([World.row("1", changes)]).forgot("user1@example.com")
        #expect(decision.summary == "deny")
    }

    @Test func `forgot password doesn't mind must reset`() async {
        let decision = await world([World.row("1", ["must_change": "1"])]).forgot("user1@example.com")
        #expect(decision.summary == "RESET_REQUIRED")
    }

    // MARK: Kinds of pools

    @Test func `a user name pool is answered without a user name`() async {
        let decision = await world([World.row("1")], hasUsername: true).signIn("USER1")
        #expect(decision.verdict.code == "accepted")
        #expect(decision.attributes["username"] == nil)
        #expect(
            await world([World.row("1")], hasUsername: true).signIn("user1@example.com").verdict.code == "not-canonical"
        )
    }

    @Test func `an alias is answered with the real user name, and only if it is verified`() async {
        var pool = UserPoolSettings.assumed(hasUsername: true)
        pool.aliasAttributes = [.email]
        let world = world(
            [World.row("1"), World.row("2", ["email_confirmed": nil])], pool: pool, hasUsername: true)
        #expect(await world.signIn("user1@example.com").attributes["username"] == "user1")
        #expect(await world.signIn("user1").attributes["username"] == nil)
        #expect(await world.signIn("user2@example.com").verdict.code == "not-canonical")
    }

    // MARK: Several directories

    @Test func `the first directory that knows the user decides`() async {
        let world = World([
            .init(rows: [World.row("1")]), .init(rows: [World.row("1", ["pw": SampleHash.other])]),
        ])
        #expect(await world.signIn("user1@example.com", SampleHash.otherPassword).verdict.code == "wrong-password")
        #expect(await world.signIn("user1@example.com").directory == "d0")
    }

    @Test func `on_wrong_password next tries the password at the next directory`() async {
        let world = World([
            .init(rows: [World.row("1")], onWrongPassword: .next),
            .init(rows: [World.row("1", ["pw": SampleHash.other])]),
        ])
        let decision = await world.signIn("user1@example.com", SampleHash.otherPassword)
        #expect(decision.verdict.code == "accepted")
        #expect(decision.directory == "d1")
    }

    @Test func `on_unavailable next lets the next decide, and its silence stays an outage`() async {
        let world = World([
            .init(condition: .down(.unreachable), onUnavailable: .next), .init(rows: [World.row("1")]),
        ])
        #expect(await world.signIn("user1@example.com").verdict.code == "accepted")
        #expect(await world.signIn("nobody@example.com").verdict.code == "unavailable")
    }

    @Test func `a directory that knows the user and then fails is not passed over`() async {
        // The next one has an old password, which must not get in while the first can't say.
        let keep = World.columns.indices.filter { World.columns[$0] != "disabled" }
        let world = World([
            .init(
                rows: [keep.map { World.row("1", ["pw": SampleHash.other])[$0] }], onUnavailable: .next,
                columns: keep.map { World.columns[$0] }),
            .init(rows: [World.row("1")]),
        ])
        #expect(await world.signIn("user1@example.com").verdict.code == "unavailable")
        #expect(await world.signIn("user1@example.com").directory == "d0")
    }

    @Test func `a refusal names the directory that said so`() async {
        let world = World([
            .init(rows: [World.row("1")], onWrongPassword: .next), .init(rows: [World.row("2")]),
        ])
        let decision = await world.signIn("user1@example.com", "wrong")
        #expect(decision.verdict.code == "wrong-password")
        #expect(decision.directory == "d0")
    }

    @Test func `every refusal takes as long as where checking a hash takes longest`() async throws {
        // bcrypt of cost 4 for one, of cost 11 for the other: 128 times the work.
        let slow = "$2b$11$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"
        let world = World([
            .init(rows: [World.row("1", ["pw": slow])]), .init(rows: [World.row("2")]),
        ])
        func time(_ identifier: String) async -> Duration {
            let start = ContinuousClock.now
            #expect(await world.signIn(identifier, "wrong").summary == "deny")
            return start.duration(to: .now)
        }
        _ = await time("user1@example.com")
        // A password that is refused without work must not make the rest look cheap.
        for odd in [String(repeating: "x", count: 5000), String(repeating: "x", count: 600), "x\0y"] {
            _ = await world.signIn("user1@example.com", odd)
        }
        let times = [await time("user2@example.com"), await time("nobody@example.com")]
        // In a core's time, which a busy machine doesn't stretch.
        let work = try processorTime {
            _ = try #require(PasswordVerifier(scheme: "bcrypt")).verify(stored: slow, typed: "x")
        }
        for time in times { #expect(time > work / 2) }
    }

    @Test func `names ignore the case of letters as the pool does`() async {
        var caseSensitive = World.emailPool
        caseSensitive.isCaseSensitive = true
        for (pool, verdict) in [(World.emailPool, "accepted"), (caseSensitive, "unknown-user")] {
            let world = World([.init(rows: [World.row("1")], names: ["@example[.]com$"])], pool: pool)
            #expect(await world.signIn("user1@EXAMPLE.com").verdict.code == verdict)
        }
    }

    @Test func `names decide who is asked`() async {
        let world = World([
            .init(condition: .down(.unreachable), names: [#"@staff\.example\.com$"#, "^admin"]),
            .init(rows: [World.row("1")]),
        ])
        #expect(await world.signIn("user1@example.com").verdict.code == "accepted")
        #expect(await world.signIn("bob@staff.example.com").verdict.code == "unavailable")
        #expect(await world.signIn("admin7").verdict.code == "unavailable")
        #expect(await world.signIn("bob@staffXexample.com").verdict.code == "unknown-user")
    }

    @Test func `a directory's own rules go before the common ones`() async {
        let world = World([
            .init(
                rows: [World.row("1")],
                attributes: [
                    AttributeRule("name", from: .columns(["login"])),
                    AttributeRule("nickname", from: .columns(["name"])),
                ])
        ])
        let attributes = await world.signIn("user1@example.com").attributes
        #expect(attributes["name"] == "user1")
        #expect(attributes["nickname"] == "User 1")
    }

    // MARK: Columns

    @Test(arguments: ["id", "pw", "disabled", "must_change", "migrated_at"])
    func `a column that the decision needs and that isn't there is an outage`(_ missing: String) async {
        let keep = World.columns.indices.filter { World.columns[$0] != missing }
        let world = World([
            .init(rows: [keep.map { World.row("1")[$0] }], columns: keep.map { World.columns[$0] })
        ])
        let decision = await world.signIn("user1@example.com")
        #expect(decision.steps.map(\.finding) == [.unavailable(DirectoryError(.missingColumn, directory: "d0"))])
        #expect(decision.summary == "DirectoryUnavailable")
    }

    @Test func `a rule whose column isn't there is an outage where no other directory can have it`() async {
        func verdict(_ rule: AttributeRule, directories: Int = 1) async -> [DirectoryStep.Finding] {
            let world = World(Array(repeating: .init(rows: [World.row("1")]), count: directories)) {
                $0.attributes.append(rule)
            }
            return await world.signIn("user1@example.com").steps.map(\.finding)
        }
        let missing = DirectoryStep.Finding.unavailable(DirectoryError(.missingColumn, directory: "d0"))
        #expect(await verdict(AttributeRule("nickname", from: .columns(["nick", "nic"]))) == [missing])
        #expect(await verdict(AttributeRule("nickname", from: .columns(["nick", "name"]))) == [.accepted])
        #expect(await verdict(AttributeRule("nickname", from: .columns(["nick"])), directories: 2) == [.accepted])
        if let template = try? Template("{frist} {name}") {
            #expect(await verdict(AttributeRule("nickname", from: .template(template))) == [missing])
        }
    }

    @Test func `without a password a hash that can't be checked is told all the same`() async {
        for (hash, finding) in [
            (nil, .unverifiable(.absent)), ("nonsense", .unverifiable(.malformed)),
            ("{SASL}ana", .unverifiable(.heldElsewhere)), (SampleHash.correct, .accepted),
        ] as [(String?, DirectoryStep.Finding)] {
            let decision = await world([World.row("1", ["pw": hash])]).migrator
                .migrate("user1@example.com", .assumedRight, by: .after(.seconds(4)))
            #expect(decision.steps.map(\.finding) == [finding])
        }
    }

    @Test func `a column that is there twice is an outage`() async {
        let world = World([.init(rows: [World.row("1") + ["1"]], columns: World.columns + ["disabled"])])
        let decision = await world.signIn("user1@example.com")
        #expect(decision.steps.map(\.finding) == [.unavailable(DirectoryError(.badQuery, directory: "d0"))])
    }

    @Test func `a flag that can't be read counts as set and is reported`() async {
        let world = world([World.row("1", ["disabled": "soon"])]) { configuration in
            configuration.directories[0].disabled = FlagRule(column: "disabled", form: .beforeNow)
        }
        let decision = await world.signIn("user1@example.com")
        #expect(decision.verdict.code == "disabled")
        #expect(decision.steps.flatMap(\.unreadableFlags) == ["disabled"])
    }

    // MARK: Time

    @Test func `a directory's timeout leaves time for the next`() async {
        let world = World([
            .init(condition: .silent, onUnavailable: .next, timeout: .milliseconds(100)),
            .init(rows: [World.row("1")]),
        ])
        // Without it the first would take the whole budget.
        #expect(await world.signIn("user1@example.com").verdict.code == "accepted")
    }

    @Test func `a silent directory is an outage at the deadline`() async {
        let world = World([.init(condition: .silent, timeout: .seconds(60))])
        let start = ContinuousClock.now
        let decision = await world.signIn("user1@example.com", within: .milliseconds(200))
        #expect(decision.verdict.code == "unavailable")
        #expect(start.duration(to: .now) < .seconds(30))
    }

    @Test func `a denial before a hash was verified costs a verification`() async {
        // Every hash waits behind one that takes the whole budget: whoever needs none answers at once.
        let pool = VerificationPool(width: 1, maxQueued: 8)
        var configuration = World([.init()]).configuration
        configuration.directories[0].timeout = .seconds(1)
        let migrator = UserMigrator(
            configuration,
            directories: [MemoryDirectory("d0", columns: World.columns, rows: [World.row("1")], match: ["email"])],
            verification: pool)
        async let blocking: Void? = try? pool.run(by: .now + .seconds(1)) { sleepBlocking(.milliseconds(400)) }
        try? await Task.sleep(for: .milliseconds(50))
        let decision = await migrator.migrate(
            "nobody@example.com", .typed(Secret("x")), by: .after(.milliseconds(100)))
        // It couldn't do the work in time, exactly as for a known user.
        #expect(decision.verdict.code == "unavailable")
        _ = await blocking
        #expect(
            await migrator.migrate("nobody@example.com", .typed(Secret("x")), by: .after(.seconds(2))).verdict.code
                == "unknown-user")
        pool.close()
    }
}

/// How long a core worked for this thread.
private func processorTime(_ work: () throws -> Void) rethrows -> Duration {
    func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
    let start = now()
    try work()
    return now() - start
}
