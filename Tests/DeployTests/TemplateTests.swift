import Foundation
import TestSupport
import Testing

/// `deploy/template.yaml`, as it is and as SAM translates it.
@Suite struct TemplateTests {
    private static let template = FunctionPackage.script("deploy/template.yaml")

    /// What CloudFormation is given: translated once.
    private static let translated = Task {
        let python = try PythonServer.python()
        return try await ChildProcess.run(
            python, [FunctionPackage.script("Tests/Scripts/translate-template"), template])
    }

    private func properties(_ name: String) async throws -> [String: Any] {
        let json = try await Self.translated.value
        let template = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        let resource = (template?["Resources"] as? [String: Any])?[name] as? [String: Any]
        return try #require(resource?["Properties"] as? [String: Any], "\(name)")
    }

    private func lint(_ file: String) async throws -> Program.Result {
        let python = try PythonServer.python()
        // Beside it, as pip installs it. Its parts look for a home folder.
        let program = URL(fileURLWithPath: python).deletingLastPathComponent().appendingPathComponent("cfn-lint").path
        let home = try TemporaryFolder("lint")
        return try await Program.run(
            program, ["--regions", "eu-west-1", "--", file], environment: ["HOME": home.path], in: home.path)
    }

    @Test func `cfn-lint finds nothing in the template, nor in what SAM makes of it`() async throws {
        let files = try TemporaryFolder("template")
        let translated = try await Self.translated.value
        try Data(translated.utf8).write(to: URL(fileURLWithPath: files.file("translated.json")))
        for file in [Self.template, files.file("translated.json")] {
            let result = try await lint(file)
            #expect(result.status == 0, "\(result.output)\(result.errors)")
        }
        // It would find something.
        let broken = translated.replacingOccurrences(of: "\"Timeout\"", with: "\"TimeOut\"")
        try Data(broken.utf8).write(to: URL(fileURLWithPath: files.file("broken.json")))
        let result = try await lint(files.file("broken.json"))
        #expect(result.status != 0)
        #expect(result.output.contains("TimeOut"))
    }

    @Test func `one function on the custom runtime, called by its alias`() async throws {
        let function = try await properties("MigrateFunction")
        #expect(function["Runtime"] as? String == "provided.al2023")
        #expect(function["Handler"] as? String == "trigger")
        // Cognito waits for 5 seconds.
        #expect(function["Timeout"] as? Int == 6)
        #expect((function["TracingConfig"] as? [String: Any])?["Mode"] as? String == "Active")
        #expect(function["DeadLetterConfig"] == nil)
        let alias = try await properties("MigrateFunctionAliaslive")
        #expect(alias["Name"] as? String == "live")
        #expect(alias["ProvisionedConcurrencyConfig"] != nil)
        let permission = try await properties("PoolMayInvoke")
        #expect(permission["FunctionName"] as? [String: String] == ["Ref": "MigrateFunctionAliaslive"])
        #expect(permission["Principal"] as? String == "cognito-idp.amazonaws.com")
        #expect(permission["SourceArn"] != nil)
        #expect(permission["SourceAccount"] != nil)
    }

    /// Each statement that allows something on everything must be of an action that knows no resources.
    @Test func `the function may do what is listed, on what is named`() async throws {
        let role = try await properties("MigrateRole")
        // No policy of AWS's, which would grow by itself.
        #expect(role["ManagedPolicyArns"] == nil)
        let policies = try #require(role["Policies"] as? [[String: Any]])
        var allowed: [String: String] = [:]
        for policy in policies {
            // Under a condition, or always.
            let choice = (policy["Fn::If"] as? [Any])?[1] as? [String: Any] ?? policy
            let name = try #require(choice["PolicyName"] as? String)
            let document = try #require(choice["PolicyDocument"] as? [String: Any])
            for statement in try #require(document["Statement"] as? [[String: Any]])
            where statement["Effect"] as? String == "Allow" {
                let actions = try #require(
                    statement["Action"] as? [String] ?? (statement["Action"] as? String).map { [$0] })
                let resource = try #require(statement["Resource"])
                for action in actions {
                    #expect(!action.contains("*"), "\(action)")
                    allowed[action] = "\(name): " + (resource as? String ?? Self.text(resource))
                }
            }
        }
        #expect(
            allowed == [
                "logs:CreateLogStream": #"log: {"Fn::GetAtt":["MigrateLog","Arn"]}"#,
                "logs:PutLogEvents": #"log: {"Fn::GetAtt":["MigrateLog","Arn"]}"#,
                "xray:PutTraceSegments": "trace: *", "xray:PutTelemetryRecords": "trace: *",
                "secretsmanager:GetSecretValue": #"secrets: {"Ref":"SecretArns"}"#,
                "ssm:GetParameter": #"parameters: {"Ref":"ParameterArns"}"#,
                "kms:Decrypt": #"keys: {"Ref":"KmsKeyArns"}"#,
                "ec2:CreateNetworkInterface": "network: *", "ec2:DescribeNetworkInterfaces": "network: *",
                "ec2:DescribeSubnets": "network: *", "ec2:DeleteNetworkInterface": "network: *",
                "ec2:AssignPrivateIpAddresses": "network: *", "ec2:UnassignPrivateIpAddresses": "network: *",
            ])
    }

    private static func text(_ value: Any) -> String {
        let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    /// A name of a metric that nobody writes makes an alarm that never goes off.
    @Test func `alarms and dashboard look at metrics that the function writes`() async throws {
        let latency = try await properties("LatencyAlarm")
        #expect(latency["Namespace"] as? String == "CognitoUserMigration")
        #expect(latency["MetricName"] as? String == "Latency")
        #expect(latency["ExtendedStatistic"] as? String == "p99")
        #expect(latency["Dimensions"] as? [[String: String]] == [["Name": "Trigger", "Value": "UserMigration"]])
        let breaker = try await properties("BreakerAlarm")
        let query = (breaker["Metrics"] as? [[String: Any]])?.first?["Expression"] as? String
        #expect(query == "SELECT MAX(BreakerOpen) FROM SCHEMA(CognitoUserMigration, Directory)")
        for (alarm, metric) in [("ErrorAlarm", "Errors"), ("ThrottleAlarm", "Throttles")] {
            let alarm = try await properties(alarm)
            #expect(alarm["Namespace"] as? String == "AWS/Lambda")
            #expect(alarm["MetricName"] as? String == metric)
        }
        for alarm in ["ErrorAlarm", "ThrottleAlarm", "BreakerAlarm", "LatencyAlarm"] {
            #expect(try await properties(alarm)["TreatMissingData"] as? String == "notBreaching")
        }
        let dashboard = try await properties("Dashboard")
        let body = try #require((dashboard["DashboardBody"] as? [String: String])?["Fn::Sub"])
        // A number, where a parameter is one.
        let filled = body.replacingOccurrences(of: "${LatencyAlarmMs}", with: "3500")
        let object = try JSONSerialization.jsonObject(with: Data(filled.utf8)) as? [String: Any]
        #expect((object?["widgets"] as? [Any])?.count == 8)
        for schema in ["{CognitoUserMigration,Trigger,Verdict}", "{CognitoUserMigration,Trigger,Cache}"] {
            #expect(body.contains(schema))
        }
    }

    @Test func `the log is kept for as long as is said`() async throws {
        let log = try await properties("MigrateLog")
        #expect(log["RetentionInDays"] as? [String: String] == ["Ref": "LogRetentionDays"])
        let function = try await properties("MigrateFunction")
        #expect(
            (function["LoggingConfig"] as? [String: Any])?["LogGroup"] as? [String: String] == ["Ref": "MigrateLog"])
    }
}
