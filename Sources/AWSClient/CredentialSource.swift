/// A place where credentials may be.
protocol CredentialSource: Sendable {
    /// What the operator knows it by: `environment`, `profile "x"`.
    var name: String { get }

    /// nil if it isn't set up; an error if it is, and has none to give.
    func credentials() async throws(AWSError) -> AWSCredentials?
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
