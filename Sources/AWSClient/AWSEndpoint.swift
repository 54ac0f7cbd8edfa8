/// Where a service is, and by what Region its requests are signed.
///
/// - SeeAlso: AWS General Reference, "AWS service endpoints"; AWS SDKs and Tools Reference Guide, "Service-specific
///   endpoints", "Dual-stack and FIPS endpoints".
struct AWSEndpoint: Sendable, Hashable {
    let isSecure: Bool
    /// A name or an address, without brackets.
    let host: String
    let port: Int
    let signingRegion: String
    /// Before each request's own path; empty or `/...` without a slash at its end.
    let basePath: String

    /// In AWS GovCloud (US) these have one name, and that one obeys FIPS 140.
    private static let fipsInGovernment: Set = ["iam", "logs", "ssm", "sts"]

    /// The service's own.
    init(_ service: AWSService, region: String, usesFIPS: Bool) {
        let partition = Partition(region: region)
        isSecure = true
        port = 443
        basePath = ""
        let hasOwnFIPS = !(region.hasPrefix("us-gov-") && Self.fipsInGovernment.contains(service.endpointPrefix))
        let prefix = usesFIPS && hasOwnFIPS ? "\(service.endpointPrefix)-fips" : service.endpointPrefix
        if service.isGlobal {
            host = "\(prefix).\(partition.globalLabel)\(partition.suffix)"
            signingRegion = partition.globalRegion
        } else {
            host = "\(prefix).\(region).\(partition.suffix)"
            signingRegion = region
        }
    }

    /// Another one: `http://127.0.0.1:5555`. nil for what is no URL of http or https.
    init?(url: String, region: String) {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        switch url[..<scheme.lowerBound].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: return nil
        }
        let rest = url[scheme.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        var authority = rest[..<end]
        var path = rest[end...].prefix { $0 != "?" && $0 != "#" }
        while path.hasSuffix("/") { path.removeLast() }
        basePath = String(path)
        signingRegion = region
        var port = isSecure ? 443 : 80
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            authority = authority[..<colon]
        }
        self.port = port
        if authority.hasPrefix("["), authority.hasSuffix("]") { authority = authority.dropFirst().dropLast() }
        guard !authority.isEmpty, authority.allSatisfy({ $0.isASCII && !$0.isWhitespace && $0 != "@" }) else {
            return nil
        }
        host = String(authority)
    }

    /// As the `Host` header has it.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    func url(path: String, query: [AWSRequest.Parameter]) -> String {
        let encoded = SignatureV4.encodedQuery(query)
        return "\(isSecure ? "https" : "http")://\(authority)\(basePath)\(path)\(encoded.isEmpty ? "" : "?\(encoded)")"
    }

    /// A set of Regions with names and accounts of their own.
    private struct Partition {
        let suffix: String
        /// What the host names of global services have before the suffix.
        let globalLabel: String
        let globalRegion: String

        init(region: String) {
            if region.hasPrefix("cn-") {
                (suffix, globalLabel, globalRegion) = ("amazonaws.com.cn", "cn-north-1.", "cn-north-1")
            } else if region.hasPrefix("us-gov-") {
                (suffix, globalLabel, globalRegion) = ("amazonaws.com", "us-gov.", "us-gov-west-1")
            } else if region.hasPrefix("eusc-") {
                (suffix, globalLabel, globalRegion) = ("amazonaws.eu", "eusc-de-east-1.", "eusc-de-east-1")
            } else if region.hasPrefix("us-iso-") {
                (suffix, globalLabel, globalRegion) = ("c2s.ic.gov", "us-iso-east-1.", "us-iso-east-1")
            } else if region.hasPrefix("us-isob-") {
                (suffix, globalLabel, globalRegion) = ("sc2s.sgov.gov", "us-isob-east-1.", "us-isob-east-1")
            } else if region.hasPrefix("us-isof-") {
                (suffix, globalLabel, globalRegion) = ("csp.hci.ic.gov", "us-isof-south-1.", "us-isof-south-1")
            } else if region.hasPrefix("eu-isoe-") {
                (suffix, globalLabel, globalRegion) = ("cloud.adc-e.uk", "eu-isoe-west-1.", "eu-isoe-west-1")
            } else {
                (suffix, globalLabel, globalRegion) = ("amazonaws.com", "", "us-east-1")
            }
        }
    }
}
