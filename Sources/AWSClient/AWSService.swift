/// A service of AWS, as requests to it are addressed and signed.
///
/// - SeeAlso: AWS General Reference, "Service endpoints".
public struct AWSService: Sendable, Hashable {
    /// The first label of its host names: `cognito-idp` of `cognito-idp.eu-west-1.amazonaws.com`.
    public let endpointPrefix: String
    /// What a signature names it by.
    public let signingName: String
    /// Whether there is one for all Regions of a partition: its host names have none, and signatures name the partition's
    /// first.
    public let isGlobal: Bool

    public init(endpointPrefix: String, signingName: String? = nil, isGlobal: Bool = false) {
        self.endpointPrefix = endpointPrefix
        self.signingName = signingName ?? endpointPrefix
        self.isGlobal = isGlobal
    }

    public static let cognitoUserPools = AWSService(endpointPrefix: "cognito-idp")
    public static let lambda = AWSService(endpointPrefix: "lambda")
    public static let secretsManager = AWSService(endpointPrefix: "secretsmanager")
    public static let systemsManager = AWSService(endpointPrefix: "ssm")
    public static let securityTokens = AWSService(endpointPrefix: "sts")
    public static let identityManagement = AWSService(endpointPrefix: "iam", isGlobal: true)
}
