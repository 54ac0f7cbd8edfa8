/// Takes roles: AssumeRole and AssumeRoleWithWebIdentity of AWS STS.
///
/// - SeeAlso: AWS STS API Reference.
struct SecurityTokenService: Sendable {
    let send: @Sendable (AWSRequest, RequestSender.Signer) async throws(AWSError) -> AWSResponse

    private static let sessionName = "cognito-user-migration"

    func assumeRole(
        _ arn: String, session: String?, externalID: String?, seconds: String?, by source: AWSCredentials
    ) async throws(AWSError) -> AWSCredentials {
        var parameters = [
            AWSRequest.Parameter("RoleArn", arn), .init("RoleSessionName", session ?? Self.sessionName),
        ]
        if let externalID { parameters.append(.init("ExternalId", externalID)) }
        if let seconds { parameters.append(.init("DurationSeconds", seconds)) }
        return try await credentials("AssumeRole", arn, parameters, by: .credentials(source))
    }

    func assumeRole(_ arn: String, session: String?, webIdentity token: String) async throws(AWSError) -> AWSCredentials
    {
        try await credentials(
            "AssumeRoleWithWebIdentity", arn,
            [
                .init("RoleArn", arn), .init("RoleSessionName", session ?? Self.sessionName),
                .init("WebIdentityToken", token),
            ], by: .nobody)
    }

    private func credentials(
        _ action: String, _ arn: String, _ parameters: [AWSRequest.Parameter], by signer: RequestSender.Signer
    ) async throws(AWSError) -> AWSCredentials {
        let answer: AWSResponse
        do throws(AWSError) {
            answer = try await send(.query(.securityTokens, action: action, version: "2011-06-15", parameters), signer)
        } catch {
            guard let code = error.serviceCode else { throw error }
            // Not the service's that was to be called.
            throw AWSError(
                .noCredentials, status: error.status, detail: "\(action) of \(arn): \(code): \(error.detail)",
                requestID: error.requestID)
        }
        let text = String(decoding: answer.body, as: UTF8.self)
        guard let key = XMLText.value(of: "AccessKeyId", in: text),
            let secret = XMLText.value(of: "SecretAccessKey", in: text),
            let token = XMLText.value(of: "SessionToken", in: text)
        else { throw AWSError(.badAnswer, detail: "\(action) answered without credentials") }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: token,
            expiration: XMLText.value(of: "Expiration", in: text).flatMap { CivilTime(extended: $0)?.seconds })
    }
}

/// The text of elements that hold nothing else. The answers of the query protocol are so plain that no parser is needed.
public enum XMLText {
    /// The first element of that name, its five entities read; nil if there is none.
    public static func value(of name: String, in text: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>")?.upperBound,
            let end = text[start...].firstRange(of: "</\(name)>")?.lowerBound
        else { return nil }
        var value = String(text[start..<end])
        // The ampersand last: &amp;lt; is "&lt;".
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
            value = value.replacing(entity, with: character)
        }
        return value
    }
}
