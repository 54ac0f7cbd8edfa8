import Synchronization
import TestSupport
import Testing
import Threads

@testable import MigrationCore

@Suite struct RenewingDirectoryTests {
    /// Refuses its reader, or knows nobody; says when it is closed.
    private final class Gate: Directory {
        let name = "users"
        let refuses: Mutex<Bool>
        let isClosed = Mutex(false)
        let calls = Mutex(0)

        init(refuses: Bool) {
            self.refuses = Mutex(refuses)
        }

        func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
            calls.withLock { $0 += 1 }
            if refuses.withLock({ $0 }) { throw DirectoryError(.readerRefused, directory: name) }
            return .none
        }

        func close() async {
            isClosed.withLock { $0 = true }
        }
    }

    private static let hash = KeyedHash()
    private static func fingerprint(_ text: String) -> KeyedHash.Digest { hash.digest(of: [text]) }

    private func isNobody(_ directory: RenewingDirectory) async -> Bool {
        if case .none? = try? await directory.lookUp("x", by: .after(.seconds(5))) { true } else { false }
    }

    @Test func `a newer value goes on with the same look-up, and the old connections end`() async {
        let old = Gate(refuses: true)
        let new = Gate(refuses: false)
        let directory = RenewingDirectory(old, fingerprint: Self.fingerprint("old")) { known, _ in
            #expect(known == Self.fingerprint("old"))
            return (new, Self.fingerprint("new"))
        }
        #expect(await isNobody(directory))
        #expect(await isNobody(directory))
        #expect(old.calls.withLock { $0 } == 1)
        #expect(old.isClosed.withLock { $0 })
        await directory.close()
        #expect(new.isClosed.withLock { $0 })
    }

    @Test func `without a newer value it is the refusal that it was, and isn't asked about again for a minute`() async {
        let clock = ManualClock()
        let questions = Mutex(0)
        let directory = RenewingDirectory(
            Gate(refuses: true), fingerprint: Self.fingerprint("old"), clock: clock
        ) { _, _ in
            questions.withLock { $0 += 1 }
            return nil
        }
        for _ in 0..<3 {
            await #expect(throws: DirectoryError(.readerRefused, directory: "users")) {
                try await directory.lookUp("x", by: .after(.seconds(5)))
            }
        }
        #expect(questions.withLock { $0 } == 1)
        clock.advance(by: .seconds(61))
        #expect(await !isNobody(directory))
        #expect(questions.withLock { $0 } == 2)
    }

    @Test func `many sign-ins at once ask once, and all go on`() async {
        let new = Gate(refuses: false)
        let questions = Mutex(0)
        let directory = RenewingDirectory(Gate(refuses: true), fingerprint: nil) { _, _ in
            questions.withLock { $0 += 1 }
            try? await Task.sleep(for: .milliseconds(50))
            return (new, Self.fingerprint("new"))
        }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { await isNobody(directory) } }
            for await wentOn in group { #expect(wentOn) }
        }
        #expect(questions.withLock { $0 } == 1)
    }

    @Test func `what comes after it was closed is closed, too`() async {
        let new = Gate(refuses: false)
        let directory = RenewingDirectory(Gate(refuses: true), fingerprint: nil) { _, _ in
            try? await Task.sleep(for: .milliseconds(50))
            return (new, Self.fingerprint("new"))
        }
        async let answer = isNobody(directory)
        try? await Task.sleep(for: .milliseconds(10))
        await directory.close()
        _ = await answer
        #expect(new.isClosed.withLock { $0 } || new.calls.withLock { $0 } == 0)
    }

    @Test func `other failures ask for nothing`() async {
        let directory = RenewingDirectory(
            MemoryDirectory("users", columns: [], rows: [], match: [], condition: .down(.unreachable)),
            fingerprint: nil
        ) { _, _ in
            Issue.record("asked")
            return nil
        }
        #expect(await !isNobody(directory))
    }
}
