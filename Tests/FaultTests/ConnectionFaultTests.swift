import TestSupport
import Testing

/// What a network, or a server that is half up, does to connections. Every fault meets a process that has no connection
/// yet, over TLS.
@Suite struct ConnectionFaultTests {
    private func check(_ kind: Faulted.Kind, _ behaviour: FaultProxy.Behaviour) async throws -> [String] {
        let faulted = try await Faulted(kind, behaviour)
        let reasons = try await faulted.expectOutage()
        faulted.proxy.behaviour = .passing
        try await faulted.expectRecovery()
        try await faulted.end()
        return reasons
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `refused`(_ kind: Faulted.Kind) async throws {
        #expect(try await check(kind, .refusing).allSatisfy { $0.contains("unreachable") })
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `dropped, so that no connection is made`(_ kind: Faulted.Kind) async throws {
        #expect(try await check(kind, .dropping).allSatisfy { $0.contains("deadline-exceeded") })
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `accepted, and nothing is said`(_ kind: Faulted.Kind) async throws {
        #expect(try await check(kind, .silent).allSatisfy { $0.contains("deadline-exceeded") })
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `answered one byte a second`(_ kind: Faulted.Kind) async throws {
        #expect(try await check(kind, .dripping(every: .seconds(1))).allSatisfy { $0.contains("deadline-exceeded") })
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `answered one byte each 5 ms, so that something always comes`(_ kind: Faulted.Kind) async throws {
        let reasons = try await check(kind, .dripping(every: .milliseconds(5)))
        #expect(reasons.allSatisfy { $0.contains("deadline-exceeded") })
    }

    /// How many bytes of the server each connection of a first sign-in gets.
    private func deliveries(_ kind: Faulted.Kind) async throws -> [Int] {
        let faulted = try await Faulted(kind)
        try await faulted.expect((Faulted.right, Faulted.accepted))
        let deliveries = faulted.proxy.deliveries
        try await faulted.end()
        return deliveries
    }

    /// Inside the TLS handshake, inside the log-in, in the middle of the result and right before its end: signatures
    /// differ in length by some bytes.
    @Test(arguments: Faulted.Kind.allCases)
    func `silent after any part of the answer`(_ kind: Faulted.Kind) async throws {
        let whole = try #require(try await deliveries(kind).first)
        for part in [1, 100, whole / 2, whole * 9 / 10, whole - 30] {
            #expect(
                try await check(kind, .stalling(after: part)).allSatisfy { $0.contains("deadline-exceeded") },
                "\(part) of \(whole)")
        }
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `reset after any part of the answer`(_ kind: Faulted.Kind) async throws {
        let whole = try #require(try await deliveries(kind).first)
        for part in [0, 1, 100, whole / 2, whole * 9 / 10, whole - 30] {
            let reasons = try await check(kind, .resetting(after: part))
            #expect(!reasons.contains { $0.contains("deadline-exceeded") }, "\(part) of \(whole): \(reasons)")
        }
    }
}
