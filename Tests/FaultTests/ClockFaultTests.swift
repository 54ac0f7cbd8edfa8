import Logging
import MigrationCore
import PasswordHashing
import Synchronization
import TestSupport
import Testing
import Threads

/// The wall clock jumps while sign-ins are answered: only what a date says may change by that.
@Suite struct ClockFaultTests {
    /// Shows one instant after the other, and the last one from then on.
    private final class JumpingClock: WallClock {
        private let instants: Mutex<[UnixTime]>

        init(_ instants: [UnixTime]) {
            self.instants = Mutex(instants)
        }

        var now: UnixTime {
            instants.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
    }

    private static let now = SystemWallClock().now
    private static let past = UnixTime(sinceEpoch: .seconds(86_400))
    private static let future = UnixTime(sinceEpoch: now.sinceEpoch + .seconds(50 * 365 * 86_400))

    private struct Answer {
        let reply: TriggerReply
        let duration: Duration

        func problem(with event: String, _ expected: UserTable.Expected) -> String? {
            switch reply {
            case .event(let bytes): UserTable.problem(with: bytes, isError: false, to: event, expected)
            case .failure(let failure): expected == .error(failure.kind.rawValue) ? nil : failure.kind.rawValue
            }
        }
    }

    /// One process's answers.
    private struct Service {
        let opened: OpenedDirectory
        let service: TriggerService
        let migrator: UserMigrator
        let verification = VerificationPool(width: 2, maxQueued: 8)

        init(_ opened: OpenedDirectory, _ clock: JumpingClock) {
            self.opened = opened
            migrator = UserMigrator(
                opened.configuration, directories: [opened.directory], verification: verification, wallClock: clock)
            service = TriggerService(
                opened.configuration, migrator: migrator, time: InvocationTime(opened.configuration.signIn),
                identifierHash: IdentifierHash(key: nil),
                logger: Logger(label: "clock") { _ in SwiftLogNoOpLogHandler() },
                wallClock: clock)
        }

        func send(_ event: String, platformDeadline: UnixTime? = nil) async throws -> Answer {
            let start = ContinuousClock.now
            let answer = Mutex<Answer?>(nil)
            await service.handle(
                Array(event.utf8), requestID: "r", arrival: start, platformDeadline: platformDeadline
            ) { reply in
                answer.withLock { $0 = Answer(reply: reply, duration: start.duration(to: .now)) }
            }
            return try #require(answer.withLock { $0 })
        }

        func close() async {
            await migrator.close()
            verification.close()
        }
    }

    private static let clocks = [
        [past], [future], [now, future, past, future], [now, past, future, past], [future, now],
    ]

    @Test(arguments: Faulted.Kind.allCases, clocks)
    func `whatever the clock shows, the same is answered in the same time`(
        _ kind: Faulted.Kind, _ instants: [UnixTime]
    ) async throws {
        let service = Service(try await OpenedDirectory(kind), JumpingClock(instants))
        for (event, expected) in [(Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged)] {
            #expect(try await service.send(event).problem(with: event, expected) == nil)
        }
        service.opened.proxy.behaviour = .silent
        service.opened.proxy.freeze()
        let outage = try await service.send(Faulted.right)
        #expect(outage.problem(with: Faulted.right, .error("DirectoryUnavailable")) == nil)
        #expect(outage.duration > .milliseconds(Faulted.budget - 100))
        #expect(outage.duration < .milliseconds(Faulted.budget + 1000))
        await service.close()
    }

    /// `Deadline-Ms` is of the wall clock, and is looked at once: on arrival.
    @Test(arguments: Faulted.Kind.allCases, [past, future])
    func `a jump after the arrival doesn't move the platform's deadline`(
        _ kind: Faulted.Kind, _ later: UnixTime
    ) async throws {
        let service = Service(try await OpenedDirectory(kind), JumpingClock([Self.now, later]))
        service.opened.proxy.behaviour = .silent
        let deadline = UnixTime(sinceEpoch: Self.now.sinceEpoch + .milliseconds(350))
        let outage = try await service.send(Faulted.right, platformDeadline: deadline)
        #expect(outage.problem(with: Faulted.right, .error("DirectoryUnavailable")) == nil)
        // By 50 ms earlier.
        #expect(outage.duration > .milliseconds(200))
        #expect(outage.duration < .milliseconds(300 + 1000))
        await service.close()
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `a clock that was behind on arrival doesn't lengthen the budget`(_ kind: Faulted.Kind) async throws {
        let service = Service(try await OpenedDirectory(kind), JumpingClock([Self.past]))
        service.opened.proxy.behaviour = .silent
        let deadline = UnixTime(sinceEpoch: Self.now.sinceEpoch + .seconds(5))
        let outage = try await service.send(Faulted.right, platformDeadline: deadline)
        #expect(outage.problem(with: Faulted.right, .error("DirectoryUnavailable")) == nil)
        #expect(outage.duration < .milliseconds(Faulted.budget + 1000))
        await service.close()
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `what a date says follows the clock`(_ kind: Faulted.Kind) async throws {
        let opened = try await OpenedDirectory(kind) { yaml in
            let column = kind == .ldap ? UserEntries.attribute("email_confirmed") : "email_confirmed"
            let flag = kind == .ldap ? UserEntries.attribute("is_disabled") : "is_disabled"
            // Since 2026-01-01.
            return yaml.replacing("disabled: \(flag)", with: "disabled: { from: \(column), before: now }")
        }
        let service = Service(opened, JumpingClock([Self.past, Self.future]))
        #expect(try await service.send(Faulted.right).problem(with: Faulted.right, Faulted.accepted) == nil)
        #expect(try await service.send(Faulted.right).problem(with: Faulted.right, .unchanged) == nil)
        await service.close()
    }
}
