import Foundation
import TestSupport
import Testing

@testable import AWSClient

/// Beside AWS's own client for Python, and against a stand-in that others wrote.
@Suite struct PeerTests {
    private struct Drawn: Encodable {
        let method: String
        let path: String
        let query: [[String]]
        let headers: [[String]]
        let body: String
        let token: String?
        let service: String
    }

    /// Signs each request of its input as botocore does, and prints the signature.
    private static let script = """
        import datetime, json, sys
        from unittest import mock
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
        moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
        for line in sys.stdin:
            drawn = json.loads(line)
            request = AWSRequest(drawn["method"], "https://example.amazonaws.com" + drawn["path"],
                headers=dict(map(tuple, drawn["headers"])), data=drawn["body"].encode(),
                params=dict(map(tuple, drawn["query"])))
            request.context["timestamp"] = "20260101T000000Z"
            credentials = Credentials("AKID", "secret", drawn.get("token"))
            with mock.patch("botocore.auth.get_current_datetime", lambda: moment):
                SigV4Auth(credentials, drawn["service"], "eu-west-1").add_auth(request)
            print(request.headers["Authorization"].split("Signature=")[1])
        """

    @Test func `any request is signed as botocore signs it`() async throws {
        let python = try PythonServer.python()
        var random = SeededGenerator(seed: 20)
        func text(_ alphabet: String, _ lengths: ClosedRange<Int>) -> String {
            let characters = Array(alphabet)
            return String(
                (0..<Int.random(in: lengths, using: &random)).map { _ in characters.randomElement(using: &random)! })
        }
        let drawn = (0..<300).map { index in
            Drawn(
                method: ["GET", "POST", "PUT"].randomElement(using: &random)!,
                path: "/"
                    + (0..<Int.random(in: 0...3, using: &random)).map { _ in
                        AWSRequest.percentEncoded(text("aZ0-._~ %:é漢", 1...5))
                    }.joined(separator: "/"),
                query: (0..<Int.random(in: 0...4, using: &random)).map {
                    [text("ab%C-", 1...3) + "\($0)", text("a b&=+é/?", 0...6)]
                },
                headers: (0..<Int.random(in: 0...3, using: &random)).map {
                    ["X-\(text("aBc", 1...3))-\($0)", "v" + text("a  b,;é", 0...9) + "v"]
                },
                body: text("{}\"aé ", 0...20), token: index % 3 == 0 ? text("abc/+=", 1...30) : nil,
                service: ["sts", "lambda"].randomElement(using: &random)!)
        }
        let encoder = JSONEncoder()
        let input = try drawn.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }.joined()
        let result = try await Program.run(python, ["-c", Self.script], input: input)
        #expect(result.status == 0, "\(result.errors)")
        let expected = result.output.split(separator: "\n").map(String.init)
        try #require(expected.count == drawn.count)
        for (request, expected) in zip(drawn, expected) {
            let signer = SignatureV4(
                credentials: AWSCredentials(
                    accessKeyID: "AKID", secretAccessKey: "secret", sessionToken: request.token), region: "eu-west-1",
                service: request.service)
            let headers = signer.headers(
                for: AWSRequest(
                    AWSService(endpointPrefix: request.service), method: request.method, path: request.path,
                    query: request.query.map { .init($0[0], $0[1]) },
                    headers: request.headers.map { .init($0[0], $0[1]) }, body: Array(request.body.utf8)),
                host: "example.amazonaws.com", at: ClientFixture.time)
            let authorization = try #require(headers.last { $0.name == "Authorization" }?.value)
            #expect(authorization.hasSuffix("Signature=\(expected)"), "\(request)")
        }
    }

    /// Of services with each of the protocols, and credentials that another service gave.
    @Test func `moto answers calls in JSON, in the query protocol and by paths`() async throws {
        let moto = try await PythonServer.sharedMoto()
        let client = ClientFixture.client([
            "AWS_ENDPOINT_URL": moto.endpoint, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
        ])
        let pool = try await client.send(
            .json(
                .cognitoUserPools, target: "AWSCognitoIdentityProviderService.CreateUserPool", ["PoolName": "peer"])
        ).json()
        #expect(pool["UserPool"]?["Id"]?.string?.hasPrefix("eu-west-1_") == true)
        let role = try await client.send(
            .query(
                .identityManagement, action: "CreateRole", version: "2010-05-08",
                [
                    .init("RoleName", "peer"),
                    .init("AssumeRolePolicyDocument", #"{"Version":"2012-10-17","Statement":[]}"#),
                ]))
        let arn = try #require(XMLText.value(of: "Arn", in: String(decoding: role.body, as: UTF8.self)))
        let functions = try await client.send(AWSRequest(.lambda, method: "GET", path: "/2015-03-31/functions/")).json()
        #expect(functions["Functions"]?.array == [])
        let error = await client.once(
            .json(
                .cognitoUserPools, target: "AWSCognitoIdentityProviderService.DescribeUserPool",
                ["UserPoolId": "eu-west-1_gone"])
        ).error
        #expect(error?.code == .service("ResourceNotFound"))

        let configuration =
            "[profile r]\nrole_arn = \(arn)\nsource_profile = base\n"
            + "[profile base]\naws_access_key_id = a\naws_secret_access_key = b"
        let other = AWSClient(
            region: "eu-west-1", endpoints: [:],
            settings: ClientFixture.settings(
                ["AWS_ENDPOINT_URL": moto.endpoint, "AWS_PROFILE": "r"], files: ["/home/.aws/config": configuration]),
            now: { Int64(Date().timeIntervalSince1970) })
        let caller = try await other.once(
            .query(.securityTokens, action: "GetCallerIdentity", version: "2011-06-15", [])
        ).get()
        #expect(
            XMLText.value(of: "Arn", in: String(decoding: caller.body, as: UTF8.self))?
                .hasSuffix(":assumed-role/peer/cognito-user-migration") == true)
    }
}
