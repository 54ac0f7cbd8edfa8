import Foundation
import Testing
import Threads

@Suite struct `an interruption` {
    private func isReadable(_ interruption: Interruption) -> Bool {
        var descriptor = pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 1
    }

    @Test func `is readable from when it is raised until it is reset`() throws {
        let interruption = try #require(Interruption())
        #expect(interruption.reason == nil)
        #expect(!isReadable(interruption))
        for _ in 1...3 {
            interruption.raise()
            interruption.raise()
            #expect(interruption.reason == .cancelled)
            #expect(isReadable(interruption))
            interruption.reset()
            #expect(interruption.reason == nil)
            #expect(!isReadable(interruption))
        }
    }

    @Test func `is for good once it is closed`() throws {
        let interruption = try #require(Interruption())
        interruption.raise()
        interruption.close()
        interruption.raise()
        interruption.reset()
        #expect(interruption.reason == .closed)
        #expect(isReadable(interruption))
    }

    @Test func `wakes a thread that polls`() async throws {
        let interruption = try #require(Interruption())
        let isWoken = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var descriptor = pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0)
                continuation.resume(returning: poll(&descriptor, 1, 20_000) == 1)
            }
            interruption.raise()
        }
        #expect(isWoken)
    }
}

@Suite struct `a connection thread after its end` {
    private actor Counter {
        nonisolated let thread: ConnectionThread
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
        private var count = 0
        private var isInside = false
        private(set) var overlaps = 0

        init() throws {
            thread = try ConnectionThread(name: "counter")
        }

        func add() {
            if isInside { overlaps += 1 }
            isInside = true
            let before = count
            usleep(50)
            count = before + 1
            isInside = false
        }

        var total: Int { count }
    }

    @Test func `late calls still run one at a time`() async throws {
        let counter = try Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 1...500 { group.addTask { await counter.add() } }
            group.addTask { counter.thread.close() }
            for _ in 1...500 { group.addTask { await counter.add() } }
        }
        #expect(await counter.total == 1000)
        #expect(await counter.overlaps == 0)
    }
}

@Suite struct `a name look-up` {
    @Test func `ends when its task is cancelled`() async {
        let deadline = ContinuousClock.now.advanced(by: .seconds(20))
        let task = Task { () async -> Result<[String], NameResolver.Failure> in
            do throws(NameResolver.Failure) {
                return .success(try await NameResolver().addresses(of: "nowhere.invalid", by: deadline))
            } catch {
                return .failure(error)
            }
        }
        task.cancel()
        let outcome = await task.value
        // Unless the name server was faster.
        #expect(
            outcome == .failure(.cancelled) || outcome == .failure(.notFound(code: -2))
                || outcome == .failure(.notFound(code: -3)))
        #expect(ContinuousClock.now < deadline)
    }
}
