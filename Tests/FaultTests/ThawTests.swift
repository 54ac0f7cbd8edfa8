import TestSupport
import Testing

/// A connection that was kept over a pause, as a function that was frozen keeps it, while a network forgot it.
@Suite struct ThawTests {
    @Test func `a forgotten connection costs a part of the next sign-in, and nobody notices`() async throws {
        // Both at once, because the pause is real: for longer than a connection is trusted without a check.
        try await withThrowingTaskGroup { group in
            for kind in Faulted.Kind.allCases {
                group.addTask {
                    let faulted = try await Faulted(kind, budget: 2000)
                    try await faulted.expect((Faulted.right, Faulted.accepted))
                    let before = faulted.proxy.connectionCount
                    faulted.proxy.freeze()
                    try await Task.sleep(for: .seconds(5.2))
                    try await faulted.expect((Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged))
                    #expect(faulted.proxy.connectionCount == 2 * before)
                    try await faulted.end()
                }
                group.addTask {
                    let faulted = try await Faulted(kind, budget: 2000)
                    try await faulted.expect((Faulted.right, Faulted.accepted))
                    let before = faulted.proxy.connectionCount
                    try await Task.sleep(for: .seconds(5.2))
                    try await faulted.expect((Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged))
                    #expect(faulted.proxy.connectionCount == before, "one that is there is kept")
                    try await faulted.end()
                }
            }
            try await group.waitForAll()
        }
    }

    /// One is trusted for so long; then it is thrown away.
    @Test(arguments: Faulted.Kind.allCases)
    func `a connection that is forgotten between two sign-ins costs one of them, or with ldap two`(_ kind: Faulted.Kind)
        async throws
    {
        let faulted = try await Faulted(kind)
        try await faulted.expect((Faulted.right, Faulted.accepted))
        faulted.proxy.freeze()
        // Another password than later: one that is still being tried isn't tried again.
        let mistyped = UserTable.event(Faulted.user, password: "mistyped")
        #expect(try await faulted.expectOutage(of: [mistyped]).allSatisfy { $0.contains("deadline-exceeded") })
        // With ldap the bind's connection is another one, which may cost a second sign-in.
        try await faulted.expectRecovery()
        try await faulted.end()
    }
}
