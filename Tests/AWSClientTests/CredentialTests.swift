import Synchronization
import TestSupport
import Testing

@testable import AWSClient

/// Where credentials are found, and which come first.
@Suite struct CredentialTests {
    typealias Answer = HTTPServer.Answer

    private static let arn = "arn:aws:iam::111122223333:role/reader"

    /// Takes every request; STS's get credentials by their action.
    private static func server() async throws -> HTTPServer {
        try await HTTPServer { request in
            if request.text.contains("Action=AssumeRoleWithWebIdentity") {
                return Answer(body: ClientFixture.role("WEB"))
            }
            if request.text.contains("Action=AssumeRole&") { return Answer(body: ClientFixture.role("ROLE")) }
            return Answer(body: "{}")
        }
    }

    /// One who has all of them; what counts is taken away line by line.
    struct Case: Sendable, CustomTestStringConvertible {
        let expected: String
        var environment: [String: String] = [:]
        var configuration = ""
        var credentials = ""
        var testDescription: String { expected + " " + environment.keys.sorted().joined(separator: ",") }
    }

    static let cases: [Case] = [
        Case(expected: "AKID", environment: ClientFixture.keys, configuration: "[default]\naws_access_key_id = FILE"),
        // A profile that was chosen comes before the environment.
        Case(
            expected: "FILE", environment: ClientFixture.keys.merging(["AWS_PROFILE": "x"]) { $1 },
            configuration: "[profile x]\naws_access_key_id = FILE\naws_secret_access_key = s"),
        Case(expected: "FILE", credentials: "[default]\r\naws_access_key_id=FILE\r\naws_secret_access_key=s\r\n"),
        // The credentials file counts before the configuration.
        Case(
            expected: "SECOND", configuration: "[default]\naws_access_key_id = FIRST\naws_secret_access_key = s",
            credentials: "# mine\n[default]\naws_access_key_id = SECOND ; new\naws_secret_access_key = s"),
        Case(
            expected: "QUOTED", environment: ["AWS_PROFILE": "my own"],
            configuration: "[profile \"my own\"]\naws_access_key_id = QUOTED\naws_secret_access_key = s"),
        // A role with the keys of another profile, or its own, or those of the environment.
        Case(
            expected: "ROLE", environment: ["AWS_PROFILE": "r"],
            configuration: "[profile r]\nrole_arn = \(arn)\nsource_profile = base\nexternal_id = ex\n"
                + "duration_seconds = 900\n[profile base]\naws_access_key_id = BASE\naws_secret_access_key = s"),
        Case(
            expected: "ROLE",
            configuration: "[default]\nrole_arn = \(arn)\nsource_profile = default\naws_access_key_id = OWN\n"
                + "aws_secret_access_key = s"),
        Case(
            expected: "ROLE", environment: ClientFixture.keys.merging(["AWS_PROFILE": "r"]) { $1 },
            configuration: "[profile r]\nrole_arn = \(arn)\ncredential_source = Environment"),
        // A web identity, of the environment or of a profile, also as another's source.
        Case(
            expected: "WEB",
            environment: ["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": arn],
            credentials: "[default]\naws_access_key_id = FILE\naws_secret_access_key = s"),
        Case(
            expected: "WEB", environment: ["AWS_PROFILE": "w"],
            configuration: "[profile w]\nrole_arn = \(arn)\nweb_identity_token_file = /token"),
        Case(
            expected: "ROLE", environment: ["AWS_PROFILE": "r"],
            configuration: "[profile r]\nrole_arn = \(arn)\nsource_profile = w\n"
                + "[profile w]\nrole_arn = \(arn)\nweb_identity_token_file = /token"),
        Case(
            expected: "PROCESS", environment: ["AWS_PROFILE": "p"],
            configuration: "[profile p]\ncredential_process = echo '\(ClientFixture.machine("PROCESS"))'"),
    ]

    @Test(arguments: cases)
    func `the first that has credentials gives them`(_ example: Case) async throws {
        let server = try await Self.server()
        let files = ["/home/.aws/config": example.configuration, "/home/.aws/credentials": example.credentials]
        let client = ClientFixture.client(
            of: server, example.environment, files: files.merging(["/token": "signed\n"]) { $1 })
        _ = try await client.once().get()
        #expect(server.requests.last?.keyID == example.expected)
        if example.expected == "ROLE" || example.expected == "WEB" {
            #expect(server.requests.last?.header("X-Amz-Security-Token") == "token/\(example.expected)==")
        }
        await server.stop()
    }

    @Test func `a role is taken with all that its profile says, signed by its source`() async throws {
        let server = try await Self.server()
        let configuration = """
            [profile r]
            role_arn = \(Self.arn)
            source_profile = base
            external_id = ex+1
            role_session_name = me
            duration_seconds = 900
            [profile base]
            aws_access_key_id = BASE
            aws_secret_access_key = s
            """
        let client = ClientFixture.client(
            of: server, ["AWS_PROFILE": "r"], files: ["/home/.aws/config": configuration])
        _ = try await client.once().get()
        let request = try #require(server.requests.first)
        #expect(
            request.text
                == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Freader"
                + "&RoleSessionName=me&ExternalId=ex%2B1&DurationSeconds=900")
        #expect(request.keyID == "BASE")
        #expect(request.scope == "20260101/eu-west-1/sts/aws4_request")
        await server.stop()
    }

    @Test func `a web identity's token goes to STS unsigned`() async throws {
        let server = try await Self.server()
        let client = ClientFixture.client(
            of: server, ["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": Self.arn],
            files: ["/token": "a.b.c\n"])
        _ = try await client.once().get()
        let request = try #require(server.requests.first)
        #expect(request.header("Authorization") == nil)
        #expect(request.text.hasSuffix("&RoleSessionName=cognito-user-migration&WebIdentityToken=a.b.c"))
        await server.stop()
    }

    // MARK: What can't give any

    static let failures: [(environment: [String: String], configuration: String, words: String)] = [
        ([:], "", "asked: environment, profile"),
        (["AWS_ACCESS_KEY_ID": "x"], "", "AWS_SECRET_ACCESS_KEY isn't"),
        (["AWS_PROFILE": "x"], "[profile y]\nregion = z", "AWS_PROFILE names \"x\", which no file has"),
        ([:], "[default]\naws_access_key_id = x", "no aws_secret_access_key"),
        ([:], "[default\naws_access_key_id = x", "/home/.aws/config:1: the section's name has no \"]\""),
        ([:], "[default]\naws_access_key_id", "/home/.aws/config:2: neither a [section] nor key = value"),
        ([:], "region = x\n[default]", "/home/.aws/config:1: a key before the first [section]"),
        ([:], "[default]\nrole_arn = r", "neither source_profile nor credential_source"),
        ([:], "[default]\nrole_arn = r\nsource_profile = gone", "no file has its source_profile \"gone\""),
        ([:], "[default]\nrole_arn = r\ncredential_source = Moon", "Environment, EcsContainer or Ec2InstanceMetadata"),
        ([:], "[default]\nrole_arn = r\nsource_profile = a\n[profile a]\nregion = x", "\"a\" has no credentials"),
        (
            ["AWS_PROFILE": "a"],
            "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a",
            "goes in a circle"
        ),
        ([:], "[default]\nrole_arn = r\nsource_profile = b\nmfa_serial = m", "mfa_serial"),
        ([:], "[default]\ncredential_process = false", "its credential_process gave no credentials"),
        ([:], "[default]\ncredential_process = echo '{}'", "its credential_process gave no credentials"),
        ([:], "[default]\nlogin_session = arn:aws:iam::1:user/x", "aws configure export-credentials"),
        (["AWS_WEB_IDENTITY_TOKEN_FILE": "/gone", "AWS_ROLE_ARN": "r"], "", "/gone can't be read"),
        (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/x"], "", "neither https nor"),
        (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1.example.com/x"], "", "neither https nor"),
        (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "ftp://127.0.0.1/x"], "", "neither https nor"),
    ]

    @Test(arguments: failures)
    func `what is set up wrong is said, and no other source is taken for it`(
        _ environment: [String: String], _ configuration: String, _ words: String
    ) async throws {
        let client = ClientFixture.client(environment, files: ["/home/.aws/config": configuration])
        let error = try #require(await client.once().error)
        #expect(error.code == .noCredentials)
        #expect(error.detail.contains(words), "\(error.detail)")
    }

    @Test func `a role that may not be taken is no error of the service that was to be called`() async throws {
        let server = try await HTTPServer { _ in
            Answer(
                status: 403,
                body: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>No.</Message></Error></ErrorResponse>")
        }
        let client = ClientFixture.client(
            of: server, ["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": Self.arn], files: ["/token": "t"])
        let error = try #require(await client.once().error)
        #expect(error.code == .noCredentials)
        #expect(error.detail == "AssumeRoleWithWebIdentity of \(Self.arn): AccessDenied: No.")
        await server.stop()
    }

    // MARK: Containers and instances

    @Test func `a container's endpoint gives credentials to who has the token`() async throws {
        let server = try await HTTPServer { request in
            request.uri == "/role?x=1" && request.header("Authorization") == "Bearer t"
                ? Answer(body: ClientFixture.machine("CONTAINER")) : Answer(status: 403)
        }
        for (name, value) in [
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token"), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer t"),
        ] {
            let source = ContainerCredentials(
                settings: ClientFixture.settings(
                    ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.endpoint)/role?x=1", name: value],
                    files: ["/token": "Bearer t\n"]),
                machine: MachineHTTP(transport: Self.transport))
            let credentials = try await source.credentials()
            #expect(credentials?.accessKeyID == "CONTAINER")
            #expect(credentials?.sessionToken == "token/CONTAINER")
            #expect(credentials?.expiration == ClientFixture.time + 6 * 3600)
        }
        await server.stop()
    }

    @Test func `a token with a line break is not sent`() async throws {
        let server = try await HTTPServer { _ in Answer(body: ClientFixture.machine("X")) }
        let client = ClientFixture.client(
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.endpoint)/",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nHost: b",
            ])
        #expect(await client.once().error?.detail.contains("line break") == true)
        #expect(server.requests.isEmpty)
        await server.stop()
    }

    private static let transport = HTTPTransport(proxy: HTTPProxy { _ in nil }, authorities: nil)

    /// Version 2 of the metadata service: nothing without a token.
    private static func instance() async throws -> HTTPServer {
        try await HTTPServer { request in
            let root = "/latest/meta-data/iam/security-credentials/"
            if request.method == "PUT", request.uri == "/latest/api/token" {
                return request.header("X-aws-ec2-metadata-token-ttl-seconds") == nil
                    ? Answer(status: 400) : Answer(body: "t0ken")
            }
            guard request.header("X-aws-ec2-metadata-token") == "t0ken" else { return Answer(status: 401) }
            return switch request.uri {
            case root: Answer(body: "my role\n")
            case root + "my%20role": Answer(body: ClientFixture.machine("INSTANCE"))
            default: Answer(status: 404)
            }
        }
    }

    @Test func `an instance's role is asked for with a token of the metadata service`() async throws {
        let metadata = try await Self.instance()
        let server = try await Self.server()
        let client = ClientFixture.client(
            of: server,
            ["AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.endpoint])
        _ = try await client.once().get()
        #expect(server.requests.last?.keyID == "INSTANCE")
        await metadata.stop()
        await server.stop()
    }

    @Test func `metadata that were switched off aren't asked for`() async throws {
        let metadata = try await Self.instance()
        let client = ClientFixture.client(["AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.endpoint])
        #expect(await client.once().error?.code == .noCredentials)
        #expect(metadata.requests.isEmpty)
        await metadata.stop()
    }

    // MARK: IAM Identity Center

    private static let single = """
        [profile dev]
        sso_session = corp
        sso_account_id = 111122223333
        sso_role_name = Reader
        [sso-session corp]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = eu-central-1
        """

    /// The SHA-1 of `corp`, as the AWS CLI names the file.
    private static let cache = "/home/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"

    @Test(arguments: [("2026-01-01T00:00:01Z", nil), ("2025-12-31T23:59:59Z", "aws sso login --profile dev")])
    func `the session of aws sso login gives a role's credentials while it lasts`(
        _ end: String, _ words: String?
    ) async throws {
        let server = try await HTTPServer { request in
            guard request.uri.hasPrefix("/federation/credentials") else { return Answer(body: "{}") }
            return request.uri == "/federation/credentials?role_name=Reader&account_id=111122223333"
                && request.header("x-amz-sso_bearer_token") == "bearer"
                ? Answer(
                    body: #"{"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"t","#
                        + #""expiration":1767229200000}}"#) : Answer(status: 403)
        }
        let client = ClientFixture.client(
            of: server, ["AWS_PROFILE": "dev"],
            files: [
                "/home/.aws/config": Self.single,
                Self.cache: #"{"accessToken":"bearer","expiresAt":"\#(end)","region":"eu-central-1"}"#,
            ])
        let result = await client.once()
        if let words {
            #expect(result.error?.code == .noCredentials)
            #expect(result.error?.detail.contains(words) == true)
        } else {
            _ = try result.get()
            #expect(server.requests.last?.keyID == "SSO")
        }
        await server.stop()
    }
}
