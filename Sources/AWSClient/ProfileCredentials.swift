/// What a profile of the shared files says: a role to take, a session of IAM Identity Center, keys, or a command that prints
/// them.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Assume role credential provider", "Process credential provider".
struct ProfileCredentials: CredentialSource {
    /// A role comes before a web identity, keys come after it.
    enum Part: Sendable {
        case role, keys
    }

    let settings: AWSSettings
    let part: Part
    let sts: SecurityTokenService
    let singleSignOn: SingleSignOn
    /// For `credential_source`: what the name stands for.
    let named: @Sendable (String) -> (any CredentialSource)?

    var name: String { "profile \"\(settings.profileName)\"\(part == .role ? " (role)" : "")" }

    func credentials() async throws(AWSError) -> AWSCredentials? {
        if let problem = settings.profiles.problem { throw AWSError(.noCredentials, detail: problem) }
        guard let profile = settings.profiles[settings.profileName] else {
            guard settings.isProfileExplicit, part == .role else { return nil }
            throw AWSError(
                .noCredentials, detail: "AWS_PROFILE names \"\(settings.profileName)\", which no file has")
        }
        switch part {
        case .role:
            guard profile["role_arn"] != nil, profile["web_identity_token_file"] == nil else { return nil }
            return try await role(of: settings.profileName, profile, visited: [])
        case .keys:
            return try await keys(of: settings.profileName, profile)
        }
    }

    private func role(
        of name: String, _ profile: [String: String], visited: Set<String>
    ) async throws(AWSError) -> AWSCredentials {
        guard let arn = profile["role_arn"] else { return try await required(keys(of: name, profile), name) }
        guard profile["mfa_serial"] == nil else {
            throw AWSError(
                .noCredentials,
                detail: "profile \"\(name)\" asks for a code (mfa_serial), which isn't supported; take the role by "
                    + "\"aws sts assume-role\" and set AWS_ACCESS_KEY_ID and so on")
        }
        if let identity = WebIdentityCredentials.Identity(profile: profile) {
            return try await WebIdentityCredentials(settings: settings, sts: sts).credentials(of: identity)
        }
        let source = try await source(of: name, profile, visited: visited.union([name]))
        return try await sts.assumeRole(
            arn, session: profile["role_session_name"], externalID: profile["external_id"],
            seconds: profile["duration_seconds"], by: source)
    }

    private func source(
        of name: String, _ profile: [String: String], visited: Set<String>
    ) async throws(AWSError) -> AWSCredentials {
        if let source = profile["source_profile"] {
            guard let values = settings.profiles[source] else {
                throw AWSError(
                    .noCredentials, detail: "profile \"\(name)\": no file has its source_profile \"\(source)\"")
            }
            // A profile may be its own source: then its keys are meant.
            if source == name || visited.contains(source) {
                guard source == name else {
                    throw AWSError(.noCredentials, detail: "profile \"\(name)\": source_profile goes in a circle")
                }
                return try await required(keys(of: source, values), source)
            }
            return try await role(of: source, values, visited: visited)
        }
        if let source = profile["credential_source"] {
            guard let place = named(source) else {
                throw AWSError(
                    .noCredentials,
                    detail: "profile \"\(name)\": credential_source should be Environment, EcsContainer or "
                        + "Ec2InstanceMetadata")
            }
            return try await required(place.credentials(), name)
        }
        throw AWSError(
            .noCredentials,
            detail: "profile \"\(name)\" has a role_arn, and neither source_profile nor credential_source")
    }

    private func required(_ credentials: AWSCredentials?, _ name: String) throws(AWSError) -> AWSCredentials {
        guard let credentials else {
            throw AWSError(.noCredentials, detail: "profile \"\(name)\" has no credentials")
        }
        return credentials
    }

    private func keys(of name: String, _ profile: [String: String]) async throws(AWSError) -> AWSCredentials? {
        if let credentials = try await singleSignOn.credentials(of: name, profile) { return credentials }
        if let key = profile["aws_access_key_id"] {
            guard let secret = profile["aws_secret_access_key"] else {
                throw AWSError(
                    .noCredentials, detail: "profile \"\(name)\" has an aws_access_key_id and no aws_secret_access_key")
            }
            return AWSCredentials(
                accessKeyID: key, secretAccessKey: secret, sessionToken: profile["aws_session_token"])
        }
        if let command = profile["credential_process"] {
            return try await CredentialProcess(command: command, profile: name).credentials()
        }
        guard profile["login_session"] == nil else {
            throw AWSError(
                .noCredentials,
                detail: "profile \"\(name)\" has the session of \"aws login\", which isn't read; set "
                    + "credential_process = aws configure export-credentials --profile \(name) in another profile")
        }
        return nil
    }
}
