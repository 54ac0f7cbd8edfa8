import Foundation
import Logging
import Synchronization
import TestSupport
import Testing
import Threads

@testable import MigrationCore

/// From the event's bytes to the reply's, and the log line of it.
@Suite struct TriggerServiceTests {
    private typealias World = MigrationWorld

    private struct Answered {
        let reply: TriggerReply
        let time: Duration
        let log: [CollectedLog.Line]

        var bytes: [UInt8]? {
            if case .event(let bytes) = reply { bytes } else { nil }
        }

        var failure: InvocationFailure? {
            if case .failure(let failure) = reply { failure } else { nil }
        }

        var invocation: Logger.Metadata? {
            log.first { $0.message == "invocation" }?.metadata
        }
    }

    private func answer(
        _ event: String, _ places: [World.Place], requestID: String = "r1",
        change: (inout ConnectorsConfiguration) -> Void = { _ in }
    ) async throws -> Answered {
        let world = World(places) { configuration in
            configuration.signIn.denyFloor = .milliseconds(50)
            change(&configuration)
        }
        let log = CollectedLog()
        let service = TriggerService(
            world.configuration, migrator: world.migrator,
            time: InvocationTime(world.configuration.signIn),
            identifierHash: IdentifierHash(key: Secret("key")), logger: log.logger)
        let replies = Mutex<[(TriggerReply, ContinuousClock.Instant)]>([])
        let start = ContinuousClock.now
        await service.handle(Array(event.utf8), requestID: requestID, arrival: start) { reply in
            replies.withLock { $0.append((reply, .now)) }
        }
        let all = replies.withLock { $0 }
        #expect(all.count == 1, "replied \(all.count) times")
        let (reply, instant) = try #require(all.first)
        return Answered(reply: reply, time: start.duration(to: instant), log: log.lines)
    }

    private func event(
        _ userName: String, _ password: String? = SampleHash.password,
        source: String = "UserMigration_Authentication", pool: String = "eu-west-1_A"
    ) -> String {
        let request = password.map { #""password":"\#($0)""# } ?? ""
        return
            #"{"triggerSource":"\#(source)","userPoolId":"\#(pool)","userName":"\#(userName)","request":{\#(request)},"response":{"userAttributes":null,"enableSMSMFA":null}}"#
    }

    @Test func `an accepted user is spliced into the event, member by member`() async throws {
        let answered = try await answer(event("user1@example.com"), [.init(rows: [World.row("1")])])
        #expect(
            answered.bytes.map { String(decoding: $0, as: UTF8.self) }
                == #"{"triggerSource":"UserMigration_Authentication","userPoolId":"eu-west-1_A","userName":"user1@example.com","request":{"password":"correct horse"},"response":{"userAttributes":{"email":"user1@example.com","email_verified":"true","name":"User 1"},"enableSMSMFA":null,"finalUserStatus":"CONFIRMED","messageAction":"SUPPRESS","desiredDeliveryMediums":["EMAIL"],"forceAliasCreation":false}}"#
        )
    }

    @Test func `message_action SEND leaves the member as it came`() async throws {
        let answered = try await answer(event("user1@example.com"), [.init(rows: [World.row("1")])]) {
            $0.signIn.messageAction = .send
        }
        #expect(answered.bytes.map { !String(decoding: $0, as: UTF8.self).contains("messageAction") } == true)
    }

    @Test(
        arguments: [
            ("nobody@example.com", SampleHash.password, "UserMigration_Authentication"),
            ("user1@example.com", "wrong", "UserMigration_Authentication"),
            ("user1@example.com", "", "UserMigration_Authentication"),
            ("user1", SampleHash.password, "UserMigration_Authentication"),
            ("nobody@example.com", nil, "UserMigration_ForgotPassword"),
            ("user1@example.com", nil, "UserMigration_ForgotPassword"),
        ] as [(String, String?, String)])
    func `no denial and no reply to a forgotten password comes before the floor`(
        _ userName: String, _ password: String?, _ source: String
    ) async throws {
        let answered = try await answer(
            event(userName, password, source: source), [.init(rows: [World.row("1")])]
        ) { $0.signIn.denyFloor = .milliseconds(300) }
        #expect(answered.time >= .milliseconds(300))
    }

    @Test func `with less time left than the floor a refusal is an outage`() async throws {
        let answered = try await answer(event("nobody@example.com"), [.init(rows: [World.row("1")])]) {
            $0.signIn.budget = .milliseconds(200)
            $0.signIn.denyFloor = .milliseconds(300)
        }
        #expect(answered.failure?.kind == .directoryUnavailable)
    }

    @Test func `the deadline is kept from the event's arrival, though nobody does the work`() async throws {
        let world = World([.init(rows: [World.row("1")])]) { $0.signIn.budget = .milliseconds(100) }
        let service = TriggerService(
            world.configuration, migrator: world.migrator, time: InvocationTime(world.configuration.signIn),
            identifierHash: IdentifierHash(key: nil), logger: CollectedLog().logger)
        let (replies, continuation) = AsyncStream.makeStream(of: TriggerReply.self)
        let work = service.accept(Array(event("user1@example.com").utf8), requestID: "1", arrival: .now) { reply in
            continuation.yield(reply)
        }
        var iterator = replies.makeAsyncIterator()
        guard case .failure(let failure) = await iterator.next() else {
            Issue.record("no failure was replied")
            return
        }
        #expect(failure.kind == .directoryUnavailable)
        // The work comes too late, and says nothing more.
        await work()
        continuation.finish()
        #expect(await iterator.next() == nil)
    }

    @Test func `the first event pays for the process's start, and no other`() async throws {
        let world = World([.init(condition: .silent, timeout: .seconds(60))]) {
            $0.signIn.budget = .seconds(2)
            $0.signIn.coldStartReserve = .milliseconds(500)
        }
        let log = CollectedLog()
        let service = TriggerService(
            world.configuration, migrator: world.migrator, time: InvocationTime(world.configuration.signIn),
            identifierHash: IdentifierHash(key: nil), logger: log.logger)
        service.noteStartUp(.milliseconds(1400))
        for number in 1...2 {
            let start = ContinuousClock.now
            let isPayer = number == 1
            await service.handle(Array(event("u").utf8), requestID: "\(number)", arrival: start) { _ in
                let time = start.duration(to: .now)
                #expect(isPayer ? time < .seconds(1) : time > .seconds(1.5))
            }
        }
    }

    @Test func `a right password doesn't wait for the floor`() async throws {
        let answered = try await answer(event("user1@example.com"), [.init(rows: [World.row("1")])]) {
            $0.signIn.budget = .seconds(60)
            $0.signIn.denyFloor = .seconds(30)
        }
        #expect(answered.time < .seconds(20))
    }

    @Test func `forgot_password deny asks nobody and says nothing`() async throws {
        let text = event("user1@example.com", nil, source: "UserMigration_ForgotPassword")
        let answered = try await answer(text, [.init(condition: .down(.unreachable))]) {
            $0.signIn.forgotPassword = .deny
        }
        #expect(answered.bytes == Array(text.utf8))
        #expect(answered.time >= .milliseconds(50))
    }

    @Test(arguments: ["PreSignUp_SignUp", "TokenGeneration_HostedAuth", "UserMigration_Something", ""])
    func `a trigger source without work gets its event as it came`(_ source: String) async throws {
        let text = #"{"triggerSource":"\#(source)","request":[],"response":7}"#
        let answered = try await answer(text, [.init(condition: .down(.unreachable))])
        #expect(answered.bytes == Array(text.utf8))
    }

    @Test func `an outage shows the message for it, and an event that isn't one too`() async throws {
        let outage = try await answer(event("user1@example.com"), [.init(condition: .down(.unreachable))]) {
            $0.signIn.messages.unavailable = "Später noch einmal."
        }
        #expect(outage.failure?.kind == .directoryUnavailable)
        #expect(
            outage.failure.map { String(decoding: $0.json, as: UTF8.self) }
                == #"{"errorType":"DirectoryUnavailable","errorMessage":"Später noch einmal."}"#)
        let invalid = try await answer("nonsense", [.init()]) { $0.signIn.messages.unavailable = "Later." }
        #expect(invalid.failure?.kind == .invalidEvent)
        #expect(invalid.failure?.message == "Later.")
    }

    @Test func `unmappable shows its own message`() async throws {
        let answered = try await answer(
            event("user1@example.com"), [.init(rows: [World.row("1", ["birthdate": "soon"])])])
        #expect(answered.failure?.kind == .attributeInvalid)
        #expect(answered.failure?.message == "Your account needs attention. Please contact support.")
    }

    @Test func `a silent directory is an outage by the budget`() async throws {
        let answered = try await answer(event("user1@example.com"), [.init(condition: .silent, timeout: .seconds(60))])
        {
            $0.signIn.budget = .milliseconds(200)
        }
        #expect(answered.failure?.kind == .directoryUnavailable)
        #expect(answered.invocation?["verdict"] == "unavailable")
    }

    @Test func `each invocation has one line, with the fields and nothing of the person`() async throws {
        let answered = try await answer(event("user1@example.com"), [.init(rows: [World.row("1")])], requestID: "r42")
        let lines = answered.log.filter { $0.message == "invocation" }
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.level == .info)
        #expect(
            Set(line.metadata.keys) == ["requestId", "source", "directory", "verdict", "cache", "ms", "identifierHash"])
        #expect(line.metadata["requestId"] == "r42")
        #expect(line.metadata["source"] == "UserMigration_Authentication")
        #expect(line.metadata["directory"] == "d0")
        #expect(line.metadata["verdict"] == "accepted")
        guard case .dictionary(let phases) = line.metadata["ms"] else {
            Issue.record("ms is no object of phases")
            return
        }
        #expect(Set(phases.keys) == ["total", "lookup", "verify"])
        let whole = answered.log.map { "\($0)" }.joined()
        for secret in ["user1", "User 1", "correct horse", "$2b$"] { #expect(!whole.contains(secret)) }
    }

    @Test func `an event of another pool is answered, with a warning`() async throws {
        let answered = try await answer(event("user1@example.com"), [.init(rows: [World.row("1")])]) {
            $0.userPool.id = "eu-west-1_B"
        }
        #expect(answered.failure == nil)
        #expect(answered.log.contains { $0.level == .warning && $0.message == "other-pool" })
        let same = try await answer(event("user1@example.com"), [.init(rows: [World.row("1")])]) {
            $0.userPool.id = "eu-west-1_A"
        }
        #expect(!same.log.contains { $0.message == "other-pool" })
    }

    @Test func `a person has one hash for one pool and one key`() {
        let hash = IdentifierHash(key: Secret("key"))
        let text = hash.text(of: "ana@example.com", pool: "p")
        #expect(text == IdentifierHash(key: Secret("key")).text(of: "ana@example.com", pool: "p"))
        #expect(text.count == 32)
        let others = [
            hash.text(of: "ana@example.com", pool: "q"), hash.text(of: "ana@example.co", pool: "mp"),
            IdentifierHash(key: Secret("other")).text(of: "ana@example.com", pool: "p"),
            IdentifierHash(key: nil).text(of: "ana@example.com", pool: "p"),
        ]
        #expect(!others.contains(text))
    }

    @Test func `a secret shows itself nowhere`() {
        let secret = Secret("correct horse")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in [
            "\(secret)", String(reflecting: secret), dumped, "\([secret])", "\(PasswordEvidence.typed(secret))",
        ] {
            #expect(!text.contains("horse"))
        }
        #expect(secret.exposedText() == "correct horse")
        #expect(secret.byteCount == 13)
    }
}
