import PasswordHashing
import Synchronization
import TestSupport
import Testing
import Threads

@testable import MigrationCore

/// What is kept of directories, and what it is good for.
@Suite struct KeptAnswersTests {
    private typealias World = MigrationWorld

    /// A migrator over directories that change while it is at work.
    private final class Living: Sendable {
        let directories: [ChangingDirectory]
        let migrator: UserMigrator
        let clock = ManualClock()

        init(
            _ rows: [[[String?]]], isBind: Bool = false, lateAnswers: LateAnswers = .dropped,
            snapshot: (any LookupStore)? = nil, timeout: Duration = .seconds(2),
            change: (inout ConnectorsConfiguration) -> Void = { _ in }
        ) {
            directories = rows.enumerated().map { index, rows in ChangingDirectory(Living.rows(rows, index)) }
            var configuration = ConnectorsConfiguration(
                userPool: .init(settings: nil),
                directories: directories.map { directory in
                    DirectoryConfiguration(
                        name: directory.name, type: "memory", key: "id",
                        password: isBind ? .bind : .column("pw"), disabled: .init(column: "disabled"),
                        timeout: timeout)
                },
                username: nil, attributes: MigrationWorld.attributes)
            change(&configuration)
            migrator = UserMigrator(
                configuration, directories: directories, verification: VerificationPool(width: 2, maxQueued: 512),
                snapshot: snapshot, lateAnswers: lateAnswers, clock: clock)
        }

        static func rows(
            _ rows: [[String?]], _ index: Int = 0, _ condition: MemoryDirectory.Condition = .up
        ) -> MemoryDirectory {
            MemoryDirectory(
                "d\(index)", columns: MigrationWorld.columns, rows: rows, match: ["email", "login"],
                condition: condition)
        }

        func signIn(
            _ password: String = SampleHash.password, _ identifier: String = "user1@example.com",
            within budget: Duration = .seconds(4)
        ) async -> Decision {
            await migrator.migrate(identifier, .typed(Secret(password)), by: .after(budget))
        }
    }

    /// A snapshot of one directory, in memory.
    private struct Stored: LookupStore {
        let rows: MemoryDirectory

        func lookUp(_ identifier: String, in directory: String, by deadline: Deadline) async -> Lookup? {
            directory == rows.name ? try? await rows.lookUp(identifier, by: deadline) : nil
        }

        func close() async {}
    }

    // MARK: Look-ups

    @Test func `a look-up is asked for once within its ttl`() async {
        let living = Living([[World.row("1")]]) { $0.cache.memory.verdictTTL = .zero }
        #expect(await living.signIn().source == .directory)
        let second = await living.signIn()
        #expect(second.source == .memory)
        #expect(second.verdict.code == "accepted")
        #expect(living.directories[0].lookUps.count == 1)
        living.clock.advance(by: .seconds(300))
        #expect(await living.signIn().source == .directory)
        #expect(living.directories[0].lookUps.count == 2)
    }

    @Test func `nobody is kept for a shorter time`() async {
        let living = Living([[World.row("1")]])
        for _ in 0..<3 { #expect(await living.signIn("x", "nobody@example.com").verdict.code == "unknown-user") }
        #expect(living.directories[0].lookUps.count == 1)
        living.directories[0].become(Living.rows([World.row("1", ["email": "nobody@example.com"])]))
        living.clock.advance(by: .seconds(15))
        #expect(await living.signIn(SampleHash.password, "nobody@example.com").verdict.code == "accepted")
    }

    @Test func `names that differ in a byte are two`() async {
        let (composed, decomposed) = ("\u{E9}@example.com", "e\u{301}@example.com")
        let living = Living([[World.row("1", ["email": composed])]])
        _ = await living.signIn("x", composed)
        _ = await living.signIn("x", decomposed)
        #expect(living.directories[0].lookUps.contains { $0.utf8.elementsEqual(decomposed.utf8) })
    }

    @Test func `a password that was changed works at once, and the old one no longer than ttl`() async {
        let living = Living([[World.row("1")]])
        #expect(await living.signIn().verdict.code == "accepted")
        living.directories[0].become(Living.rows([World.row("1", ["pw": SampleHash.other])]))
        living.clock.advance(by: .seconds(290))
        // Kept: the old one is still good, also for the seconds of a verdict.
        #expect(await living.signIn().verdict.code == "accepted")
        living.clock.advance(by: .seconds(10))
        #expect(await living.signIn().verdict.code == "wrong-password")
        living.directories[0].become(Living.rows([World.row("1")]))
        #expect(await living.signIn().verdict.code == "accepted")
        #expect(await living.signIn(SampleHash.otherPassword).verdict.code == "wrong-password")
    }

    @Test func `a wrong password is refused after asking again, with one check of an unchanged hash`() async {
        let living = Living([[World.row("1")]])
        _ = await living.signIn()
        let decision = await living.signIn(SampleHash.otherPassword)
        #expect(decision.verdict.code == "wrong-password")
        #expect(decision.source == .directory)
        #expect(living.directories[0].lookUps.count == 2)
        // What was asked again is kept.
        #expect(await living.signIn("x").source == .directory)
    }

    @Test func `whatever else would refuse somebody by what is kept is asked again`() async {
        let living = Living([[World.row("1", ["disabled": "true"])]])
        #expect(await living.signIn().verdict.code == "disabled")
        living.directories[0].become(Living.rows([World.row("1")]))
        #expect(await living.signIn().verdict.code == "accepted")
    }

    @Test(arguments: [ChainContinuation.stop, .next])
    func `a wrong password by what is kept is an outage while the directory is down, and nobody else decides`(
        _ policy: ChainContinuation
    ) async {
        let living = Living([[World.row("1")], [World.row("1", ["pw": SampleHash.other])]]) {
            $0.directories[0].onUnavailable = policy
        }
        #expect(await living.signIn().verdict.code == "accepted")
        living.directories[0].become(Living.rows([], 0, .down(.unreachable)))
        #expect(await living.signIn(SampleHash.otherPassword).verdict.code == "unavailable")
        #expect(living.directories[1].lookUps.isEmpty)
        // The right one needs nobody.
        #expect(await living.signIn().verdict.code == "accepted")
    }

    @Test func `errors are not kept`() async {
        let living = Living([[World.row("1")]])
        living.directories[0].become(Living.rows([], 0, .down(.unreachable)))
        #expect(await living.signIn().verdict.code == "unavailable")
        living.directories[0].become(Living.rows([World.row("1")]))
        #expect(await living.signIn().verdict.code == "accepted")
    }

    @Test func `no entries, no cache`() async {
        let living = Living([[World.row("1")]]) { $0.cache.memory.entries = 0 }
        for _ in 0..<2 { #expect(await living.signIn().source == .directory) }
    }

    // MARK: Verdicts

    @Test func `a sign-in that is repeated within seconds is answered without asking`() async {
        let living = Living([[World.row("1")]], isBind: true)
        living.directories[0].setPassword("right")
        #expect(await living.signIn("right").verdict.code == "accepted")
        let second = await living.signIn("right")
        #expect(second.source == .verdict)
        #expect(second.attributes["email"] == "user1@example.com")
        #expect(second.directory == "d0")
        #expect(living.directories[0].checkCount == 1)
        // A wrong try doesn't stand in the way of the right one, nor the right one in that of a wrong one.
        #expect(await living.signIn("wrong").verdict.code == "wrong-password")
        #expect(await living.signIn("right").source == .verdict)
        living.clock.advance(by: .seconds(15))
        #expect(await living.signIn("right").source == .memory)
        #expect(living.directories[0].checkCount == 3)
    }

    @Test func `a refusal that was told is not kept`() async {
        let living = Living([[World.row("1")]], isBind: true)
        #expect(await living.signIn("new").verdict.code == "wrong-password")
        living.directories[0].setPassword("new")
        #expect(await living.signIn("new").verdict.code == "accepted")
    }

    @Test func `a verdict is kept no longer than what it was made from`() async {
        let living = Living([[World.row("1")]]) {
            $0.cache.memory.ttl = .seconds(5)
            $0.cache.memory.verdictTTL = .seconds(60)
        }
        _ = await living.signIn()
        living.directories[0].become(Living.rows([World.row("1", ["pw": SampleHash.other])]))
        living.clock.advance(by: .seconds(4))
        #expect(await living.signIn().source == .verdict)
        living.clock.advance(by: .seconds(1))
        #expect(await living.signIn().verdict.code == "wrong-password")
    }

    // MARK: Single flight

    @Test func `one look-up serves all who ask for the same at a time`() async {
        let living = Living([[World.row("1")]], lateAnswers: .kept)
        living.directories[0].setDelay(.milliseconds(200))
        await withTaskGroup(of: String.self) { group in
            for number in 0..<50 {
                group.addTask {
                    await living.signIn(number == 0 ? SampleHash.password : "wrong \(number % 5)").verdict.code
                }
            }
            var codes: [String: Int] = [:]
            for await code in group { codes[code, default: 0] += 1 }
            #expect(codes == ["accepted": 1, "wrong-password": 49])
        }
        // One for all, and each of five wrong passwords asks again.
        #expect(living.directories[0].lookUps.count <= 6)
    }

    @Test func `one bind serves all who type the same at a time`() async {
        let living = Living([[World.row("1")]], isBind: true, lateAnswers: .kept)
        living.directories[0].setDelay(.milliseconds(100))
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { await living.signIn("wrong").verdict.code } }
            for await code in group { #expect(code == "wrong-password") }
        }
        #expect(living.directories[0].checkCount == 1)
    }

    // MARK: Late answers

    /// Until nothing is under way for a sign-in any more.
    private func settle(_ living: Living) async {
        while living.migrator.underWay > 0 { try? await Task.sleep(for: .milliseconds(2)) }
    }

    /// One who is found at once, in a directory that answers no bind for now.
    private func heldBind(_ timeout: Duration = .seconds(60)) async -> Living {
        let living = Living([[World.row("1")]], isBind: true, lateAnswers: .kept, timeout: timeout)
        living.directories[0].setPassword("right")
        _ = await living.migrator.migrate("user1@example.com", .none, by: .after(.seconds(4)))
        living.directories[0].hold()
        return living
    }

    @Test(arguments: [("right", "accepted"), ("wrong", "wrong-password")])
    func `a bind that outlasts its sign-in answers the next one, and is the only one`(
        _ password: String, _ code: String
    ) async {
        let living = await heldBind()
        let first = await living.signIn(password, within: .milliseconds(500))
        #expect(first.verdict.code == "unavailable")
        #expect(first.directory == "d0")
        // The platform's second try comes while it is under way.
        #expect(await living.signIn(password, within: .milliseconds(100)).verdict.code == "unavailable")
        living.directories[0].release()
        await settle(living)
        let third = await living.signIn(password)
        #expect(third.verdict.code == code)
        #expect(third.source == .verdict)
        #expect(living.directories[0].checkCount == 1)
        // A refusal is told once.
        let fourth = await living.signIn(password)
        #expect(fourth.source == (code == "accepted" ? .verdict : .directory))
    }

    @Test func `whoever was told of an outage has as long to try again as what was found is believed`() async {
        let living = await heldBind()
        #expect(await living.signIn("right", within: .milliseconds(500)).verdict.code == "unavailable")
        living.directories[0].release()
        await settle(living)
        living.clock.advance(by: .seconds(299))
        #expect(await living.signIn("right").source == .verdict)
        living.clock.advance(by: .seconds(1))
        #expect(await living.signIn("right").source == .directory)
        #expect(living.directories[0].checkCount == 2)
    }

    @Test func `a look-up that outlasts its sign-in is kept for the next one`() async {
        let living = Living([[World.row("1")]], lateAnswers: .kept, timeout: .seconds(60))
        living.directories[0].hold()
        #expect(await living.signIn(within: .milliseconds(200)).verdict.code == "unavailable")
        living.directories[0].release()
        let second = await living.signIn()
        #expect(second.verdict.code == "accepted")
        #expect(second.source == .memory)
        #expect(living.directories[0].lookUps.count == 1)
    }

    @Test func `nothing is begun after the deadline`() async {
        let living = Living([[World.row("1")]], isBind: true, lateAnswers: .kept, timeout: .seconds(60))
        living.directories[0].hold()
        _ = await living.signIn("right", within: .milliseconds(100))
        living.directories[0].release()
        await settle(living)
        #expect(living.directories[0].checkCount == 0)
    }

    @Test func `closing ends what is under way`() async {
        let living = Living([[World.row("1")]], lateAnswers: .kept, timeout: .seconds(600))
        living.directories[0].hold()
        _ = await living.signIn(within: .milliseconds(50))
        await living.migrator.close()
        #expect(living.directories[0].isClosed)
        #expect(living.migrator.underWay == 0)
    }

    // MARK: Shares

    @Test func `a directory that hangs leaves time for the next`() async {
        let living = Living([[], [World.row("1")]], timeout: .seconds(60)) {
            $0.directories[0].onUnavailable = .next
        }
        living.directories[0].become(Living.rows([], 0, .silent))
        // The first had the user, perhaps, so the second's word is good only where it knows the user itself.
        #expect(await living.signIn(within: .seconds(4)).verdict.code == "accepted")
        #expect(await living.signIn("x", "nobody@example.com", within: .seconds(4)).verdict.code == "unavailable")
    }

    @Test func `a directory whose outage ends it all has all the time`() async {
        let living = Living([[World.row("1")], []], timeout: .seconds(60))
        living.directories[0].setDelay(.milliseconds(2500))
        #expect(await living.signIn(within: .seconds(4)).verdict.code == "accepted")
    }

    // MARK: The entry's name

    @Test func `an entry that has another name now is no wrong password, and is found under it the next time`() async {
        let living = Living([[World.row("1")]], isBind: true)
        living.directories[0].setPassword("right")
        _ = await living.migrator.migrate("user1@example.com", .none, by: .after(.seconds(4)))
        living.directories[0].become(Living.rows([World.row("1", ["login": "moved"])]))
        living.directories[0].setAnswer(.wrong)
        let first = await living.signIn("right")
        #expect(first.verdict.code == "unavailable")
        #expect(living.directories[0].checkCount == 1)
        living.directories[0].setAnswer(nil)
        #expect(await living.signIn("right").verdict.code == "accepted")
    }

    // MARK: Attempts

    @Test func `after so many wrong passwords the directory isn't shown any more, and a right one is refused too`()
        async
    {
        let living = Living([[World.row("1"), World.row("2")]], isBind: true)
        living.directories[0].setPassword("right")
        for number in 1...3 { #expect(await living.signIn("wrong \(number)").verdict.code == "wrong-password") }
        #expect(await living.signIn("right").verdict.code == "throttled")
        #expect(await living.signIn("right").summary == "deny")
        // By its key, whatever it is called; others aren't concerned.
        #expect(await living.signIn("right", "USER1@example.com").verdict.code == "throttled")
        #expect(await living.signIn("right", "user2@example.com").verdict.code == "accepted")
        #expect(living.directories[0].checkCount == 4)
        living.clock.advance(by: .seconds(900))
        #expect(await living.signIn("right").verdict.code == "accepted")
    }

    @Test func `binds that had no answer throttle nobody`() async {
        let living = Living([[World.row("1")]], isBind: true, timeout: .seconds(60))
        living.directories[0].setPassword("right")
        _ = await living.migrator.migrate("user1@example.com", .none, by: .after(.seconds(4)))
        living.directories[0].hold()
        for number in 1...2 {
            #expect(await living.signIn("x \(number)", within: .seconds(1)).verdict.code == "unavailable")
        }
        living.directories[0].release()
        await settle(living)
        #expect(await living.signIn("wrong").verdict.code == "wrong-password")
        // It may have counted three.
        #expect(await living.signIn("right").verdict.code == "unavailable")
        #expect(living.directories[0].checkCount == 3)
        living.clock.advance(by: .seconds(900))
        #expect(await living.signIn("right").verdict.code == "accepted")
    }

    @Test func `a directory of hashes is asked however often the password is wrong`() async {
        let living = Living([[World.row("1")]])
        for number in 1...5 { #expect(await living.signIn("wrong \(number)").verdict.code == "wrong-password") }
        #expect(await living.signIn().verdict.code == "accepted")
    }

    @Test func `where attempts are said for a directory of hashes, they count by its key`() async {
        let living = Living([[World.row("1")]]) { $0.directories[0].attempts = AttemptSettings(limit: 2) }
        for number in 1...2 { #expect(await living.signIn("wrong \(number)").verdict.code == "wrong-password") }
        #expect(await living.signIn().verdict.code == "throttled")
        // Without a key there is nobody to count for.
        let nameless = Living([[World.row("1", ["id": nil])]]) {
            $0.directories[0].attempts = AttemptSettings(limit: 2)
        }
        for number in 1...4 { #expect(await nameless.signIn("wrong \(number)").verdict.code == "wrong-password") }
    }

    // MARK: The snapshot

    @Test func `the snapshot answers for a directory that is down, and says why in the decision`() async {
        let living = Living([[World.row("1")]], snapshot: Stored(rows: Living.rows([World.row("1")])))
        living.directories[0].become(Living.rows([], 0, .down(.unreachable)))
        let right = await living.signIn()
        #expect(right.verdict.code == "accepted")
        #expect(right.source == .snapshot)
        #expect(right.steps[0].outage?.code == .unreachable)
        #expect(await living.signIn(SampleHash.otherPassword).verdict.code == "wrong-password")
        #expect(await living.signIn("x", "nobody@example.com").verdict.code == "unknown-user")
    }

    @Test func `a snapshot that has nothing to say leaves the outage`() async {
        let living = Living([[World.row("1")]], snapshot: Stored(rows: Living.rows([], 7)))
        living.directories[0].become(Living.rows([], 0, .down(.tls)))
        let decision = await living.signIn()
        #expect(decision.verdict.code == "unavailable")
        guard case .unavailable(let error) = decision.verdict else { return }
        #expect(error.code == .tls)
    }

    @Test func `a directory that hangs leaves time for the snapshot`() async {
        let living = Living(
            [[World.row("1")]], snapshot: Stored(rows: Living.rows([World.row("1")])), timeout: .seconds(60))
        living.directories[0].become(Living.rows([], 0, .silent))
        #expect(await living.signIn(within: .seconds(4)).verdict.code == "accepted")
    }

    @Test func `an old password that only the snapshot takes admits nobody`() async {
        let living = Living(
            [[World.row("1", ["pw": SampleHash.other])]], snapshot: Stored(rows: Living.rows([World.row("1")])))
        #expect(await living.signIn(SampleHash.otherPassword).verdict.code == "accepted")
        living.directories[0].become(Living.rows([], 0, .down(.unreachable)))
        // Kept for minutes: the new one; in the snapshot: the old one.
        #expect(await living.signIn(SampleHash.password).verdict.code == "unavailable")
        #expect(await living.signIn("neither").verdict.code == "wrong-password")
    }
}
