import Foundation
import TestSupport
import Testing

/// What the first event of a process on Lambda pays for the process's start.
@Suite struct FirstEventTests {
    private static let budget = Duration.milliseconds(1500)
    private static let reserve = Duration.milliseconds(500)

    @Test(arguments: Faulted.Kind.allCases)
    func `an event that waits for a process to start is answered inside the budget, from a directory that says nothing`(
        _ kind: Faulted.Kind
    ) async throws {
        let proxy = try FaultProxy(.silent)
        let servers = try await Servers.shared()
        let (yaml, environment) =
            switch kind {
            case .postgres:
                Faulted.postgres(servers.postgres.connection(database: Servers.database, "port=\(proxy.port)"))
            case .ldap: Faulted.ldap(servers.ldap, url: "ldaps://127.0.0.1:\(proxy.port)")
            }
        let settings = "budget: 1500ms, cold_start_reserve: 500ms"
        let function = try await LambdaProcess(
            yaml.replacing("budget: 3000ms", with: settings), environment: environment,
            files: try TemporaryFolder("first"))
        try await function.emulator.nextIsAsked()
        let startUp = function.start.duration(to: .now)
        let event = Faulted.right
        for _ in 1...2 {
            let reply = try await function.send(event)
            #expect(
                UserTable.problem(
                    with: reply.bytes, isError: reply.isError, to: event, .error("DirectoryUnavailable")) == nil)
        }
        // By the function's own clock: this process may be slow to look.
        let times = try InvocationLine.all(in: try await function.end()).map { Duration.milliseconds($0.milliseconds) }
        #expect(times.count == 2)
        let (first, second) = (try #require(times.first), try #require(times.last))
        #expect(first <= Self.budget - Self.reserve + .milliseconds(100))
        // The start is paid, as this process saw it at the most, and no more than that.
        #expect(first >= Self.budget - Self.reserve - startUp - .milliseconds(100))
        #expect(second <= Self.budget + .milliseconds(100))
        #expect(second >= Self.budget - .milliseconds(100))
    }
}
