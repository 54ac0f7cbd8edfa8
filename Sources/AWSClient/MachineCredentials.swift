/// What the machine that the program runs on gives it: the endpoint of a container, or of an EC2 instance.
struct MachineHTTP: Sendable {
    let transport: HTTPTransport

    /// A body, or nil for an answer that isn't 2xx.
    func text(
        _ endpoint: AWSEndpoint, path: String, method: String = "GET", headers: [AWSRequest.Parameter] = [],
        within limit: Duration
    ) async throws(HTTPFailure) -> String? {
        let response = try await transport.send(
            HTTPRequest(
                method: method, url: endpoint.url(path: path, query: []), host: endpoint.host,
                headers: headers + [.init("Host", endpoint.authority)], body: [], isLocal: true), within: limit)
        guard (200..<300).contains(response.status) else { return nil }
        return String(decoding: response.body, as: UTF8.self)
    }

    /// The form that both endpoints and `credential_process` give.
    static func credentials(_ text: String?) -> AWSCredentials? {
        guard let text, let answer = JSON(bytes: Array(text.utf8)), let key = answer["AccessKeyId"]?.string,
            let secret = answer["SecretAccessKey"]?.string
        else { return nil }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: secret,
            sessionToken: answer["Token"]?.string ?? answer["SessionToken"]?.string,
            expiration: answer["Expiration"]?.string.flatMap { CivilTime(extended: $0)?.seconds })
    }
}

/// `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `_FULL_URI`: ECS and EKS.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Container credential provider".
struct ContainerCredentials: CredentialSource {
    let settings: AWSSettings
    let machine: MachineHTTP
    var name: String { "container" }

    private static let limit = Duration.seconds(2)
    /// Where a full URI may go without TLS.
    private static let plainHosts = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost", "::1"]

    func credentials() async throws(AWSError) -> AWSCredentials? {
        let uri: String
        if let relative = settings.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            uri = "http://169.254.170.2" + (relative.hasPrefix("/") ? relative : "/\(relative)")
        } else if let full = settings.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            uri = full
        } else {
            return nil
        }
        guard let endpoint = AWSEndpoint(url: uri, region: ""),
            endpoint.isSecure || Self.plainHosts.contains(endpoint.host) || Self.isLoopback(endpoint.host)
        else {
            throw AWSError(
                .noCredentials,
                detail: "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor one of the machine's own addresses")
        }
        var token = settings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if let file = settings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            guard let text = settings.readFile(file)?.trimmingBlanks, !text.isEmpty else {
                throw AWSError(
                    .noCredentials, detail: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: \(file) can't be read, or is empty"
                )
            }
            token = text
        }
        if let token, token.contains(where: \.isNewline) {
            throw AWSError(.noCredentials, detail: "the container's authorization token has a line break")
        }
        do throws(HTTPFailure) {
            // The base path is the whole path here.
            let query = uri.firstIndex(of: "?").map { String(uri[$0...]) } ?? ""
            let text = try await machine.text(
                endpoint, path: query, headers: token.map { [.init("Authorization", $0)] } ?? [], within: Self.limit)
            guard let credentials = MachineHTTP.credentials(text) else {
                throw HTTPFailure.connection("it gave none", wasSent: true)
            }
            return credentials
        } catch {
            throw AWSError(.noCredentials, detail: "the container's endpoint \(endpoint.authority): \(error.words)")
        }
    }
}

extension ContainerCredentials {
    /// 127.0.0.0/8 as four numbers; `127.example.com` is a name like any other.
    fileprivate static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
    }
}

/// The role of an EC2 instance, by version 2 of its metadata service.
///
/// - SeeAlso: Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".
struct InstanceCredentials: CredentialSource {
    let settings: AWSSettings
    let machine: MachineHTTP
    var name: String { "instance metadata" }

    /// Elsewhere nobody answers, and whoever has no credentials waits this long to hear it.
    private static let limit = Duration.seconds(1)
    private static let path = "/latest/meta-data/iam/security-credentials/"

    func credentials() async throws(AWSError) -> AWSCredentials? {
        guard settings.variable("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true",
            let endpoint = AWSEndpoint(
                url: settings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254", region: "")
        else { return nil }
        do throws(HTTPFailure) {
            guard
                let token = try await machine.text(
                    endpoint, path: "/latest/api/token", method: "PUT",
                    headers: [.init("X-aws-ec2-metadata-token-ttl-seconds", "21600")], within: Self.limit)
            else { return nil }
            let headers = [AWSRequest.Parameter("X-aws-ec2-metadata-token", token.trimmingBlanks)]
            guard
                let roles = try await machine.text(endpoint, path: Self.path, headers: headers, within: Self.limit),
                let role = roles.split(whereSeparator: \.isNewline).first
            else { return nil }
            return MachineHTTP.credentials(
                try await machine.text(
                    endpoint, path: Self.path + SignatureV4.encoded(String(role)), headers: headers, within: Self.limit)
            )
        } catch {
            // Not an instance.
            return nil
        }
    }
}

extension HTTPFailure {
    var words: String {
        switch self {
        case .timeout: "no answer in time"
        case .connection(let reason, _): reason
        case .settings(let reason): reason
        case .cancelled: "cancelled"
        }
    }
}
