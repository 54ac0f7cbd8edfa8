/// A place where credentials may be.
protocol CredentialSource: Sendable {
    /// What the operator knows it by: `environment`, `profile "x"`.
    var name: String { get }

    /// nil if it isn't set up; an error if it is, and has none to give.
    func credentials() async throws(AWSError) -> AWSCredentials?
}

/// Asks the sources in order, and keeps what the first of them gave until shortly before it ends. Many callers wait for one
/// answer.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Standardized credential providers"; the order is botocore's.
actor CredentialChain {
    private let sources: [any CredentialSource]
    private let now: @Sendable () -> Int64
    private var kept: AWSCredentials?
    private var fetching: Task<Result<AWSCredentials, AWSError>, Never>?

    /// Fetched anew this long before they end, in seconds; those still good are used if that fails.
    private static let margin: Int64 = 300

    init(_ sources: [any CredentialSource], now: @escaping @Sendable () -> Int64) {
        self.sources = sources
        self.now = now
    }

    func credentials() async throws(AWSError) -> AWSCredentials {
        if let kept, kept.expiration.map({ $0 - now() > Self.margin }) ?? true { return kept }
        let task =
            fetching
            ?? Task { () -> Result<AWSCredentials, AWSError> in
                do throws(AWSError) {
                    return .success(try await self.fetch())
                } catch {
                    return .failure(error)
                }
            }
        fetching = task
        let result = await task.value
        if fetching == task { fetching = nil }
        switch result {
        case .success(let credentials):
            kept = credentials
            return credentials
        case .failure(let error):
            if let kept, let expiration = kept.expiration, expiration > now() { return kept }
            throw error
        }
    }

    /// Those of before are no good, whatever their date says.
    func forget() {
        kept = nil
    }

    private func fetch() async throws(AWSError) -> AWSCredentials {
        for source in sources {
            if let credentials = try await source.credentials() { return credentials }
        }
        throw AWSError(.noCredentials, detail: "asked: \(sources.map(\.name).joined(separator: ", "))")
    }
}

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`: the one on Lambda.
struct EnvironmentCredentials: CredentialSource {
    let settings: AWSSettings
    var name: String { "environment" }

    func credentials() throws(AWSError) -> AWSCredentials? {
        guard let key = settings.variable("AWS_ACCESS_KEY_ID") else { return nil }
        guard let secret = settings.variable("AWS_SECRET_ACCESS_KEY") else {
            throw AWSError(.noCredentials, detail: "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY isn't")
        }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: settings.variable("AWS_SESSION_TOKEN"))
    }
}

/// `AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_ROLE_ARN`: the one of Kubernetes (IRSA).
struct WebIdentityCredentials: CredentialSource {
    let settings: AWSSettings
    let sts: SecurityTokenService
    var name: String { "web identity" }

    func credentials() async throws(AWSError) -> AWSCredentials? {
        guard let file = settings.variable("AWS_WEB_IDENTITY_TOKEN_FILE"), let role = settings.variable("AWS_ROLE_ARN")
        else { return nil }
        // Read each time: it is replaced every hour.
        guard let token = settings.readFile(file)?.trimmingBlanks, !token.isEmpty else {
            throw AWSError(.noCredentials, detail: "AWS_WEB_IDENTITY_TOKEN_FILE: \(file) can't be read, or is empty")
        }
        return try await sts.assumeRole(
            role, session: settings.variable("AWS_ROLE_SESSION_NAME"), webIdentity: token)
    }
}
