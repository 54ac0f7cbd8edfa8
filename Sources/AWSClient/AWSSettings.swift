#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What the environment and the shared configuration files say, each key under the name that all SDKs give it.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Settings reference".
public struct AWSSettings: Sendable {
    private let variables: @Sendable (String) -> String?
    /// The text of a file; nil if there is none or it can't be read.
    let readFile: @Sendable (String) -> String?
    let profiles: AWSProfiles
    /// Whether the profile was chosen (`AWS_PROFILE`) rather than taken for want of another; a chosen one comes before
    /// keys in the environment.
    let isProfileExplicit: Bool
    let profileName: String

    public init(
        environment: @escaping @Sendable (String) -> String?, readFile: @escaping @Sendable (String) -> String?
    ) {
        // An empty value is an absent value.
        let variables = { @Sendable (name: String) in environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        self.variables = variables
        self.readFile = readFile
        let chosen = variables("AWS_PROFILE") ?? variables("AWS_DEFAULT_PROFILE")
        profileName = chosen ?? "default"
        isProfileExplicit = chosen != nil
        let home = variables("HOME") ?? ""
        let file = { (path: String) in readFile(path).map { AWSProfiles.File(path: path, text: $0) } }
        profiles = AWSProfiles(
            configuration: file(variables("AWS_CONFIG_FILE") ?? "\(home)/.aws/config"),
            credentials: file(variables("AWS_SHARED_CREDENTIALS_FILE") ?? "\(home)/.aws/credentials"))
    }

    /// This process's environment, and its files.
    public static func ofProcess() -> AWSSettings {
        AWSSettings(
            environment: { name in getenv(name).map { String(cString: $0) } },
            readFile: { path in
                guard let file = fopen(path, "r") else { return nil }
                defer { fclose(file) }
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 16_384)
                // More than anybody's configuration has.
                while bytes.count < 1 << 20 {
                    let count = fread(&buffer, 1, buffer.count, file)
                    guard count > 0 else { break }
                    bytes += buffer[..<count]
                }
                return String(decoding: bytes, as: UTF8.self)
            })
    }

    func variable(_ name: String) -> String? { variables(name) }

    func profileValue(_ key: String) -> String? { profiles[profileName]?[key] }

    /// A setting by its variable, else by its key in the profile.
    private func setting(_ name: String, profile key: String) -> String? { variable(name) ?? profileValue(key) }

    var region: String? {
        variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? profileValue("region")
    }

    var usesFIPS: Bool { setting("AWS_USE_FIPS_ENDPOINT", profile: "use_fips_endpoint")?.lowercased() == "true" }

    var maxAttempts: Int {
        setting("AWS_MAX_ATTEMPTS", profile: "max_attempts").flatMap { Int($0) }.map { min(max($0, 1), 20) } ?? 3
    }

    /// The file with the certificates to trust; nil for the system's.
    var authorities: String? { setting("AWS_CA_BUNDLE", profile: "ca_bundle") ?? variable("SSL_CERT_FILE") }

    var proxy: HTTPProxy { HTTPProxy { variable($0) } }

    /// The place of a service that isn't its own.
    func endpointURL(of service: AWSService) -> String? {
        guard
            setting("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", profile: "ignore_configured_endpoint_urls")?.lowercased()
                != "true"
        else { return nil }
        let name = service.identifier.replacing(" ", with: "_")
        if let url = variable("AWS_ENDPOINT_URL_\(name.uppercased())") ?? variable("AWS_ENDPOINT_URL") { return url }
        let section = profileValue("services").flatMap { profiles.services[$0] }
        return section?["\(name.lowercased()).endpoint_url"] ?? profileValue("endpoint_url")
    }
}

extension AWSService {
    /// The service's id, as variables name it.
    ///
    /// - SeeAlso: AWS SDKs and Tools Reference Guide, "Identifiers for service-specific endpoints".
    var identifier: String {
        switch endpointPrefix {
        case "cognito-idp": "Cognito Identity Provider"
        case "secretsmanager": "Secrets Manager"
        case "portal.sso": "SSO"
        default: endpointPrefix
        }
    }
}
