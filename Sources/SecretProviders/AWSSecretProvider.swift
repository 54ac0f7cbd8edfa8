public import AWSClient
public import MigrationCore

/// Secrets of AWS Secrets Manager and parameters of AWS Systems Manager.
///
/// The client is made when the first one is asked for.
///
/// - SeeAlso: AWS documentation, GetSecretValue of Secrets Manager, GetParameter of Systems Manager.
public struct AWSSecretProvider: SecretProvider {
    private let makeClient: @Sendable () -> any AWSCalling

    /// - Parameter client: called for each secret; it should return one and the same.
    public init(client: @escaping @Sendable () -> any AWSCalling) {
        makeClient = client
    }

    public func secret(
        _ reference: SecretReference, by deadline: Deadline
    ) async throws(SecretTemplate.Unresolved) -> Secret {
        let aws = makeClient()
        var request =
            switch reference {
            case .secretsManager(let id):
                AWSRequest.json(
                    .secretsManager, target: "secretsmanager.GetSecretValue", ["SecretId": .string(id)])
            case .parameter(let name):
                AWSRequest.json(
                    .systemsManager, target: "AmazonSSM.GetParameter",
                    ["Name": .string(name), "WithDecryption": true])
            }
        // One of another Region is asked for there.
        request.region = Self.region(ofARN: reference.name)
        do throws(AWSError) {
            let answer = try await aws.send(request, by: deadline.instant).json()
            return try Self.text(of: answer, reference)
        } catch {
            let place = (request.region ?? aws.region).map { " in \($0)" } ?? ""
            throw SecretTemplate.Unresolved(message: Self.message(for: error, reference, place))
        }
    }

    private static func text(of answer: JSON, _ reference: SecretReference) throws(AWSError) -> Secret {
        let text =
            switch reference {
            case .secretsManager: answer["SecretString"]?.string
            case .parameter: answer["Parameter"]?["Value"]?.string
            }
        guard let text else { throw AWSError(.badAnswer, detail: "it is binary, not text; store it as text") }
        return Secret(text)
    }

    /// `arn:PARTITION:SERVICE:REGION:...`; nil for a plain name.
    private static func region(ofARN name: String) -> String? {
        let fields = name.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count > 4, fields[0] == "arn", !fields[3].isEmpty else { return nil }
        return String(fields[3])
    }

    /// What is wrong and what to do. The service's own message stays out: it may quote what it was asked.
    private static func message(for error: AWSError, _ reference: SecretReference, _ place: String) -> String {
        switch error.code {
        case .noCredentials:
            "there are no AWS credentials (\(error.detail)); give the function a role, or set AWS_PROFILE"
        case .noRegion: "no Region is known; set AWS_REGION, or user_pool.region"
        case .unreachable:
            "AWS can't be reached (\(error.detail)); a function in a VPC needs a NAT gateway or an interface endpoint for "
                + reference.endpoint
        case .deadlineExceeded:
            "AWS didn't answer in time (\(error.detail)); a function in a VPC needs a NAT gateway or an interface endpoint "
                + "for \(reference.endpoint)"
        case .cancelled: "it was stopped"
        case .badAnswer: error.detail
        case .service(let code): message(forCode: code, reference, place)
        }
    }

    private static func message(forCode code: String, _ reference: SecretReference, _ place: String) -> String {
        switch code {
        case "ResourceNotFound", "ParameterNotFound", "ParameterVersionNotFound":
            "there is none of that name\(place), in the account of these credentials; create it, or correct the name or the "
                + "Region"
        case "AccessDenied", "NotAuthorized":
            "these credentials may not read it; allow \(reference.action) for it, and kms:Decrypt for its key if that is "
                + "one of yours"
        case "DecryptionFailure", "InvalidKeyId", "KMSAccessDenied":
            "its key can't be used; allow kms:Decrypt for it, and see whether it is enabled"
        case "InvalidRequest":
            "it can't be read; see whether it is marked for deletion (restore-secret takes that back)"
        case "UnrecognizedClient", "InvalidClientTokenId", "ExpiredToken", "InvalidSignature",
            "IncompleteSignature", "SignatureDoesNotMatch":
            "the AWS credentials are refused (\(code)); see whether they are right, and not expired"
        default: "the service answered \(code)"
        }
    }
}

extension SecretReference {
    fileprivate var name: String {
        switch self {
        case .secretsManager(let name), .parameter(let name): name
        }
    }

    fileprivate var action: String {
        switch self {
        case .secretsManager: "secretsmanager:GetSecretValue"
        case .parameter: "ssm:GetParameter"
        }
    }

    fileprivate var endpoint: String {
        switch self {
        case .secretsManager: "secretsmanager"
        case .parameter: "ssm"
        }
    }
}
