/// One request to a service, not signed yet. It says nothing of host and credentials: those are the client's.
public struct AWSRequest: Sendable, Hashable {
    public var service: AWSService
    /// Where what it is about is, if that isn't the client's Region.
    public var region: String?
    public var method: String
    /// Percent-encoded as it goes over the wire; starts with `/`.
    public var path: String
    /// Not encoded yet, in any order.
    public var query: [Parameter]
    /// Beside `Host` and what signing adds.
    public var headers: [Parameter]
    public var body: [UInt8]
    /// Whether it is sent again after its answer was lost, as AWS's own clients do; it may be done twice then.
    public var isRepeatable = true

    public struct Parameter: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        _ service: AWSService, method: String, path: String, query: [Parameter] = [], headers: [Parameter] = [],
        body: [UInt8] = []
    ) {
        self.service = service
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// A part of a path, or a value of a form, in which nothing has a meaning of its own.
    public static func percentEncoded(_ text: String) -> String { SignatureV4.encoded(text) }

    /// An operation of a service that speaks AWS JSON.
    ///
    /// - Parameters:
    ///   - target: `X-Amz-Target`, such as `AWSCognitoIdentityProviderService.DescribeUserPool`.
    ///   - version: of the protocol.
    /// - SeeAlso: Smithy documentation, "AWS JSON 1.1 protocol".
    public static func json(
        _ service: AWSService, target: String, version: String = "1.1", _ input: JSON = [:]
    ) -> AWSRequest {
        AWSRequest(
            service, method: "POST", path: "/",
            headers: [
                Parameter("Content-Type", "application/x-amz-json-\(version)"), Parameter("X-Amz-Target", target),
            ],
            body: input.bytes)
    }

    /// An operation of a service that speaks the query protocol, and answers in XML.
    ///
    /// - SeeAlso: Smithy documentation, "AWS query protocol".
    public static func query(
        _ service: AWSService, action: String, version: String, _ parameters: [Parameter]
    ) -> AWSRequest {
        let form = [Parameter("Action", action), Parameter("Version", version)] + parameters
        return AWSRequest(
            service, method: "POST", path: "/",
            headers: [Parameter("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(SignatureV4.encodedQuery(form).utf8))
    }
}

/// What a service answered: a success (2xx). Everything else is an `AWSError`.
public struct AWSResponse: Sendable {
    public let status: Int
    public let headers: [AWSRequest.Parameter]
    public let body: [UInt8]

    public init(status: Int, headers: [AWSRequest.Parameter] = [], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// When it was answered, by the service's clock, in seconds since 1970; nil where it doesn't say.
    public var date: Int64? {
        headers.first { $0.name.lowercased() == "date" }.flatMap { CivilTime(httpDate: $0.value)?.seconds }
    }

    /// The body as JSON; an empty body is an empty object.
    public func json() throws(AWSError) -> JSON {
        guard !body.isEmpty else { return [:] }
        guard let value = JSON(bytes: body) else { throw AWSError(.badAnswer, detail: "the answer is not JSON") }
        return value
    }
}
