import Foundation
import Synchronization
import TestSupport
import Testing
import Threads

@Suite struct WatchdogTests {
    @Test func `alarms ring in the order of their instants, whatever order they were set in`() async {
        let watchdog = Watchdog()
        let rung = Mutex<[Int]>([])
        let start = ContinuousClock.now
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            _ = watchdog.schedule(at: start + .milliseconds(60)) {
                rung.withLock { $0.append(3) }
                done.resume()
            }
            _ = watchdog.schedule(at: start + .milliseconds(20)) { rung.withLock { $0.append(1) } }
            _ = watchdog.schedule(at: start + .milliseconds(40)) { rung.withLock { $0.append(2) } }
        }
        #expect(rung.withLock { $0 } == [1, 2, 3])
        #expect(start.duration(to: .now) >= .milliseconds(60))
        watchdog.close()
    }

    @Test func `an alarm rings on time though the thread already sleeps until a later one`() async throws {
        let watchdog = Watchdog()
        let start = ContinuousClock.now
        let later = watchdog.schedule(at: start + .seconds(60)) {}
        try await Task.sleep(for: .milliseconds(50))
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            _ = watchdog.schedule(at: .now + .milliseconds(20)) { done.resume() }
        }
        #expect(start.duration(to: .now) < .seconds(30))
        later.cancel()
        watchdog.close()
    }

    @Test func `a cancelled alarm doesn't ring`() async {
        let watchdog = Watchdog()
        let hasRung = Atomic<Bool>(false)
        let alarm = watchdog.schedule(at: .now + .milliseconds(30)) { hasRung.store(true, ordering: .relaxed) }
        alarm.cancel()
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            _ = watchdog.schedule(at: .now + .milliseconds(80)) { done.resume() }
        }
        let rang = hasRung.load(ordering: .relaxed)
        #expect(!rang)
        watchdog.close()
    }
}

@Suite struct AnswerByDeadlineTests {
    @Test func `work in time is the answer, and the late one isn't made`() async {
        let answers = Mutex<[String]>([])
        let result = await answer(
            by: .now + .seconds(10), late: { "late" }, onAnswer: { text in answers.withLock { $0.append(text) } },
            work: { "in time" })
        #expect(result == "in time")
        #expect(answers.withLock { $0 } == ["in time"])
    }

    @Test func `late work is cancelled, and its answer dropped`() async {
        let answers = Mutex<[String]>([])
        let wasCancelled = Atomic<Bool>(false)
        let start = ContinuousClock.now
        let result = await answer(
            by: start + .milliseconds(50), late: { "late" },
            onAnswer: { text in answers.withLock { $0.append(text) } },
            work: {
                try? await Task.sleep(for: .seconds(30))
                wasCancelled.store(Task.isCancelled, ordering: .relaxed)
                return "in time"
            })
        #expect(result == "late")
        #expect(start.duration(to: .now) < .seconds(5))
        try? await Task.sleep(for: .milliseconds(50))
        let sawCancellation = wasCancelled.load(ordering: .relaxed)
        #expect(sawCancellation)
        #expect(answers.withLock { $0 } == ["late"])
    }

    @Test func `cancelling the caller cancels the work`() async {
        let task = Task {
            await answer(by: .now + .seconds(30), late: { false }) {
                try? await Task.sleep(for: .seconds(30))
                return Task.isCancelled
            }
        }
        task.cancel()
        #expect(await task.value)
    }
}

private final class Flag: Sendable {
    let isSet = Atomic<Bool>(false)
}

/// How many were in at once.
private final class Tally: Sendable {
    private let counts = Mutex((running: 0, most: 0))

    func enter() {
        counts.withLock { counts in
            counts.running += 1
            counts.most = max(counts.most, counts.running)
        }
    }

    func leave() {
        counts.withLock { $0.running -= 1 }
    }

    var most: Int { counts.withLock { $0.most } }
}

@Suite struct VerificationPoolTests {
    @Test func `results come back to their callers`() async throws {
        let pool = VerificationPool(width: 2, maxQueued: 100)
        let results = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<50 {
                group.addTask { try await pool.run(by: .now + .seconds(10)) { number * number } }
            }
            return try await group.reduce(0, +)
        }
        #expect(results == (0..<50).map { $0 * $0 }.reduce(0, +))
        pool.close()
    }

    @Test func `no more than the width runs at once`() async throws {
        let pool = VerificationPool(width: 2, maxQueued: 100)
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    try await pool.run(by: .now + .seconds(10)) {
                        tally.enter()
                        sleepBlocking(.milliseconds(5))
                        tally.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(tally.most == 2)
        pool.close()
    }

    @Test func `a full queue refuses, and what couldn't start in time never does`() async {
        let pool = VerificationPool(width: 1, maxQueued: 1)
        let isBusy = Flag()
        let hasStarted = Flag()
        let gate = DispatchSemaphore(value: 0)
        async let first: Void? = try? pool.run(by: .now + .seconds(60)) {
            isBusy.isSet.store(true, ordering: .relaxed)
            gate.wait()
        }
        while !isBusy.isSet.load(ordering: .relaxed) { try? await Task.sleep(for: .milliseconds(1)) }
        let refusals = await withTaskGroup(of: VerificationPool.Refusal?.self) { group in
            // Two may wait: one beyond the width, and one that a thread is about to take.
            for _ in 1...3 {
                group.addTask {
                    do throws(VerificationPool.Refusal) {
                        try await pool.run(by: .now) { hasStarted.isSet.store(true, ordering: .relaxed) }
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            // The others can't come back before.
            let refused = await group.next()
            gate.signal()
            return await group.reduce(into: [refused ?? nil]) { $0.append($1) }
        }
        #expect(refusals == [.queueFull, .notStartedInTime, .notStartedInTime])
        _ = await first
        let started = hasStarted.isSet.load(ordering: .relaxed)
        #expect(!started)
        pool.close()
        await #expect(throws: VerificationPool.Refusal.closed) { try await pool.run(by: .now + .seconds(10)) {} }
    }
}

@Suite struct ConnectionThreadTests {
    private actor Worker {
        nonisolated let thread: ConnectionThread
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
        private(set) var count = 0

        init(_ thread: ConnectionThread) {
            self.thread = thread
        }

        func work() -> UInt {
            count += 1
            return currentThread()
        }

        private func currentThread() -> UInt { UInt(bitPattern: ObjectIdentifier(Thread.current)) }
    }

    @Test func `an actor's work is done on its thread, and blocks nobody else`() async throws {
        let thread = try ConnectionThread(name: "test")
        let worker = Worker(thread)
        let first = await worker.work()
        for _ in 0..<100 { #expect(await worker.work() == first) }
        #expect(await worker.count == 101)
        thread.close()
    }

    @Test func `closing joins the thread, and later work still gets done`() async throws {
        let thread = try ConnectionThread(name: "test")
        let worker = Worker(thread)
        _ = await worker.work()
        thread.close()
        thread.close()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = await worker.work() } }
        }
        #expect(await worker.count == 51)
    }

    @Test(.notSanitized(because: "it has address space of its own"))
    func `a thread that the system refuses is an error`() async {
        await #expect(processExitsWith: .success) {
            let resolver = NameResolver(watchdog: Watchdog())
            try await withNoThreadLeft {
                #expect(throws: ThreadRefused.self) { _ = try ConnectionThread(name: "test") }
                for _ in 1...20 {
                    await #expect(throws: NameResolver.Failure.noThreadLeft) {
                        _ = try await resolver.addresses(of: "localhost", by: .now + .seconds(10))
                    }
                }
            }
            try ConnectionThread(name: "test").close()
            #expect(try await !resolver.addresses(of: "localhost", by: .now + .seconds(10)).isEmpty)
        }
    }

    @Test func `a thread that nobody closed ends with its owner`() async throws {
        func threadCount() -> Int {
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count { task in
                (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8))?.hasPrefix("forgotten")
                    ?? false
            }) ?? -1
        }
        for _ in 0..<5 {
            let worker = Worker(try ConnectionThread(name: "forgotten"))
            _ = await worker.work()
        }
        for _ in 0..<100 where threadCount() > 0 { try? await Task.sleep(for: .milliseconds(20)) }
        #expect(threadCount() == 0)
    }
}

@Suite struct SocketCutterTests {
    private func pair() -> (CInt, CInt) {
        var ends: [CInt] = [0, 0]
        #expect(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
        return (ends[0], ends[1])
    }

    @Test func `a blocked read returns when it is cut`() async {
        let (ours, theirs) = pair()
        defer { close(ours); close(theirs) }
        let cutter = SocketCutter(duplicating: ours)
        _ = Watchdog.shared.schedule(at: .now + .milliseconds(50)) { cutter?.cut() }
        let count = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var byte: UInt8 = 0
                continuation.resume(returning: read(ours, &byte, 1))
            }
        }
        #expect(count == 0)
    }

    @Test func `the number that the library closed is somebody else's and is left alone`() {
        let (ours, theirs) = pair()
        defer { close(theirs) }
        let cutter = SocketCutter(duplicating: ours)
        close(ours)
        let (stranger, peer) = pair()
        defer { close(stranger); close(peer) }
        #expect(stranger == ours)
        cutter?.cut()
        cutter?.cut()
        var byte: UInt8 = 7
        #expect(write(stranger, &byte, 1) == 1)
        #expect(read(peer, &byte, 1) == 1)
    }

    @Test func `a released cutter leaves the connection as it is`() {
        let (ours, theirs) = pair()
        defer { close(ours); close(theirs) }
        let cutter = SocketCutter(duplicating: ours)
        cutter?.release()
        cutter?.cut()
        var byte: UInt8 = 7
        #expect(write(ours, &byte, 1) == 1)
        #expect(read(theirs, &byte, 1) == 1)
    }

    @Test func `there is none for what is no descriptor`() {
        #expect(SocketCutter(duplicating: -1) == nil)
    }
}

@Suite struct NameResolverTests {
    @Test(arguments: ["127.0.0.1", "::1", "fe80::1"])
    func `an address is its own answer`(_ address: String) async throws {
        #expect(try await NameResolver().addresses(of: address, by: .now + .seconds(5)) == [address])
    }

    @Test func `a name of this host is found, each address once`() async throws {
        let addresses = try await NameResolver().addresses(of: "localhost", by: .now + .seconds(5))
        #expect(!addresses.isEmpty)
        #expect(Set(addresses).count == addresses.count)
        #expect(addresses.allSatisfy { $0 == "127.0.0.1" || $0 == "::1" })
    }

    @Test func `beyond as many as may hang nothing new is started`() async {
        await #expect(throws: NameResolver.Failure.tooManyLeftBehind) {
            try await NameResolver(maxLeftBehind: 0).addresses(of: "localhost", by: .now + .seconds(5))
        }
    }

    @Test func `a name that isn't one is not found`() async {
        do throws(NameResolver.Failure) {
            let addresses = try await NameResolver().addresses(of: "no such host", by: .now + .seconds(5))
            Issue.record("found \(addresses)")
        } catch {
            guard case .notFound = error else {
                Issue.record("\(error)")
                return
            }
        }
    }
}

@Suite struct ClockTests {
    @Test func `the wall clock counts from 1970`() {
        let difference = SystemWallClock().now.sinceEpoch - .seconds(Int64(Date().timeIntervalSince1970))
        #expect(abs(difference / .seconds(1)) < 5)
    }

    @Test func `the process has an age`() throws {
        let age = try #require(processAge())
        #expect(age > .zero && age < .seconds(3600))
    }
}
