import Foundation
import TestSupport
import Testing

/// The template and the package in an emulator of AWS that runs the function's zip as a process and calls it from a pool.
///
/// The emulator's pools don't call Migrate User, so that event is sent with boto3; they do call Pre sign-up, which the
/// function answers unchanged.
@Suite struct StackTests {
    private struct Reply: Decodable {
        let sent: String
        let received: String
        let error: String?
        let version: String?
    }

    private struct Stack: Decodable {
        let pool: String
        let status: String
        let failures: [String]
        let outputs: [String: String]
        let policy: Policy?
        let rolePolicies: [String]?
        let replies: [Reply]?
        let signedUp: String?
        let retention: Int?
        let log: [String]?
    }

    private struct Policy: Decodable {
        struct Statement: Decodable {
            let Effect: String
            let Principal: [String: String]
            let Action: String
            let Resource: String
            let Condition: [String: [String: String]]
        }
        let Statement: [Statement]
    }

    private static let secret = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:customers-AbCdEf"

    private func deploy(_ zip: String, events: [String], on server: PythonServer) async throws -> Stack {
        let python = try PythonServer.python()
        let files = try TemporaryFolder("stack")
        let translated = try await ChildProcess.run(
            python,
            [
                FunctionPackage.script("Tests/Scripts/translate-template"),
                FunctionPackage.script("deploy/template.yaml"),
            ])
        try Data(translated.utf8).write(to: URL(fileURLWithPath: files.file("template.json")))
        let output = try await ChildProcess.run(
            python,
            [
                FunctionPackage.script("Tests/Scripts/deploy-stack"), "--endpoint", server.endpoint, "--template",
                files.file("template.json"), "--package", zip, "--parameter", "SecretArns=\(Self.secret)",
            ], input: "[\(events.joined(separator: ","))]")
        return try JSONDecoder().decode(Stack.self, from: Data(output.utf8))
    }

    @Test func `the deployed function signs a user in, and its pool can call it`() async throws {
        let file = try await SQLiteFile(UserTable.sql)
        let files = try TemporaryFolder("package")
        try FileManager.default.copyItem(atPath: file.path, toPath: files.file("users.sqlite"))
        let zip = try await FunctionPackage.make(
            UserTable.configuration(type: "sqlite", place: "path: users.sqlite", parameter: "?1"), in: files)
        let events = [
            UserTable.event("ana@example.com", password: UserTable.password),
            UserTable.event("ana@example.com", password: UserTable.wrongPassword),
        ]
        let server = try await PythonServer.ministack()
        let stack = try await deploy(zip, events: events, on: server)
        server.stop()
        try #require(stack.status == "CREATE_COMPLETE", "\(stack.failures)")

        let alias = "arn:aws:lambda:eu-west-1:000000000000:function:migrate:live"
        #expect(stack.outputs["FunctionAlias"] == alias)
        let statement = try #require(stack.policy?.Statement.first)
        #expect(stack.policy?.Statement.count == 1)
        #expect(statement.Effect == "Allow")
        #expect(statement.Principal == ["Service": "cognito-idp.amazonaws.com"])
        #expect(statement.Action == "lambda:InvokeFunction")
        #expect(statement.Resource == alias)
        #expect(
            statement.Condition == [
                "ArnLike": ["AWS:SourceArn": "arn:aws:cognito-idp:eu-west-1:000000000000:userpool/\(stack.pool)"],
                "StringEquals": ["AWS:SourceAccount": "000000000000"],
            ])
        // Of what stands under a condition the secrets alone: nothing else was asked for.
        #expect(stack.rolePolicies == ["log", "secrets", "trace"])
        #expect(stack.retention == 30)

        let replies = try #require(stack.replies)
        try #require(replies.count == 2)
        #expect(replies.map(\.version) == ["1", "1"])
        let expected: [UserTable.Expected] = [.user(status: "CONFIRMED", email: "ana@example.com"), .unchanged]
        for (reply, expected) in zip2(replies, expected) {
            let problem = UserTable.problem(
                with: Array(reply.received.utf8), isError: reply.error != nil, to: reply.sent, expected)
            #expect(problem == nil, "\(reply.received.prefix(300))")
        }

        // Who signed up is there, after the function said nothing against it.
        #expect(stack.signedUp == "UNCONFIRMED")
        let log = try #require(stack.log)
        for source in ["UserMigration_Authentication", "PreSignUp_SignUp"] {
            #expect(log.contains { $0.contains("\"message\":\"invocation\"") && $0.contains(source) }, "\(source)")
        }
        for secret in UserTable.secrets { #expect(!log.joined().contains(secret)) }
    }
}

/// `zip` is a file here.
private func zip2<First: Sequence, Second: Sequence>(_ first: First, _ second: Second) -> Zip2Sequence<First, Second> {
    Swift.zip(first, second)
}
