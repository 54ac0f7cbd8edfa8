internal import Crypto

/// A profile of IAM Identity Center: `aws sso login` has left a token, which is exchanged for a role's credentials.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider"; IAM Identity Center Portal API
///   Reference, "GetRoleCredentials".
struct SingleSignOn: Sendable {
    let settings: AWSSettings
    let transport: HTTPTransport
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    private static let limit = Duration.seconds(10)

    /// nil for a profile that has no such session.
    func credentials(of name: String, _ profile: [String: String]) async throws(AWSError) -> AWSCredentials? {
        guard let account = profile["sso_account_id"], let role = profile["sso_role_name"] else { return nil }
        let session = profile["sso_session"]
        let values = session.map { settings.profiles.sessions[$0] ?? [:] } ?? profile
        guard let start = values["sso_start_url"], let region = values["sso_region"] else {
            throw failure(name, "sso_start_url or sso_region is missing")
        }
        let token = try token(of: name, cachedAs: session ?? start)
        let service = AWSService(endpointPrefix: "portal.sso")
        let place = settings.endpointURL(of: service)
        guard
            let endpoint = place.map({ AWSEndpoint(url: $0, region: region) })
                ?? AWSEndpoint(service, region: region, usesFIPS: false)
        else { throw failure(name, "the endpoint of sso is no URL of http or https") }
        let response: HTTPResponse
        do throws(HTTPFailure) {
            response = try await transport.send(
                HTTPRequest(
                    method: "GET",
                    url: endpoint.url(
                        path: "/federation/credentials",
                        query: [.init("role_name", role), .init("account_id", account)]), host: endpoint.host,
                    headers: [.init("x-amz-sso_bearer_token", token), .init("Host", endpoint.authority)], body: []),
                within: Self.limit)
        } catch {
            throw failure(name, "\(endpoint.authority): \(error.words)")
        }
        if response.status == 401 { throw failure(name, "its session has ended: aws sso login --profile \(name)") }
        guard let answer = JSON(bytes: response.body)?["roleCredentials"], let key = answer["accessKeyId"]?.string,
            let secret = answer["secretAccessKey"]?.string, let sessionToken = answer["sessionToken"]?.string
        else { throw failure(name, "HTTP \(response.status), and no credentials of \(role) in \(account)") }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: sessionToken,
            expiration: answer["expiration"]?.integer.map { Int64($0 / 1000) })
    }

    /// What the AWS CLI keeps of a session, in a file that has the SHA-1 of its name for a name.
    private func token(of name: String, cachedAs key: String) throws(AWSError) -> String {
        let digest = SignatureV4.hexadecimal(Insecure.SHA1.hash(data: Array(key.utf8)))
        let file = "\(settings.variable("HOME") ?? "")/.aws/sso/cache/\(digest).json"
        guard let text = settings.readFile(file), let cached = JSON(bytes: Array(text.utf8)),
            let token = cached["accessToken"]?.string, !token.contains(where: \.isNewline)
        else { throw failure(name, "nobody is signed in: aws sso login --profile \(name)") }
        let end = cached["expiresAt"]?.string.flatMap { CivilTime(extended: $0)?.seconds }
        guard let end, end > now() else {
            throw failure(name, "its session has ended: aws sso login --profile \(name)")
        }
        return token
    }

    private func failure(_ name: String, _ reason: String) -> AWSError {
        AWSError(.noCredentials, detail: "profile \"\(name)\" (IAM Identity Center): \(reason)")
    }
}
