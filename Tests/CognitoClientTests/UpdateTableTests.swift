import Foundation
import TestSupport
import Testing

@testable import AWSClient
@testable import CognitoClient

@Suite struct UpdateTableTests {
    /// What a script says of AWS's own model, as botocore brings it.
    static func model(_ arguments: [String], input: String = "") async throws -> JSON {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Scripts/aws-model").path
        let result = try await Program.run(
            try PythonServer.python(), [script] + arguments, environment: ["HOME": "/nonexistent"], input: input)
        return try #require(JSON(bytes: Array(result.output.utf8)), "\(result)")
    }

    @Test(arguments: [
        (UpdateTable.userPool, "DescribeUserPool"), (UpdateTable.userPoolClient, "DescribeUserPoolClient"),
    ])
    func `the table has every member of AWS's model, and no other`(_ table: UpdateTable, _ describe: String)
        async throws
    {
        let update = try await Self.model(["members", "cognito-idp", table.operation])
        let description = try await Self.model(["members", "cognito-idp", describe])
        let input = table.identifiers + table.taken + table.renamed.values
        #expect(update["input"]?.strings == input.sorted())
        let output = table.taken + table.described + table.renamed.keys
        let described = description["output"]?.strings.map { Set($0).subtracting(table.identifiers) }
        #expect(described == Set(output))
    }

    @Test func `what nobody knows is sent as it came, and said`() {
        let pool: JSON = ["Id": "eu-west-1_x", "Name": "customers", "Novelty": ["On": true], "Gone": .null]
        #expect(UpdateTable.userPool.unknown(in: pool) == ["Novelty"])
        #expect(UpdateTable.userPool.input(from: pool) == ["PoolName": "customers", "Novelty": ["On": true]])
    }

    @Test func `a client's secret is no setting`() {
        var client = FullPool.client
        client["ClientSecret"] = "s3cret"
        client["LastModifiedDate"] = 1
        #expect(UpdateTable.userPoolClient.input(from: client) == FullPool.client)
    }

    @Test func `tags of AWS's own are not sent, those of the operator are`() {
        let input = UpdateTable.userPool.input(
            from: ["UserPoolTags": ["aws:cloudformation:stack-name": "x", "AWS:y": "z", "team": "identity"]])
        #expect(input == ["UserPoolTags": ["team": "identity"]])
    }

    @Test(arguments: [
        (
            #"{"AutoVerifiedAttributes":["email","phone_number"]}"#,
            #"{"AutoVerifiedAttributes":["phone_number","email"]}"#
        ),
        (#"{"SmsConfiguration":null,"UserPoolTags":{}}"#, #"{"AutoVerifiedAttributes":[]}"#),
        (#"{"LastModifiedDate":1,"EstimatedNumberOfUsers":4}"#, #"{"LastModifiedDate":2.5}"#),
    ])
    func `one setting in two forms is no difference`(_ before: String, _ after: String) throws {
        #expect(UpdateTable.userPool.differences(try json(before), try json(after)) == [])
    }

    @Test func `a difference has its name, and both values`() throws {
        let before = #"{"Name":"a","Policies":{"PasswordPolicy":{"MinimumLength":14}},"DeletionProtection":"ACTIVE"}"#
        let after = #"{"Name":"b","Policies":{"PasswordPolicy":{"MinimumLength":8}},"DeletionProtection":"ACTIVE"}"#
        #expect(
            UpdateTable.userPool.differences(try json(before), try json(after)) == [
                SettingDifference(name: "Policies.PasswordPolicy.MinimumLength", before: "14", after: "8"),
                SettingDifference(name: "PoolName", before: #""a""#, after: #""b""#),
            ])
        #expect(
            UpdateTable.userPool.differences(try json(#"{"UserPoolTier":"PLUS"}"#), [:]) == [
                SettingDifference(name: "UserPoolTier", before: #""PLUS""#, after: nil)
            ])
    }

    private func json(_ text: String) throws -> JSON { try #require(JSON(bytes: Array(text.utf8))) }
}
