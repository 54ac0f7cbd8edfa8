import Foundation
import Logging
import Synchronization
import TestSupport
import Testing
import Threads

@testable import MigrationCore

/// Swift's cooperative pool is full of two-second work. These run in a process of their own: every other test with a
/// deadline would miss it.
@Suite(.serialized) struct FullPoolTests {
    /// Twice as many blocking tasks as the pool has threads.
    private func fillPool(for duration: Duration) -> [Task<Void, Never>] {
        (0..<ProcessInfo.processInfo.activeProcessorCount * 2).map { _ in
            Task.detached { sleepBlocking(duration) }
        }
    }

    private func service(budget: Duration, condition: MemoryDirectory.Condition) -> TriggerService {
        var configuration = ConnectorsConfiguration(
            directories: [
                DirectoryConfiguration(name: "d", type: "memory", key: "id", password: .column("pw"))
            ],
            attributes: [AttributeRule("email", from: .columns(["email"]))])
        configuration.signIn.budget = budget
        configuration.signIn.denyFloor = .milliseconds(100)
        let directory = MemoryDirectory(
            "d", columns: ["id", "email", "pw"], rows: [], match: ["email"], condition: condition)
        let migrator = UserMigrator(
            configuration, directories: [directory], verification: VerificationPool(width: 1, maxQueued: 8))
        return TriggerService(
            configuration, migrator: migrator, time: InvocationTime(configuration.signIn),
            identifierHash: IdentifierHash(key: nil), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func `a reply goes out at the deadline though the cooperative pool is busy for longer`() async {
        let service = service(budget: .milliseconds(500), condition: .silent)
        let event = #"{"triggerSource":"UserMigration_Authentication","userName":"u","request":{"password":"p"}}"#
        let replied = Mutex<(reply: TriggerReply, at: ContinuousClock.Instant)?>(nil)
        let start = ContinuousClock.now
        // The event is being worked on when the pool fills up.
        let work = Task {
            await service.handle(Array(event.utf8), requestID: "1", arrival: start) { reply in
                replied.withLock { $0 = (reply, .now) }
            }
        }
        try? await Task.sleep(for: .milliseconds(50))
        let blockers = fillPool(for: .seconds(2))
        await work.value
        for blocker in blockers { await blocker.value }
        guard let (reply, at) = replied.withLock({ $0 }), case .failure(let failure) = reply else {
            Issue.record("no error was replied")
            return
        }
        #expect(failure.kind == .directoryUnavailable)
        #expect(start.duration(to: at) >= .milliseconds(500))
        #expect(start.duration(to: at) < .milliseconds(900))
        // The proof that the pool was full: this test itself couldn't go on.
        #expect(start.duration(to: .now) >= .seconds(2))
    }

    @Test func `a denial that waits for its floor goes out then, though the pool is full`() async {
        let service = service(budget: .milliseconds(600), condition: .up)
        let event = #"{"triggerSource":"UserMigration_ForgotPassword","userName":"u","request":{}}"#
        let replied = Mutex<(reply: TriggerReply, at: ContinuousClock.Instant)?>(nil)
        let start = ContinuousClock.now
        let work = Task {
            await service.handle(Array(event.utf8), requestID: "1", arrival: start) { reply in
                replied.withLock { $0 = (reply, .now) }
            }
        }
        try? await Task.sleep(for: .milliseconds(40))
        let blockers = fillPool(for: .seconds(2))
        await work.value
        for blocker in blockers { await blocker.value }
        guard let (reply, at) = replied.withLock({ $0 }), case .event(let bytes) = reply else {
            Issue.record("the event didn't go back")
            return
        }
        #expect(bytes == Array(event.utf8))
        #expect(start.duration(to: at) >= .milliseconds(100))
        #expect(start.duration(to: at) < .milliseconds(500))
    }
}
