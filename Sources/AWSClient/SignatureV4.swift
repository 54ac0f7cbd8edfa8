internal import Crypto

/// Signs requests with an access key.
///
/// - SeeAlso: AWS IAM User Guide, "Create a signed AWS API request" (Signature Version 4).
struct SignatureV4 {
    let credentials: AWSCredentials
    let region: String
    /// The service's signing name.
    let service: String

    /// On the way they may be changed or left out.
    private static let unsigned: Set = [
        "authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
    ]

    /// The request's headers and those that sign it.
    ///
    /// - Parameters:
    ///   - host: as the `Host` header will have it.
    ///   - time: seconds since 1970.
    func headers(for request: AWSRequest, host: String, at time: Int64) -> [AWSRequest.Parameter] {
        let date = CivilTime(time).basic
        var headers = request.headers.filter { $0.name.lowercased() != "host" }
        headers.append(.init("Host", host))
        headers.append(.init("X-Amz-Date", date))
        if let token = credentials.sessionToken { headers.append(.init("X-Amz-Security-Token", token)) }
        let (canonical, names) = Self.canonicalRequest(request, headers: headers)
        let scope = "\(date.prefix(8))/\(region)/\(service)/aws4_request"
        let toSign =
            "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(Self.hexadecimal(SHA256.hash(data: Array(canonical.utf8))))"
        let signature = Self.hexadecimal(
            HMAC<SHA256>.authenticationCode(for: Array(toSign.utf8), using: signingKey(date.prefix(8))))
        headers.append(
            .init(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), "
                    + "Signature=\(signature)"))
        return headers
    }

    private func signingKey(_ day: Substring) -> SymmetricKey {
        [String(day), region, service, "aws4_request"].reduce(
            SymmetricKey(data: Array("AWS4\(credentials.secretAccessKey)".utf8))
        ) { key, text in
            SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
        }
    }

    /// The request in the one form that both sides compute, and the names of the headers in it.
    static func canonicalRequest(
        _ request: AWSRequest, headers: [AWSRequest.Parameter]
    ) -> (text: String, signedHeaders: String) {
        var values: [String: [String]] = [:]
        for header in headers where !unsigned.contains(header.name.lowercased()) {
            values[header.name.lowercased(), default: []].append(trimmed(header.value))
        }
        let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let lines = names.map { "\($0):\(values[$0, default: []].joined(separator: ","))\n" }
        let signed = names.joined(separator: ";")
        let text = [
            request.method, canonicalPath(request.path), encodedQuery(request.query, sorted: true), lines.joined(),
            signed,
            hexadecimal(SHA256.hash(data: request.body)),
        ].joined(separator: "\n")
        return (text, signed)
    }

    /// Without dots, empty segments and what else RFC 3986, 5.2.4 and 6.2.2 take away, then encoded, once more where it
    /// is already.
    private static func canonicalPath(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/") {
            switch segment {
            case ".": break
            case "..": _ = segments.popLast()
            default: segments.append(segment)
            }
        }
        // A dot at the end leaves no slash, unlike in RFC 3986: AWS's own clients sign it so.
        let isFolder = path.hasSuffix("/")
        let joined = "/" + segments.map { encoded(String($0)) }.joined(separator: "/")
        return isFolder && !segments.isEmpty ? joined + "/" : joined
    }

    static func encodedQuery(_ query: [AWSRequest.Parameter], sorted: Bool = false) -> String {
        let pairs = query.map { (name: encoded($0.name), value: encoded($0.value)) }
        let ordered =
            sorted
            ? pairs.sorted { left, right in
                left.name == right.name
                    ? left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
                    : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
            } : pairs
        return ordered.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    /// RFC 3986, 2.3: everything but the unreserved characters.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Without white space around it, and with one space for each run within.
    private static func trimmed(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" || $0.isNewline }.joined(separator: " ")
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
