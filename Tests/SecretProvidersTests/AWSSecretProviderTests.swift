import AWSClient
import MigrationCore
import SecretProviders
import TestSupport
import Testing

/// Secrets at moto, as a configuration's references name them.
@Suite struct AWSSecretProviderTests {
    private static func value(_ reference: SecretReference, at account: MotoAccount) async throws -> String {
        let aws = account.aws
        return try await AWSSecretProvider { aws }.secret(reference, by: .after(.seconds(10))).exposedText()
    }

    private static func message(_ reference: SecretReference, _ aws: any AWSCalling) async -> String {
        do throws(SecretTemplate.Unresolved) {
            _ = try await AWSSecretProvider { aws }.secret(reference, by: .after(.seconds(10)))
            return "it has a value"
        } catch {
            return error.message
        }
    }

    @Test func `a secret's text is read by its name and by its ARN`() async throws {
        let account = try await MotoAccount.open()
        let made = try await account.secrets("CreateSecret", ["Name": "read/db", "SecretString": "s3cret"])
        #expect(try await Self.value(.secretsManager("read/db"), at: account) == "s3cret")
        let arn = try #require(made["ARN"]?.string)
        #expect(try await Self.value(.secretsManager(arn), at: account) == "s3cret")
    }

    @Test func `an encrypted parameter is read decrypted`() async throws {
        let account = try await MotoAccount.open()
        try await account.makeParameter("/read/db", "s3cret")
        #expect(try await Self.value(.parameter("/read/db"), at: account) == "s3cret")
    }

    @Test func `what isn't there is told with its Region, and what can't be text`() async throws {
        let account = try await MotoAccount.open()
        #expect(
            await Self.message(.secretsManager("gone"), account.aws).hasPrefix(
                "there is none of that name in eu-west-1"))
        #expect(
            await Self.message(.parameter("/gone"), account.aws).hasPrefix("there is none of that name in eu-west-1"))
        let elsewhere = "arn:aws:secretsmanager:us-east-1:123456789012:secret:gone-a1b2c3"
        #expect(await Self.message(.secretsManager(elsewhere), account.aws).contains("none of that name in us-east-1"))
        try await account.secrets("CreateSecret", ["Name": "binary", "SecretBinary": "AAEC"])
        #expect(await Self.message(.secretsManager("binary"), account.aws).hasPrefix("it is binary"))
        try await account.makeSecret("deleted", "s3cret")
        try await account.secrets("DeleteSecret", ["SecretId": "deleted"])
        #expect(await Self.message(.secretsManager("deleted"), account.aws).contains("marked for deletion"))
    }

    /// Answers every call with one error.
    private struct Failing: AWSCalling {
        let error: AWSError
        var region: String? { "eu-west-1" }

        func send(_ request: AWSRequest, by deadline: ContinuousClock.Instant?) async throws(AWSError) -> AWSResponse {
            throw error
        }
    }

    @Test(arguments: [
        (AWSError.Code.service("AccessDenied"), "allow secretsmanager:GetSecretValue"),
        (.service("DecryptionFailure"), "kms:Decrypt"), (.service("UnrecognizedClient"), "credentials are refused"),
        (.service("Throttling"), "the service answered Throttling"), (.noCredentials, "there are no AWS credentials"),
        (.noRegion, "AWS_REGION"), (.unreachable, "interface endpoint for secretsmanager"),
        (.deadlineExceeded, "in time"),
    ])
    func `what went wrong says what to do, and nothing that the service quoted`(
        _ code: AWSError.Code, _ says: String
    ) async {
        let detail = if case .service = code { "User x may not read hunter2" } else { "" }
        let message = await Self.message(.secretsManager("db"), Failing(error: AWSError(code, detail: detail)))
        #expect(message.contains(says), "\(message)")
        #expect(!message.contains("hunter2"))
    }
}
