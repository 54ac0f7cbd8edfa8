import TestSupport
import Testing
import Threads

@testable import MigrationCore

/// Directories that check passwords themselves.
@Suite struct PasswordCheckingTests {
    private typealias World = MigrationWorld

    /// Signs in as user 1, whose directory says `answer` to every password.
    private func signIn(
        _ answer: Result<PasswordAnswer, DirectoryError>, _ changes: [String: String?] = [:], password: String = "x",
        identifier: String = "user1@example.com"
    ) async -> Decision {
        var configuration = World([.init()]).configuration
        configuration.directories[0].password = .bind
        let rows = MemoryDirectory(
            "d0", columns: World.columns, rows: [World.row("1", changes)], match: ["email", "login"])
        let migrator = UserMigrator(
            configuration,
            directories: [
                BindingMemoryDirectory(rows) { _ throws(DirectoryError) in try answer.get() }
            ],
            verification: VerificationPool(width: 1, maxQueued: 8))
        return await migrator.migrate(identifier, .typed(Secret(password)), by: .after(.seconds(4)))
    }

    @Test(arguments: [
        (PasswordAnswer.right, "accepted", "CONFIRMED"), (.wrong, "wrong-password", "deny"),
        (.unknownUser, "unknown-user", "deny"), (.disabled, "disabled", "deny"),
        (.mustReset, "must-reset", "RESET_REQUIRED"), (.throttled, "throttled", "deny"),
    ])
    func `what the directory says to a password is the verdict`(
        _ answer: PasswordAnswer, _ verdict: String, _ reply: String
    ) async {
        let decision = await signIn(.success(answer))
        #expect(decision.verdict.code == verdict)
        #expect(decision.summary == reply)
    }

    @Test func `a directory that can't say is an outage`() async {
        let decision = await signIn(.failure(DirectoryError(.connectionLost, directory: "d0")))
        #expect(decision.verdict.code == "unavailable")
    }

    @Test func `what the entry says still counts after a right password`() async {
        #expect(await signIn(.success(.right), ["disabled": "1"]).verdict.code == "disabled")
        #expect(await signIn(.success(.right), ["must_change": "1"]).verdict.code == "must-reset")
        #expect(await signIn(.success(.mustReset), ["disabled": "1"]).verdict.code == "disabled")
    }

    @Test func `nobody's password is tried, nor an empty one`() async {
        // A try would be an outage.
        let failure = Result<PasswordAnswer, DirectoryError>.failure(DirectoryError(.unexpected, directory: "d0"))
        #expect(await signIn(failure, identifier: "nobody@example.com").verdict.code == "unknown-user")
        #expect(await signIn(failure, password: "").verdict.code == "wrong-password")
        #expect(await signIn(failure, ["migrated_at": "x"]).verdict.code == "unknown-user")
        #expect(await signIn(failure, identifier: "user1").verdict.code == "not-canonical")
    }
}
