import Foundation
import Logging
import TestSupport
import Testing
import Threads

@testable import MigrationCore

/// The numbers for CloudWatch in the log lines.
@Suite struct MetricsLineTests {
    private typealias Datum = EmbeddedMetricLine.Datum

    private struct FixedClock: WallClock {
        let now = UnixTime(milliseconds: 1_790_000_000_123)
    }

    /// A line as JSON, as a log handler writes it.
    private func json(_ metadata: Logger.Metadata) throws -> String {
        func value(_ member: Logger.MetadataValue) -> Any {
            switch member {
            case .string(let text): text
            case .stringConvertible(let number as Int): number
            case .stringConvertible(let number as Int64): number
            case .stringConvertible(let other): "\(other)"
            case .array(let values): values.map(value)
            case .dictionary(let values): values.mapValues(value)
            }
        }
        return String(
            decoding: try JSONSerialization.data(withJSONObject: metadata.mapValues(value)), as: UTF8.self)
    }

    private func embedded(_ metadata: Logger.Metadata) throws -> EmbeddedMetricLine {
        try #require(try EmbeddedMetricLine(json(metadata)))
    }

    private func event(_ userName: String, password: String, source: String = "UserMigration_Authentication") -> String
    {
        #"{"triggerSource":"\#(source)","userPoolId":"p","userName":"\#(userName)","request":{"password":"\#(password)"}}"#
    }

    /// The lines of the events, one after the other at one service.
    private func lines(
        _ events: [String], _ places: [MigrationWorld.Place], level: Logger.Level = .info, embedsMetrics: Bool = true,
        traceID: String? = nil, change: (inout ConnectorsConfiguration) -> Void = { _ in }
    ) async -> [CollectedLog.Line] {
        let world = MigrationWorld(places) { configuration in
            configuration.signIn.denyFloor = .milliseconds(10)
            change(&configuration)
        }
        let log = CollectedLog(level: level)
        let service = TriggerService(
            world.configuration, migrator: world.migrator, time: InvocationTime(world.configuration.signIn),
            identifierHash: IdentifierHash(key: Secret("key")), logger: log.logger, embedsMetrics: embedsMetrics,
            wallClock: FixedClock())
        for event in events {
            await service.handle(Array(event.utf8), requestID: "r1", arrival: .now, traceID: traceID) { _ in }
        }
        return log.lines
    }

    private let users = [MigrationWorld.Place(rows: [MigrationWorld.row("1")])]

    @Test func `a sign-in is counted by trigger, verdict and cache, and its phases are timed`() async throws {
        let lines = await lines([event("user1@example.com", password: SampleHash.password)], users)
        #expect(lines.map(\.message) == ["invocation"])
        let line = try embedded(try #require(lines.first).metadata)
        #expect(line.namespace == "CognitoUserMigration")
        #expect(line.milliseconds == 1_790_000_000_123)
        let trigger = ["Trigger": "UserMigration"]
        let byVerdict = ["Trigger": "UserMigration", "Verdict": "accepted"]
        #expect(
            Set(line.data.filter { $0.unit == "Count" }) == [
                Datum("Invocations", "Count", 1, trigger), Datum("Invocations", "Count", 1, byVerdict),
                Datum("Invocations", "Count", 1, ["Trigger": "UserMigration", "Cache": "none"]),
            ])
        let times = line.data.filter { $0.unit == "Milliseconds" }
        #expect(
            Set(times.map { "\($0.metric) \($0.dimensions.keys.sorted())" }) == [
                "Latency [\"Trigger\"]", "Latency [\"Trigger\", \"Verdict\"]", "LookUp [\"Trigger\"]",
                "Verify [\"Trigger\"]",
            ])
        #expect(times.allSatisfy { (0..<20_000).contains($0.value) })
        // What was there before is there still.
        let promised = ["requestId", "source", "directory", "verdict", "cache", "ms", "identifierHash"]
        #expect(Set(promised).isSubset(of: Set(lines[0].metadata.keys)))
    }

    @Test(
        arguments: [
            (#"{"triggerSource":"PreSignUp_SignUp"}"#, ["Trigger": "other"]),
            (#"{"triggerSource":"ana@example.com"}"#, ["Trigger": "other"]),
            ("nonsense", ["Trigger": "invalid", "Verdict": "invalid-event"]),
        ])
    func `what anybody may send is no dimension`(_ event: String, _ dimensions: [String: String]) async throws {
        let lines = await lines([event], users)
        let line = try embedded(try #require(lines.first).metadata)
        #expect(line.data.map(\.dimensions).max { $0.count < $1.count } == dimensions)
        #expect(Set(line.data.map(\.metric)) == ["Invocations", "Latency"])
    }

    @Test func `an answer that was kept tells where from, and no time of a directory`() async throws {
        let event = event("user1@example.com", password: SampleHash.password)
        let lines = await lines([event, event], users)
        let line = try embedded(try #require(lines.last).metadata)
        #expect(line.data.contains(Datum("Invocations", "Count", 1, ["Trigger": "UserMigration", "Cache": "verdict"])))
        #expect(Set(line.data.map(\.metric)) == ["Invocations", "Latency"])
    }

    @Test func `what the deadline cuts off is unavailable`() async throws {
        let lines = await lines(
            [event("user1@example.com", password: SampleHash.password)],
            [.init(condition: .silent, timeout: .seconds(60))]
        ) { $0.signIn.budget = .milliseconds(100) }
        let line = try embedded(try #require(lines.first).metadata)
        #expect(
            line.data.contains(
                Datum("Invocations", "Count", 1, ["Trigger": "UserMigration", "Verdict": "unavailable"])))
    }

    @Test(arguments: [Logger.Level.warning, .error, .critical])
    func `a level that keeps the line back leaves the metrics, alone`(_ level: Logger.Level) async throws {
        let lines = await lines([event("user1@example.com", password: SampleHash.password)], users, level: level)
        #expect(lines.map(\.message) == ["metrics"])
        // Lambda drops what is below the level.
        #expect(lines.map(\.level) == [level])
        let metadata = try #require(lines.first).metadata
        #expect(try !embedded(metadata).data.isEmpty)
        #expect(
            Set(metadata.keys) == [
                "_aws", "Trigger", "Verdict", "Cache", "Invocations", "Latency", "LookUp", "Verify",
            ])
    }

    @Test func `without metrics there are none, and no line that a level keeps back`() async {
        let event = event("user1@example.com", password: SampleHash.password)
        let shown = await lines([event], users, embedsMetrics: false)
        #expect(shown.map(\.message) == ["invocation"])
        #expect(shown.allSatisfy { $0.metadata["_aws"] == nil && $0.metadata["Invocations"] == nil })
        #expect(await lines([event], users, level: .error, embedsMetrics: false).isEmpty)
    }

    @Test func `the trace's id is in the line, if there is one`() async throws {
        let id = "1-5759e988-bd862e3fe1be46a994272793"
        let event = event("user1@example.com", password: SampleHash.password)
        #expect(await lines([event], users, traceID: id).first?.metadata["traceId"] == .string(id))
        #expect(await lines([event], users).first?.metadata["traceId"] == nil)
    }

    @Test(
        arguments: [
            (.closed, .open, Logger.Level.info, "breaker", 1), (.open, .closed, .info, "breaker", 0),
            // A try that failed: no news, but it is open still.
            (.halfOpen, .open, .info, "metrics", 1), (.halfOpen, .open, .debug, "breaker", 1),
            (.halfOpen, .closed, .critical, "metrics", 0),
        ] as [(BreakerChange.State, BreakerChange.State, Logger.Level, String, Double)])
    func `a breaker is 1 whenever it opens and 0 when it closes`(
        _ previous: BreakerChange.State, _ state: BreakerChange.State, _ level: Logger.Level, _ message: String,
        _ value: Double
    ) throws {
        let log = CollectedLog(level: level)
        BreakerLog(logger: log.logger, metricsClock: FixedClock()).write(
            BreakerChange(directory: "customers", previous: previous, state: state, error: nil))
        let lines = log.lines
        #expect(lines.map(\.message) == [message])
        let line = try embedded(try #require(lines.first).metadata)
        #expect(line.data == [Datum("BreakerOpen", "Count", value, ["Directory": "customers"])])
    }

    @Test func `of a try that is under way nothing is known yet`() {
        let log = CollectedLog(level: .info)
        BreakerLog(logger: log.logger, metricsClock: FixedClock()).write(
            BreakerChange(directory: "customers", previous: .open, state: .halfOpen, error: nil))
        #expect(log.lines.isEmpty)
    }

    @Test(
        arguments: [
            ("customers", "customers"), ("Kunden (alt)", "Kunden (alt)"),
            ("Kundschaft für alle", "Kundschaft f_r alle"),
            (":odd", "_odd"), ("", "_"), ("   ", "_"), ("a\tb\nc\u{7F}", "a_b_c_"), ("顧客", "__"),
            (String(repeating: "x", count: 2000), String(repeating: "x", count: 1024)),
        ])
    func `a dimension's value is what CloudWatch takes`(_ text: String, _ value: String) {
        #expect(EmbeddedMetrics.dimensionValue(text) == value)
    }

    @Test func `a dimension without a value takes its sets along, and they their metrics`() throws {
        var metrics = EmbeddedMetrics([.trigger: "UserMigration", .verdict: nil])
        metrics.add([.invocations: 1], by: [[.trigger], [.trigger, .verdict]])
        metrics.add([.latency: 5], by: [[.trigger, .verdict]])
        metrics.add([.lookUp: nil], by: [[.trigger]])
        let members = metrics.members(at: FixedClock().now)
        #expect(Set(members.keys) == ["_aws", "Trigger", "Invocations"])
        #expect(try embedded(members).data == [Datum("Invocations", "Count", 1, ["Trigger": "UserMigration"])])
        #expect(EmbeddedMetrics([.verdict: "accepted"]).members(at: FixedClock().now).isEmpty)
    }
}
