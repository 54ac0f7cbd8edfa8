import Foundation
import TestSupport
import Testing

/// Directories that are gone, and very many sign-ins.
@Suite struct OutageTests {
    private let lag = MachineLag()

    private func stranger(_ number: Int) -> String {
        UserTable.event("user\(number)@example.com", password: "password \(number)")
    }

    /// Sends events, so many at a time.
    ///
    /// - Returns: what was wrong with the answers.
    private func send(
        _ events: [String], atOnce width: Int, to directories: TwoDirectories,
        expecting expected: UserTable.Expected = .error("DirectoryUnavailable")
    ) async throws -> [String] {
        try await withThrowingTaskGroup(of: String?.self) { group in
            var problems: [String] = []
            for (number, event) in events.enumerated() {
                if number >= width, let problem = try await group.next() ?? nil { problems.append(problem) }
                group.addTask { try await directories.problem(event, expected) }
            }
            for try await case let problem? in group { problems.append(problem) }
            return problems
        }
    }

    private func expectOutages(_ lines: some Collection<InvocationLine>, budget: Int, count: Int) {
        #expect(lines.count == count)
        #expect(lines.allSatisfy { $0.verdict == "unavailable" && $0.reason != nil })
        #expect(lines.map(\.milliseconds).max() ?? 0 <= budget + lag.allowance(over: Faulted.lateness))
    }

    /// The right password is accepted again and the wrong one denied.
    ///
    /// - Parameter limit: how long that may take.
    private func expectReturn(_ directories: TwoDirectories, within limit: Duration) async throws {
        let start = ContinuousClock.now
        var problem: String?
        repeat {
            problem = try await directories.problem(Faulted.right, Faulted.accepted)
        } while problem != nil && start.duration(to: .now) < limit
        #expect(problem == nil, "not within \(limit)")
        #expect(try await directories.problem(Faulted.wrong, .unchanged) == nil)
    }

    @Test func `a thousand sign-ins one after another while all directories are gone`() async throws {
        let (budget, timeout, count) = (500, 240, 1000)
        let directories = try await TwoDirectories(
            budget: budget, timeout: timeout, customers: ["on_unavailable: next"])
        // Connections that are warm, of a process that is at work.
        let others = ["дмитрий@example.com", "unconfirmed@example.com"].map { UserTable.event($0, password: "wrong") }
        #expect(try await send(others, atOnce: 1, to: directories, expecting: .unchanged).isEmpty)
        for proxy in [directories.customers, directories.staff] { TwoDirectories.blackHole(proxy) }
        let pid = directories.trigger.program.pid
        #expect(try await send((1...100).map(stranger), atOnce: 1, to: directories).isEmpty)
        let before = try ProcessUsage(of: pid)
        #expect(try await send((101...count).map(stranger), atOnce: 1, to: directories).isEmpty)
        let after = try ProcessUsage(of: pid)
        let lines = try await directories.trigger.invocations().dropFirst(others.count)
        expectOutages(lines, budget: budget, count: count)
        // With a tenth less it is the whole budget all the same.
        #expect(lines.count { $0.milliseconds >= budget * 9 / 10 } <= 10)
        expectFlat(before, after)
        for proxy in [directories.customers, directories.staff] { proxy.behaviour = .passing }
        // A breaker's period, and what a sign-in itself takes.
        try await expectReturn(directories, within: .milliseconds(1000 + budget))
        try await directories.trigger.end()
    }

    /// A connection for a probe may come and go; pools fill up once.
    private func expectFlat(_ before: ProcessUsage, _ after: ProcessUsage) {
        #expect(after.threads <= before.threads + 2, "\(before) -> \(after)")
        #expect(after.descriptors <= before.descriptors + 8, "\(before) -> \(after)")
        #expect(after.resident <= before.resident + 16_384, "\(before) -> \(after)")
    }

    @Test func `two hundred sign-ins at once while all directories are gone`() async throws {
        let (budget, timeout, count) = (1000, 480, 200)
        let directories = try await TwoDirectories(
            budget: budget, timeout: timeout, customers: ["on_unavailable: next"])
        for proxy in [directories.customers, directories.staff] { TwoDirectories.blackHole(proxy) }
        let pid = directories.trigger.program.pid
        // The breaker is closed, so all of them wait, and for few connections.
        #expect(try await send((1...count).map(stranger), atOnce: count, to: directories).isEmpty)
        let before = try ProcessUsage(of: pid)
        for round in 1...3 {
            let events = (1...count).map { stranger(round * count + $0) }
            #expect(try await send(events, atOnce: count, to: directories).isEmpty)
        }
        let after = try ProcessUsage(of: pid)
        let lines = try await directories.trigger.invocations()
        expectOutages(lines, budget: budget, count: 4 * count)
        expectFlat(before, after)
        for proxy in [directories.customers, directories.staff] { proxy.behaviour = .passing }
        try await expectReturn(directories, within: .milliseconds(1000 + budget))
        try await directories.trigger.end()
    }

    // MARK: One of two

    /// The lines of some sign-ins, each of which has to end so.
    private func signIns(
        _ events: [(String, UserTable.Expected)], _ directories: TwoDirectories
    ) async throws -> [InvocationLine] {
        let count = try await directories.trigger.invocations().count
        for (event, expected) in events {
            let problem = try await directories.problem(event, expected)
            #expect(problem == nil, "\(event)")
        }
        return Array(try await directories.trigger.invocations().dropFirst(count))
    }

    private static let timeout = 400

    /// At the healthy one's speed: far from the timeout of the other.
    private func expectSwift(_ lines: some Collection<InvocationLine>, by directory: String) {
        #expect(lines.allSatisfy { $0.directory == directory }, "\(lines)")
        #expect(lines.map(\.milliseconds).max() ?? 0 < Self.timeout / 2, "\(lines)")
    }

    private static let unknown = UserTable.event("nobody@example.com", password: UserTable.password)
    private static let unavailable = UserTable.Expected.error("DirectoryUnavailable")

    @Test func `names that are the healthy one's aren't held up by the other, and the other's aren't decided by it`()
        async throws
    {
        let directories = try await TwoDirectories(
            budget: 1000, timeout: Self.timeout, customers: [#"names: '^[^a].*@example\.com$'"#],
            staff: [#"names: '^a.*@example\.com$'"#])
        TwoDirectories.blackHole(directories.customers)
        let lines = try await signIns([(Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged)], directories)
        // The first makes its connections.
        expectSwift(lines.dropFirst(), by: "staff")
        // Known to both, and right in both, but `customers` is the one to say so.
        let other = "mustchange@example.com"
        let others = UserTable.event(other, password: UserTable.password)
        _ = try await signIns([(others, Self.unavailable), (Self.unknown, Self.unavailable)], directories)
        // The other way round.
        directories.customers.behaviour = .passing
        directories.customers.cut()
        TwoDirectories.blackHole(directories.staff)
        // Its breaker hasn't opened: the next one connects.
        let back = try await signIns(
            [(Self.unknown, .unchanged), (others, .user(status: "CONFIRMED", email: other))], directories)
        expectSwift(back.dropFirst(), by: "customers")
        let unseen = UserTable.event("anybody@example.com", password: UserTable.password)
        _ = try await signIns([(unseen, Self.unavailable), (Self.second, Self.unavailable)], directories)
        try await directories.trigger.end()
    }

    /// Ana with another password: what was admitted before is no help.
    private static let second = UserTable.event(Faulted.user, password: "second wrong")

    @Test func `the first one is gone, and the next may be asked`() async throws {
        let directories = try await TwoDirectories(
            budget: 1000, timeout: Self.timeout, customers: ["on_unavailable: next"])
        TwoDirectories.blackHole(directories.customers)
        // The first misses open the breaker.
        let misses = try await signIns(
            (1...3).map { (UserTable.event("miss\($0)@example.com", password: "x"), Self.unavailable) }, directories)
        #expect(misses.allSatisfy { $0.milliseconds >= Self.timeout * 9 / 10 })
        let events = [
            (Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged),
            // Nobody knows whether the first one knows them.
            (Self.unknown, Self.unavailable),
        ]
        let lines = try await signIns(events + [(Faulted.right, Faulted.accepted)], directories)
        expectSwift(lines.filter { $0.verdict != "unavailable" }.dropFirst(), by: "staff")
        #expect(lines.map(\.milliseconds).max() ?? 0 < Self.timeout)
        try await directories.trigger.end()
    }

    @Test func `the first one is gone, and nobody else may decide`() async throws {
        let directories = try await TwoDirectories(budget: 1000, timeout: Self.timeout)
        TwoDirectories.blackHole(directories.customers)
        let lines = try await signIns(
            [(Faulted.right, Self.unavailable), (Faulted.wrong, Self.unavailable), (Self.unknown, Self.unavailable)],
            directories)
        #expect(lines.allSatisfy { $0.directory == "customers" })
        #expect(directories.staff.connectionCount == 0)
        try await directories.trigger.end()
    }

    @Test
    func `the second one is gone: whom the first one knows gets in, and nobody else is told that they are unknown`()
        async throws
    {
        let directories = try await TwoDirectories(budget: 1000, timeout: Self.timeout)
        TwoDirectories.blackHole(directories.staff)
        let lines = try await signIns(
            [
                (Faulted.wrong, .unchanged), (Faulted.right, Faulted.accepted), (Self.unknown, Self.unavailable),
                (Faulted.right, Faulted.accepted),
            ], directories)
        expectSwift(lines.filter { $0.verdict != "unavailable" }.dropFirst(), by: "customers")
        try await directories.trigger.end()
    }
}
