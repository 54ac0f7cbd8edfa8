import Testing

@testable import MigrationCore

/// The rules of the chain, as events and whole actions.
@Suite struct DirectoryChainTests {
    /// What happened in a chain: the directories asked, and the verdict's code.
    private func run(
        _ policies: [DirectoryChain.Policy], _ answers: [Int: ChainEvent]
    ) -> (asked: [Int], verdict: String) {
        var chain = DirectoryChain(policies)
        var asked: [Int] = []
        var action = chain.start()
        while true {
            switch action {
            case .conclude(let verdict): return (asked, verdict.code)
            case .ask(let index):
                asked.append(index)
                action = chain.record(answers[index] ?? .unknown)
            }
        }
    }

    private func policy(
        onUnavailable: ChainContinuation = .stop, onWrongPassword: ChainContinuation = .stop, isAsked: Bool = true
    ) -> DirectoryChain.Policy {
        .init(onUnavailable: onUnavailable, onWrongPassword: onWrongPassword, isAsked: isAsked)
    }

    private let outage = ChainEvent.unavailable(DirectoryError(.unreachable, directory: "a"))

    @Test func `the first directory that knows the user decides`() {
        let result = run([policy(), policy(), policy()], [1: .decided(.disabled), 2: .decided(.wrongPassword)])
        #expect(result == ([0, 1], "disabled"))
    }

    @Test(arguments: [Verdict.disabled, .ambiguous(matches: 2), .notCanonical, .unknownUser, .unverifiable(.malformed)])
    func `an entry that is disabled, ambiguous, not canonical, migrated or unverifiable ends the chain`(
        _ verdict: Verdict
    ) {
        let everyNext = policy(onUnavailable: .next, onWrongPassword: .next)
        #expect(run([everyNext, everyNext], [0: .decided(verdict)]) == ([0], verdict.code))
    }

    @Test func `nobody knows the user`() {
        #expect(run([policy(), policy()], [:]) == ([0, 1], "unknown-user"))
    }

    @Test func `a directory that is unavailable ends the chain`() {
        #expect(run([policy(), policy()], [0: outage]) == ([0], "unavailable"))
    }

    @Test func `on_unavailable next asks the next, which may decide`() {
        let policies = [policy(onUnavailable: .next), policy()]
        #expect(run(policies, [0: outage, 1: .decided(.disabled)]) == ([0, 1], "disabled"))
    }

    @Test func `a directory that was passed over makes an unknown user an outage`() {
        #expect(run([policy(onUnavailable: .next), policy()], [0: outage]) == ([0, 1], "unavailable"))
    }

    @Test func `a wrong password ends the chain`() {
        #expect(run([policy(), policy()], [0: .wrongPassword]) == ([0], "wrong-password"))
    }

    @Test func `on_wrong_password next asks the next`() {
        let policies = [policy(onWrongPassword: .next), policy()]
        #expect(run(policies, [0: .wrongPassword]) == ([0, 1], "wrong-password"))
        #expect(run(policies, [0: .wrongPassword, 1: .decided(.disabled)]) == ([0, 1], "disabled"))
        #expect(run(policies, [0: .wrongPassword, 1: outage]) == ([0, 1], "unavailable"))
    }

    @Test func `a wrong password counts only if every directory asked has answered`() {
        let policies = [policy(onUnavailable: .next), policy(onWrongPassword: .next), policy()]
        #expect(run(policies, [0: outage, 1: .wrongPassword]) == ([0, 1, 2], "unavailable"))
    }

    @Test func `a directory whose names don't fit is neither asked nor missed`() {
        #expect(run([policy(isAsked: false), policy()], [0: outage]) == ([1], "unknown-user"))
        #expect(run([policy(isAsked: false)], [:]) == ([], "unknown-user"))
    }
}
