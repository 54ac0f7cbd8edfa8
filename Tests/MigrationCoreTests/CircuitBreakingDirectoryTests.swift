import Synchronization
import TestSupport
import Testing
import Threads

@testable import MigrationCore

@Suite struct CircuitBreakingDirectoryTests {
    private final class Changes: Sendable {
        private let list = Mutex<[BreakerChange]>([])
        func note(_ change: BreakerChange) { list.withLock { $0.append(change) } }
        var news: [BreakerChange.State] { list.withLock { $0.filter(\.isNews).map(\.state) } }
        var all: [BreakerChange.State] { list.withLock { $0.map(\.state) } }
    }

    private func rows(_ condition: MemoryDirectory.Condition) -> MemoryDirectory {
        MemoryDirectory(
            "d", columns: ["id", "email"], rows: [["1", "a@example.com"]], match: ["email"], condition: condition)
    }

    private func code(_ directory: CircuitBreakingDirectory) async -> DirectoryError.Code? {
        do throws(DirectoryError) {
            _ = try await directory.lookUp("a@example.com", by: .after(.seconds(1)))
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `while it is open nobody is asked, and a probe of its own closes it when the directory is back`()
        async throws
    {
        let base = ChangingDirectory(rows(.down(.unreachable)))
        let changes = Changes()
        let directory = CircuitBreakingDirectory(
            base, timeout: .seconds(1), lateAnswers: .kept, onChange: changes.note)
        for _ in 0..<3 { #expect(await code(directory) == .unreachable) }
        for _ in 0..<100 { #expect(await code(directory) == .circuitOpen) }
        #expect(base.lookUps.count == 3)
        base.become(rows(.up))
        let back = ContinuousClock.now
        while await code(directory) != nil { try await Task.sleep(for: .milliseconds(5)) }
        #expect(back.duration(to: .now) < .seconds(2))
        // One probe, for nobody that there is.
        #expect(base.lookUps.count { $0 == CircuitBreakingDirectory.probedIdentifier } == 1)
        #expect(changes.news == [.open, .closed])
        await directory.close()
    }

    @Test func `probes go on while it stays away, and are no news`() async throws {
        let base = ChangingDirectory(rows(.down(.unreachable)))
        let changes = Changes()
        let directory = CircuitBreakingDirectory(
            base, timeout: .seconds(1), lateAnswers: .kept, onChange: changes.note)
        for _ in 0..<3 { _ = await code(directory) }
        while base.lookUps.count < 5 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(changes.news == [.open])
        #expect(changes.all.prefix(3) == [.open, .halfOpen, .open])
        await directory.close()
        let count = base.lookUps.count
        try await Task.sleep(for: .milliseconds(1200))
        #expect(base.lookUps.count == count)
    }

    @Test func `where nothing runs beside them a sign-in tries after a second`() async {
        let base = ChangingDirectory(rows(.down(.unreachable)))
        let clock = ManualClock()
        let directory = CircuitBreakingDirectory(base, timeout: .seconds(1), lateAnswers: .dropped, clock: clock)
        for _ in 0..<3 { _ = await code(directory) }
        #expect(await code(directory) == .circuitOpen)
        clock.advance(by: .seconds(1))
        #expect(await code(directory) == .unreachable)
        #expect(await code(directory) == .circuitOpen)
        base.become(rows(.up))
        clock.advance(by: .seconds(1))
        #expect(await code(directory) == nil)
        #expect(await code(directory) == nil)
    }

    @Test(arguments: [DirectoryError.Code.badQuery, .missingColumn, .permissionDenied, .badData])
    func `one that answers with an error of its own is not away`(_ answer: DirectoryError.Code) async {
        let directory = CircuitBreakingDirectory(
            ChangingDirectory(rows(.down(answer))), timeout: .seconds(1), lateAnswers: .dropped)
        for _ in 0..<5 { #expect(await code(directory) == answer) }
    }

    @Test func `a call that had no time says nothing about the directory`() async {
        let directory = CircuitBreakingDirectory(
            ChangingDirectory(rows(.silent)), timeout: .seconds(1), lateAnswers: .dropped)
        for _ in 0..<5 {
            await #expect(throws: DirectoryError(.deadlineExceeded, directory: "d")) {
                try await directory.lookUp("a", by: .after(.milliseconds(10)))
            }
        }
    }

    @Test func `a directory that keeps no deadline is left at it`() async {
        let base = ChangingDirectory(rows(.up))
        base.setDelay(.seconds(30))
        let directory = CircuitBreakingDirectory(base, timeout: .seconds(60), lateAnswers: .dropped)
        let start = ContinuousClock.now
        await #expect(throws: DirectoryError(.deadlineExceeded, directory: "d")) {
            try await directory.lookUp("a", by: .after(.milliseconds(200)))
        }
        #expect(start.duration(to: .now) < .seconds(5))
    }
}
