import Synchronization
import TestSupport
import Testing

@testable import AWSClient

@Suite struct CredentialChainTests {
    /// Gives credentials named by how often it was asked, or fails.
    private final class Source: CredentialSource {
        let name = "fake"
        let calls = Mutex(0)
        let lifetime: Int64?
        let failing: Mutex<Bool>
        let delay: Duration
        let now: @Sendable () -> Int64

        init(
            lifetime: Int64?, failing: Bool = false, delay: Duration = .zero, now: @escaping @Sendable () -> Int64
        ) {
            (self.lifetime, self.delay, self.now) = (lifetime, delay, now)
            self.failing = Mutex(failing)
        }

        func credentials() async throws(AWSError) -> AWSCredentials? {
            let number = calls.withLock { count in
                count += 1
                return count
            }
            // Cancelled or not, it goes on.
            try? await Task.sleep(for: delay)
            if failing.withLock({ $0 }) { throw AWSError(.noCredentials, detail: "out of order") }
            return AWSCredentials(
                accessKeyID: "K\(number)", secretAccessKey: "s", expiration: lifetime.map { now() + $0 })
        }

        var count: Int { calls.withLock { $0 } }
    }

    private static var soon: ContinuousClock.Instant { .now + .seconds(30) }

    private final class Clock: Sendable {
        let seconds = Mutex<Int64>(0)
        var now: Int64 {
            get { seconds.withLock { $0 } }
            set { seconds.withLock { $0 = newValue } }
        }
    }

    @Test func `credentials are kept until shortly before they end`() async throws {
        let clock = Clock()
        let source = Source(lifetime: 3600) { clock.now }
        let chain = CredentialChain([source]) { clock.now }
        for (time, key) in [(0, "K1"), (3299, "K1"), (3300, "K2"), (3301, "K2")] as [(Int64, String)] {
            clock.now = time
            #expect(try await chain.credentials(by: Self.soon).accessKeyID == key)
        }
    }

    @Test func `those that don't end are asked for once`() async throws {
        let clock = Clock()
        let source = Source(lifetime: nil) { clock.now }
        let chain = CredentialChain([source]) { clock.now }
        _ = try await chain.credentials(by: Self.soon)
        clock.now = .max
        #expect(try await chain.credentials(by: Self.soon).accessKeyID == "K1")
    }

    @Test func `near their end they are asked for once a minute, and for good just before it`() async throws {
        let clock = Clock()
        let source = Source(lifetime: 120) { clock.now }
        let chain = CredentialChain([source]) { clock.now }
        _ = try await chain.credentials(by: Self.soon)
        for (time, count) in [(1, 1), (59, 1), (60, 2), (61, 2), (119, 2), (120, 3)] as [(Int64, Int)] {
            clock.now = time
            _ = try await chain.credentials(by: Self.soon)
            #expect(source.count == count, "at \(time)")
        }
        let short = Source(lifetime: 10) { clock.now }
        let other = CredentialChain([short]) { clock.now }
        _ = try await other.credentials(by: Self.soon)
        _ = try await other.credentials(by: Self.soon)
        #expect(short.count == 2)
    }

    @Test func `if there are no newer ones the old ones go on until their end`() async throws {
        let clock = Clock()
        let source = Source(lifetime: 400) { clock.now }
        let chain = CredentialChain([source]) { clock.now }
        _ = try await chain.credentials(by: Self.soon)
        source.failing.withLock { $0 = true }
        clock.now = 399
        #expect(try await chain.credentials(by: Self.soon).accessKeyID == "K1")
        clock.now = 400
        await #expect(throws: AWSError(.noCredentials, detail: "")) { try await chain.credentials(by: Self.soon) }
    }

    @Test func `many callers wait for one answer`() async throws {
        let source = Source(lifetime: 3600, delay: .milliseconds(50)) { 0 }
        let chain = CredentialChain([source]) { 0 }
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await chain.credentials(by: Self.soon).accessKeyID } }
            for try await key in group { #expect(key == "K1") }
        }
        #expect(source.count == 1)
    }

    @Test func `a source that hangs holds nobody beyond his deadline, and none who goes away`() async throws {
        let source = Source(lifetime: 3600, delay: .seconds(600)) { 0 }
        let chain = CredentialChain([source]) { 0 }
        await #expect(throws: AWSError(.deadlineExceeded, detail: "")) {
            try await chain.credentials(by: .now + .milliseconds(50))
        }
        let waiter = Task { try await chain.credentials(by: .now + .seconds(600)) }
        try await Task.sleep(for: .milliseconds(20))
        waiter.cancel()
        await #expect(throws: AWSError(.cancelled, detail: "")) { try await waiter.value }
        #expect(source.count == 1)
    }

    @Test func `those that a service called expired are forgotten`() async throws {
        let source = Source(lifetime: 3600) { 0 }
        let chain = CredentialChain([source]) { 0 }
        _ = try await chain.credentials(by: Self.soon)
        await chain.forget()
        #expect(try await chain.credentials(by: Self.soon).accessKeyID == "K2")
    }

    @Test func `a source that is set up and fails isn't passed over`() async throws {
        let broken = Source(lifetime: nil, failing: true) { 0 }
        let good = Source(lifetime: nil) { 0 }
        let chain = CredentialChain([broken, good]) { 0 }
        await #expect(throws: AWSError(.noCredentials, detail: "")) { try await chain.credentials(by: Self.soon) }
        #expect(good.count == 0)
    }
}
