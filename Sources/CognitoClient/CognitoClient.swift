public import AWSClient

/// The user pool API, typed.
///
/// - SeeAlso: AWS documentation, "Amazon Cognito user pools API reference".
public struct CognitoClient: Sendable {
    private let aws: any AWSCalling

    public init(_ aws: any AWSCalling) {
        self.aws = aws
    }

    /// The `UserPool` that DescribeUserPool answers, as it came.
    public func describeUserPool(_ id: String) async throws(AWSError) -> JSON {
        let answer = try await call("DescribeUserPool", ["UserPoolId": .string(id)])
        guard let pool = answer["UserPool"] else { throw AWSError(.badAnswer, detail: "the answer has no UserPool") }
        return pool
    }

    func call(_ operation: String, _ input: JSON) async throws(AWSError) -> JSON {
        try await aws.send(
            .json(.cognitoUserPools, target: "AWSCognitoIdentityProviderService.\(operation)", input)
        ).json()
    }
}
