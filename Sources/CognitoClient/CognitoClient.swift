public import AWSClient

/// The user pool API, typed where the caller decides by it.
///
/// - SeeAlso: AWS documentation, "Amazon Cognito user pools API reference".
public struct CognitoClient: Sendable {
    private let aws: any AWSCalling
    private let deadline: ContinuousClock.Instant?

    /// - Parameter deadline: the latest end of each call; nil for the caller's own patience.
    public init(_ aws: any AWSCalling, by deadline: ContinuousClock.Instant? = nil) {
        self.aws = aws
        self.deadline = deadline
    }

    /// The `UserPool` that DescribeUserPool answers, as it came.
    public func describeUserPool(_ id: String) async throws(AWSError) -> JSON {
        try await call("DescribeUserPool", ["UserPoolId": .string(id)], answering: "UserPool")
    }

    /// The ids of a pool's app clients, by ListUserPoolClients.
    ///
    /// - Parameter limit: more aren't asked for.
    public func userPoolClients(of pool: String, atMost limit: Int = .max) async throws(AWSError) -> [String] {
        var ids: [String] = []
        var token: String?
        repeat {
            var input: JSON = ["UserPoolId": .string(pool), "MaxResults": 60]
            if let token { input["NextToken"] = .string(token) }
            let page = try await call("ListUserPoolClients", input)
            ids += (page["UserPoolClients"]?.array ?? []).compactMap { $0["ClientId"]?.string }
            token = page["NextToken"]?.string
        } while token != nil && ids.count < limit
        return Array(ids.prefix(limit))
    }

    /// The `UserPoolClient` that DescribeUserPoolClient answers, as it came. It may hold the client's secret.
    public func describeUserPoolClient(_ id: String, of pool: String) async throws(AWSError) -> JSON {
        try await call(
            "DescribeUserPoolClient", ["UserPoolId": .string(pool), "ClientId": .string(id)],
            answering: "UserPoolClient")
    }

    /// What GetUserPoolMfaConfig answers, as it came: which second factors there are, and whether one is asked for.
    public func mfaConfiguration(of pool: String) async throws(AWSError) -> JSON {
        try await call("GetUserPoolMfaConfig", ["UserPoolId": .string(pool)])
    }

    /// UpdateUserPool. **It resets every setting that `settings` doesn't have** (but the plan, `UserPoolTier`).
    public func updateUserPool(_ id: String, to settings: JSON) async throws(AWSError) {
        var input = settings
        input["UserPoolId"] = .string(id)
        _ = try await call("UpdateUserPool", input)
    }

    /// UpdateUserPoolClient. **It resets every setting that `settings` doesn't have.**
    public func updateUserPoolClient(_ id: String, of pool: String, to settings: JSON) async throws(AWSError) {
        var input = settings
        input["UserPoolId"] = .string(pool)
        input["ClientId"] = .string(id)
        _ = try await call("UpdateUserPoolClient", input)
    }

    /// A member of an operation's answer.
    private func call(_ operation: String, _ input: JSON, answering member: String) async throws(AWSError) -> JSON {
        guard let value = try await call(operation, input)[member] else {
            throw AWSError(.badAnswer, detail: "the answer has no \(member)")
        }
        return value
    }

    func call(_ operation: String, _ input: JSON) async throws(AWSError) -> JSON {
        try await send(operation, input).json()
    }

    func send(_ operation: String, _ input: JSON) async throws(AWSError) -> AWSResponse {
        try await aws.send(
            .json(.cognitoUserPools, target: "AWSCognitoIdentityProviderService.\(operation)", input), by: deadline)
    }
}
