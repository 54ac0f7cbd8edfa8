/// What signs requests. It prints without its secrets.
///
/// - SeeAlso: AWS General Reference, "AWS security credentials".
public struct AWSCredentials: Sendable, Hashable {
    public let accessKeyID: String
    let secretAccessKey: String
    let sessionToken: String?
    /// Seconds since 1970; nil for those that don't end.
    public let expiration: Int64?

    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Int64? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "[AWS credentials]" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
