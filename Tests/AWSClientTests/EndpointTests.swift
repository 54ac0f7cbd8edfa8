import TestSupport
import Testing

@testable import AWSClient

/// Where requests go.
@Suite struct EndpointTests {
    /// As botocore 1.43.106 has them, by the rules that AWS publishes with it.
    @Test(
        arguments: [
            (.cognitoUserPools, "eu-west-1", false, "cognito-idp.eu-west-1.amazonaws.com", "eu-west-1"),
            (.cognitoUserPools, "us-east-1", true, "cognito-idp-fips.us-east-1.amazonaws.com", "us-east-1"),
            (.cognitoUserPools, "us-gov-west-1", true, "cognito-idp-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            (.cognitoUserPools, "cn-north-1", false, "cognito-idp.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            (.cognitoUserPools, "eusc-de-east-1", false, "cognito-idp.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
            (.lambda, "us-iso-east-1", false, "lambda.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
            (.lambda, "us-isob-east-1", false, "lambda.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
            (.lambda, "us-gov-east-1", true, "lambda-fips.us-gov-east-1.amazonaws.com", "us-gov-east-1"),
            (
                .secretsManager, "eu-isoe-west-1", false, "secretsmanager.eu-isoe-west-1.cloud.adc-e.uk",
                "eu-isoe-west-1"
            ),
            (.secretsManager, "ca-central-1", true, "secretsmanager-fips.ca-central-1.amazonaws.com", "ca-central-1"),
            (.systemsManager, "us-gov-west-1", true, "ssm.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            (.systemsManager, "us-isof-south-1", false, "ssm.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"),
            (.securityTokens, "us-gov-west-1", true, "sts.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            (.securityTokens, "eu-west-1", true, "sts-fips.eu-west-1.amazonaws.com", "eu-west-1"),
            (.identityManagement, "eu-west-1", false, "iam.amazonaws.com", "us-east-1"),
            (.identityManagement, "eu-west-1", true, "iam-fips.amazonaws.com", "us-east-1"),
            (.identityManagement, "us-gov-east-1", false, "iam.us-gov.amazonaws.com", "us-gov-west-1"),
            (.identityManagement, "us-gov-west-1", true, "iam.us-gov.amazonaws.com", "us-gov-west-1"),
            (.identityManagement, "cn-northwest-1", false, "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            (.identityManagement, "us-isob-east-1", false, "iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
        ] as [(AWSService, String, Bool, String, String)])
    func `a service's own place`(
        _ service: AWSService, _ region: String, _ usesFIPS: Bool, _ host: String, _ signingRegion: String
    ) {
        let endpoint = AWSEndpoint(service, region: region, usesFIPS: usesFIPS)
        #expect(endpoint.authority == host)
        #expect(endpoint.signingRegion == signingRegion)
        #expect(endpoint.isSecure)
    }

    private static let configuration = """
        [profile x]
        region = eu-north-1
        endpoint_url = http://profile
        services = local
        use_fips_endpoint = true
        max_attempts = 4
        ca_bundle = /ca.pem
        [services local]
        s3 =
          endpoint_url = http://s3
        cognito_identity_provider =
          endpoint_url = http://nested   # that of this service alone
        """

    @Test(
        arguments: [
            ([:], nil, nil),
            (["AWS_ENDPOINT_URL": "http://all"], "http://all", "http://all"),
            (
                ["AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "http://one"],
                "http://one", "http://all"
            ),
            (["AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://one"], nil, "http://one"),
            (["AWS_PROFILE": "x"], "http://nested", "http://profile"),
            (["AWS_PROFILE": "x", "AWS_ENDPOINT_URL": "http://all"], "http://all", "http://all"),
            (["AWS_PROFILE": "x", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"], nil, nil),
        ] as [([String: String], String?, String?)])
    func `another place, by variables and profile`(
        _ environment: [String: String], _ cognito: String?, _ secrets: String?
    ) {
        let settings = ClientFixture.settings(environment, files: ["/home/.aws/config": Self.configuration])
        #expect(settings.endpointURL(of: .cognitoUserPools) == cognito)
        #expect(settings.endpointURL(of: .secretsManager) == secrets)
    }

    @Test func `settings are those of the environment, else the profile's`() {
        let files = ["/home/.aws/config": Self.configuration]
        let profile = ClientFixture.settings(["AWS_PROFILE": "x"], files: files)
        #expect(profile.region == "eu-north-1")
        #expect(profile.usesFIPS)
        #expect(profile.maxAttempts == 4)
        #expect(profile.authorities == "/ca.pem")
        let environment = ClientFixture.settings(
            [
                "AWS_DEFAULT_PROFILE": "x", "AWS_DEFAULT_REGION": "us-east-2", "AWS_USE_FIPS_ENDPOINT": "false",
                "AWS_MAX_ATTEMPTS": "2", "AWS_CA_BUNDLE": "/other.pem", "SSL_CERT_FILE": "/third.pem",
            ], files: files)
        #expect(environment.region == "us-east-2")
        #expect(!environment.usesFIPS)
        #expect(environment.maxAttempts == 2)
        #expect(environment.authorities == "/other.pem")
        let both = ClientFixture.settings(["AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-2"])
        #expect(both.region == "us-east-1")
        #expect(both.maxAttempts == 3)
    }

    @Test func `what the caller says counts most`() async throws {
        let server = try await HTTPServer { _ in HTTPServer.Answer(body: "{}") }
        let settings = ClientFixture.settings(
            ClientFixture.keys.merging(["AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"]) { $1 })
        let client = AWSClient(
            region: "eu-central-1", endpoints: [.cognitoUserPools: "\(server.endpoint)/base/"], settings: settings,
            now: { ClientFixture.time })
        _ = try await client.once().get()
        #expect(server.requests.first?.uri == "/base/")
        #expect(server.requests.first?.scope == "20260101/eu-central-1/cognito-idp/aws4_request")
        await server.stop()
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:5555", "127.0.0.1:5555", ""), ("https://x.example/", "x.example", ""),
            ("http://[::1]:80/a/b/", "[::1]", "/a/b"), ("HTTPS://x:443", "x", ""),
        ])
    func `a URL is a place`(_ url: String, _ authority: String, _ path: String) {
        let endpoint = AWSEndpoint(url: url, region: "")
        #expect(endpoint?.authority == authority)
        #expect(endpoint?.basePath == path)
    }

    @Test(arguments: [
        "", "127.0.0.1:80", "ftp://x", "http://", "http://x:0", "http://x:99999", "http://a@b", "http://a b",
    ])
    func `what is no URL of a server is no place`(_ url: String) {
        #expect(AWSEndpoint(url: url, region: "") == nil)
    }
}
