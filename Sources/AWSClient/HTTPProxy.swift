/// Which requests go through a proxy, by the variables that most programs read.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "HTTP proxy"; curl(1), "ENVIRONMENT", whose order and lower-case names
///   these are.
struct HTTPProxy: Sendable {
    struct Server: Sendable, Hashable {
        let host: String
        let port: Int
        /// Base64 of `user:password`, for the `Proxy-Authorization` header.
        let credentials: String?

        var authority: String { "\(host):\(port)" }
    }

    /// A variable that names no proxy that we can use; going past it might be what it forbids.
    struct Unusable: Error {
        let reason: String
    }

    private let secure: Result<Server, Unusable>?
    private let plain: Result<Server, Unusable>?
    private let exceptions: [String]

    /// - Parameter environment: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in lower case, too.
    init(environment: (String) -> String?) {
        func value(_ name: String) -> String? { environment(name.lowercased()) ?? environment(name) }
        secure = value("HTTPS_PROXY").map { Self.server($0, of: "HTTPS_PROXY") }
        // In upper case it could be a header of a request (CVE-2016-5385), which no program of ours serves as CGI.
        plain = value("HTTP_PROXY").map { Self.server($0, of: "HTTP_PROXY") }
        exceptions = (value("NO_PROXY") ?? "").split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }

    /// - Returns: nil where none is in between.
    func server(forHost host: String, isSecure: Bool) throws(Unusable) -> Server? {
        guard let server = isSecure ? secure : plain else { return nil }
        let host = host.lowercased()
        for exception in exceptions {
            if exception == "*" { return nil }
            let domain = exception.drop { $0 == "." || $0 == "*" }
            if host == domain || host.hasSuffix(".\(domain)") { return nil }
        }
        return try server.get()
    }

    /// `http://user:password@host:port`; the scheme may be left out.
    private static func server(_ url: String, of variable: String) -> Result<Server, Unusable> {
        var rest = url[...]
        if let scheme = rest.firstRange(of: "://") {
            // Without the URL: it may have a password.
            guard rest[..<scheme.lowerBound].lowercased() == "http" else {
                return .failure(Unusable(reason: "\(variable) should be http://HOST:PORT"))
            }
            rest = rest[scheme.upperBound...]
        }
        rest = rest.prefix { $0 != "/" }
        var credentials: String?
        if let at = rest.lastIndex(of: "@") {
            let user = AWSRequest.percentDecoded(rest[..<at])
            credentials = Base64.encoded(user)
            rest = rest[rest.index(after: at)...]
        }
        guard let endpoint = AWSEndpoint(url: "http://\(rest)", region: "") else {
            return .failure(Unusable(reason: "\(variable) should be http://HOST:PORT"))
        }
        // Without a port it is 80 for curl's readers and 1080 for curl; 80 is what the scheme says.
        return .success(Server(host: endpoint.host, port: endpoint.port, credentials: credentials))
    }
}
