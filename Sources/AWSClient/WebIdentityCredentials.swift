/// A role taken with a token that somebody else signed, by `AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_ROLE_ARN` (Kubernetes,
/// IRSA), or by a profile's `web_identity_token_file` and `role_arn`. A chosen profile's come first.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Assume role with web identity".
struct WebIdentityCredentials: CredentialSource {
    let settings: AWSSettings
    let sts: SecurityTokenService
    var name: String { "web identity" }

    /// Which token for which role.
    struct Identity: Sendable {
        let file: String
        let role: String
        let session: String?

        /// nil if the profile has none.
        init?(profile: [String: String]?) {
            guard let profile, let file = profile["web_identity_token_file"], let role = profile["role_arn"] else {
                return nil
            }
            (self.file, self.role, session) = (file, role, profile["role_session_name"])
        }

        init?(environment settings: AWSSettings) {
            guard let file = settings.variable("AWS_WEB_IDENTITY_TOKEN_FILE"),
                let role = settings.variable("AWS_ROLE_ARN")
            else { return nil }
            (self.file, self.role, session) = (file, role, settings.variable("AWS_ROLE_SESSION_NAME"))
        }
    }

    func credentials() async throws(AWSError) -> AWSCredentials? {
        let ofProfile = Identity(profile: settings.profiles[settings.profileName])
        let ofEnvironment = Identity(environment: settings)
        guard let identity = settings.isProfileExplicit ? ofProfile ?? ofEnvironment : ofEnvironment ?? ofProfile
        else { return nil }
        return try await credentials(of: identity)
    }

    func credentials(of identity: Identity) async throws(AWSError) -> AWSCredentials {
        // Read each time: it is replaced every hour.
        guard let token = settings.readFile(identity.file)?.trimmingBlanks, !token.isEmpty else {
            throw AWSError(
                .noCredentials, detail: "the web identity's token file \(identity.file) can't be read, or is empty")
        }
        return try await sts.assumeRole(identity.role, session: identity.session, webIdentity: token)
    }
}
