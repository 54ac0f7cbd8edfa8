import Foundation
import TestSupport
import Testing

/// The numbers for CloudWatch as the function's own binary writes them.
@Suite struct EmbeddedMetricsTests {
    private typealias Datum = EmbeddedMetricLine.Datum

    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func function(_ environment: [String: String] = [:]) async throws -> LambdaProcess {
        let files = try TemporaryFolder("metrics")
        let database = try await SQLiteFile(UserTable.sql)
        try FileManager.default.copyItem(atPath: database.path, toPath: files.file("users.sqlite"))
        return try await LambdaProcess(
            UserTable.configuration(type: "sqlite", place: "path: users.sqlite", parameter: "?1"),
            // A slow start takes nothing of the first event's time.
            environment: environment.merging(["AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency"]) { $1 },
            files: files)
    }

    private func lines(_ log: String) -> [String] { log.split(separator: "\n").map(String.init) }

    private func members(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func `every invocation is one line, and CloudWatch takes its numbers from it`() async throws {
        let function = try await function()
        for test in UserTable.cases {
            let event = UserTable.event(test.userName, password: test.password, source: test.source)
            let reply = try await function.send(event)
            #expect(
                UserTable.problem(with: reply.bytes, isError: reply.isError, to: event, test.expected) == nil,
                "\(test.description)")
        }
        let log = try await function.end()
        let lines = lines(log).filter { $0.contains(#""message":"invocation""#) }
        #expect(lines.count == UserTable.cases.count)
        #expect(!log.contains(#""message":"metrics""#))
        for secret in UserTable.secrets { #expect(!log.contains(secret)) }
        var counted: [String: Double] = [:]
        for line in lines {
            let metrics = try #require(try EmbeddedMetricLine(line))
            #expect(metrics.namespace == "CognitoUserMigration")
            let verdict = try members(line)["verdict"] as? String
            for datum in metrics.data where datum.metric == "Invocations" {
                #expect(datum.dimensions["Verdict"] == nil || datum.dimensions["Verdict"] == verdict)
                if datum.dimensions.count == 1 { counted[datum.dimensions["Trigger"] ?? "", default: 0] += datum.value }
            }
            // A person's hash, an identifier or a directory's row tells no metrics apart.
            for datum in metrics.data {
                #expect(Set(datum.dimensions.keys).isSubset(of: ["Trigger", "Verdict", "Cache"]))
            }
        }
        let others = UserTable.cases.count { !$0.source.hasPrefix("UserMigration_") }
        #expect(counted == ["UserMigration": Double(UserTable.cases.count - others), "other": Double(others)])
        try await checkSchema(lines)
    }

    /// As somebody else's reading of the format has it.
    private func checkSchema(_ lines: [String]) async throws {
        try Requirement.require(
            (try? await ChildProcess.run("/usr/bin/python3", ["-c", "import jsonschema, yaml; yaml.CSafeLoader"]))
                != nil,
            orSkip: "python3-jsonschema and python3-yaml are not installed")
        let folder = try TemporaryFolder("emf")
        // JSON is YAML.
        for (number, line) in lines.enumerated() {
            try Data(line.utf8).write(to: URL(filePath: folder.file("\(number).yaml")))
        }
        try Data(#"{"_aws":{"Timestamp":1,"CloudWatchMetrics":[]}}"#.utf8).write(
            to: URL(filePath: folder.file("bad.yaml")))
        let output = try await ChildProcess.run(
            Self.project.appending(path: "Tests/Scripts/check-schema").path,
            [Self.project.appending(path: "Tests/Scripts/embedded-metrics.schema.json").path, folder.path])
        let problems = try JSONDecoder().decode([String: [String]].self, from: Data(output.utf8))
        #expect(problems.count == lines.count + 1)
        for (name, problems) in problems { #expect(problems.isEmpty == (name != "bad.yaml"), "\(name): \(problems)") }
    }

    @Test func `a level that keeps the line back leaves the metrics; off is off`() async throws {
        let event = UserTable.event("ana@example.com", password: UserTable.password)
        for (environment, messages) in [
            (["AWS_LAMBDA_LOG_LEVEL": "WARN"], ["metrics"]),
            (["AWS_LAMBDA_LOG_LEVEL": "WARN", "MIGRATE_METRICS": "off"], []),
            (["AWS_LAMBDA_LOG_LEVEL": "INFO", "MIGRATE_METRICS": "on"], ["invocation"]),
        ] {
            let function = try await function(environment)
            _ = try await function.send(event)
            let lines = lines(try await function.end())
            #expect(try lines.map { try members($0)["message"] as? String } == messages)
            for line in lines { #expect(try EmbeddedMetricLine(line) != nil) }
        }
    }

    @Test func `where Lambda filters by level, lines have its names, and the metrics pass`() async throws {
        let function = try await function(["AWS_LAMBDA_LOG_LEVEL": "WARN", "AWS_LAMBDA_LOG_FORMAT": "JSON"])
        _ = try await function.send(UserTable.event("ana@example.com", password: UserTable.password))
        _ = try await function.send(UserTable.event("broken@example.com", password: UserTable.password))
        let lines = try lines(try await function.end()).map(members)
        #expect(lines.map { $0["message"] as? String } == ["metrics", "invocation"])
        #expect(lines.map { $0["level"] as? String } == ["WARN", "WARN"])
        #expect(lines.allSatisfy { $0["timestamp"] is String && $0["time"] == nil })
    }

    @Test func `the trace's id is in the line of its event`() async throws {
        let function = try await function()
        let id = "1-5759e988-bd862e3fe1be46a994272793"
        let event = Array(UserTable.event("ana@example.com", password: UserTable.password).utf8)
        for header in ["Root=\(id);Parent=53995c3f42cd8ad8;Sampled=1", nil, "Root=ana@example.com"] {
            _ = try await function.emulator.invoke(event, traceID: header)
        }
        let lines = try lines(try await function.end()).map(members).filter { $0["message"] as? String == "invocation" }
        #expect(lines.map { $0["traceId"] as? String } == [id, nil, nil])
    }

    @Test func `a directory that goes away and comes back is 1 and then 0`() async throws {
        let server = try await PostgresServer.separate()
        try await server.run(UserTable.sql)
        let function = try await LambdaProcess(
            UserTable.configuration(
                type: "postgres", place: "connection: \"${env:CUSTOMERS_URL}\"", parameter: "$1",
                more: "cache: { memory: { entries: 0 } }"),
            environment: ["CUSTOMERS_URL": server.connection(), "AWS_LAMBDA_LOG_LEVEL": "INFO"],
            files: try TemporaryFolder("metrics"))
        let event = UserTable.event("ana@example.com", password: UserTable.password)
        try await server.stop()
        // As many as open it.
        for _ in 0..<3 { _ = try await function.send(event) }
        try await server.start()
        let patience = ContinuousClock.now + .seconds(20)
        while try await function.send(event).isError, ContinuousClock.now < patience {
            try await Task.sleep(for: .milliseconds(200))
        }
        let data = try lines(try await function.end()).compactMap(EmbeddedMetricLine.init).flatMap(\.data)
            .filter { $0.metric == "BreakerOpen" }
        #expect(data.first == Datum("BreakerOpen", "Count", 1, ["Directory": "customers"]))
        #expect(data.last == Datum("BreakerOpen", "Count", 0, ["Directory": "customers"]))
        #expect(data.dropLast().allSatisfy { $0.value == 1 })
    }
}
