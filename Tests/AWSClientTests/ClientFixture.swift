import TestSupport

@testable import AWSClient

/// A client that knows no more of the machine than a test tells it.
enum ClientFixture {
    /// 2026-01-01T00:00:00Z
    static let time: Int64 = 1_767_225_600

    static let keys = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"]

    static func settings(_ environment: [String: String], files: [String: String] = [:]) -> AWSSettings {
        let environment = ["HOME": "/home", "AWS_EC2_METADATA_DISABLED": "true"].merging(environment) { $1 }
        return AWSSettings(environment: { environment[$0] }, readFile: { files[$0] })
    }

    /// - Parameters:
    ///   - server: where all services are, STS too.
    ///   - random: what waits are multiplied by; 0 is none.
    static func client(
        of server: HTTPServer? = nil, _ environment: [String: String] = keys, files: [String: String] = [:],
        now: @escaping @Sendable () -> Int64 = { time }, random: Double = 0
    ) -> AWSClient {
        var variables = ["AWS_REGION": "eu-west-1"]
        if let server { variables["AWS_ENDPOINT_URL"] = server.endpoint }
        return AWSClient(
            region: nil, endpoints: [:],
            settings: settings(variables.merging(environment) { $1 }, files: files), now: now, random: { random })
    }

    static let request = AWSRequest.json(.cognitoUserPools, target: "Service.Operation")

    /// What STS answers to both ways of taking a role.
    static func role(_ key: String, expiration: String = "2026-01-01T01:00:00Z") -> String {
        """
        <Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Result><Credentials>
          <AccessKeyId>\(key)</AccessKeyId><SecretAccessKey>se&amp;cret</SecretAccessKey>
          <SessionToken>token/\(key)==</SessionToken><Expiration>\(expiration)</Expiration>
        </Credentials></Result></Response>
        """
    }

    /// What the endpoints of machines answer.
    static func machine(_ key: String, expiration: String = "2026-01-01T06:00:00Z") -> String {
        #"{"AccessKeyId":"\#(key)","SecretAccessKey":"s","Token":"token/\#(key)","Expiration":"\#(expiration)"}"#
    }
}

extension HTTPServer.Request {
    /// Of the access key that signed it.
    var keyID: String? {
        guard let authorization = header("Authorization"), let start = authorization.firstRange(of: "Credential=")
        else { return nil }
        return String(authorization[start.upperBound...].prefix { $0 != "/" })
    }

    /// `20260101/eu-west-1/sts/aws4_request`
    var scope: String? {
        guard let authorization = header("Authorization"), let start = authorization.firstRange(of: "Credential=")
        else { return nil }
        return String(authorization[start.upperBound...].prefix { $0 != "," }.drop { $0 != "/" }.dropFirst())
    }
}

extension AWSClient {
    /// One call, and no thread left behind.
    func once(
        _ request: AWSRequest = ClientFixture.request, by deadline: ContinuousClock.Instant? = nil
    ) async -> Result<AWSResponse, AWSError> {
        let result: Result<AWSResponse, AWSError>
        do throws(AWSError) {
            result = .success(try await send(request, by: deadline))
        } catch {
            result = .failure(error)
        }
        await close()
        return result
    }
}

extension Result where Failure == AWSError {
    var error: AWSError? { if case .failure(let error) = self { error } else { nil } }
}
