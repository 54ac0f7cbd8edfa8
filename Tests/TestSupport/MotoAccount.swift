public import AWSClient
import Foundation

/// An account at moto: what a test makes in it, it makes by our own client.
public struct MotoAccount: Sendable {
    public static let region = "eu-west-1"
    /// moto's.
    public static let account = "123456789012"

    public let server: PythonServer
    public let aws: AWSClient

    public static func open() async throws -> MotoAccount { open(at: try await PythonServer.sharedMoto()) }

    /// At another stand-in, which has an account number of its own.
    public static func open(at server: PythonServer) -> MotoAccount {
        let environment = environment(server)
        let settings = AWSSettings(environment: { environment[$0] }, readFile: { _ in nil })
        return MotoAccount(server: server, aws: AWSClient(settings: settings))
    }

    /// For a program of ours that is to work with it.
    public static func environment(_ server: PythonServer) -> [String: String] {
        [
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_REGION": region,
            "AWS_ENDPOINT_URL": server.endpoint, "HOME": "/nonexistent",
        ]
    }

    public func cognito(_ operation: String, _ input: JSON) async throws -> JSON {
        try await aws.send(
            .json(.cognitoUserPools, target: "AWSCognitoIdentityProviderService.\(operation)", input)
        ).json()
    }

    /// A new pool's id.
    public func makePool(_ input: JSON = [:]) async throws -> String {
        var input = input
        input["PoolName"] = "customers"
        let pool = try await cognito("CreateUserPool", input)
        return pool["UserPool"]?["Id"]?.string ?? ""
    }

    public func makeClient(_ pool: String, _ name: String, flows: [String], more: JSON = [:]) async throws -> String {
        var input = more
        input["UserPoolId"] = .string(pool)
        input["ClientName"] = .string(name)
        input["ExplicitAuthFlows"] = .array(flows.map { .string($0) })
        return try await cognito("CreateUserPoolClient", input)["UserPoolClient"]?["ClientId"]?.string ?? ""
    }

    /// A role of IAM that a service may take; its ARN.
    public func makeRole(_ name: String, for service: String) async throws -> String {
        let policy: JSON = [
            "Version": "2012-10-17",
            "Statement": [["Effect": "Allow", "Principal": ["Service": .string(service)], "Action": "sts:AssumeRole"]],
        ]
        _ = try await aws.send(
            .query(
                .identityManagement, action: "CreateRole", version: "2010-05-08",
                [
                    .init("RoleName", name),
                    .init("AssumeRolePolicyDocument", String(decoding: policy.bytes, as: UTF8.self)),
                ]))
        return "arn:aws:iam::\(Self.account):role/\(name)"
    }

    /// A function with an alias `live`; the alias's ARN.
    public func makeFunction(_ name: String, timeout: Int = 6) async throws -> String {
        let role = try await makeRole("\(name)-role", for: "lambda.amazonaws.com")
        // The smallest zip: its end of central directory alone.
        let zip = Data([0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)).base64EncodedString()
        let input: JSON = [
            "FunctionName": .string(name), "Role": .string(role), "Runtime": "provided.al2023", "Handler": "trigger",
            "Timeout": .integer(timeout), "MemorySize": 512, "Publish": true, "Code": ["ZipFile": .string(zip)],
        ]
        _ = try await lambda("POST", "/2015-03-31/functions", input)
        let alias = try await lambda(
            "POST", "/2015-03-31/functions/\(name)/aliases", ["Name": "live", "FunctionVersion": "1"])
        return alias["AliasArn"]?.string ?? ""
    }

    public func lambda(_ method: String, _ path: String, _ input: JSON) async throws -> JSON {
        try await aws.send(
            AWSRequest(
                .lambda, method: method, path: path, headers: [.init("Content-Type", "application/json")],
                body: input.bytes)
        ).json()
    }
}

// MARK: Secrets

extension MotoAccount {
    /// A new secret of Secrets Manager.
    public func makeSecret(_ name: String, _ text: String) async throws {
        try await secrets("CreateSecret", ["Name": .string(name), "SecretString": .string(text)])
    }

    public func rotateSecret(_ name: String, _ text: String) async throws {
        try await secrets("PutSecretValue", ["SecretId": .string(name), "SecretString": .string(text)])
    }

    @discardableResult
    public func secrets(_ operation: String, _ input: JSON) async throws -> JSON {
        try await aws.send(.json(.secretsManager, target: "secretsmanager.\(operation)", input)).json()
    }

    /// A new encrypted parameter of Systems Manager.
    public func makeParameter(_ name: String, _ text: String) async throws {
        _ = try await aws.send(
            .json(
                .systemsManager, target: "AmazonSSM.PutParameter",
                ["Name": .string(name), "Value": .string(text), "Type": "SecureString"]))
    }
}
