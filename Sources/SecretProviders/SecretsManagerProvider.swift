public import AWSClient

/// `${secretsmanager:ID#key}`: secrets of AWS Secrets Manager.
public struct SecretsManagerProvider: Sendable {
    private let aws: any AWSCalling

    public init(_ aws: any AWSCalling) {
        self.aws = aws
    }
}
