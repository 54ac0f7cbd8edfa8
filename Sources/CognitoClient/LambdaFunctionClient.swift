public import AWSClient
public import MigrationCore

/// The calls of AWS Lambda that connecting a function takes. Beside the user pool API because that is all they are for.
///
/// - SeeAlso: AWS documentation, Lambda, "API reference".
public struct LambdaFunctionClient: Sendable {
    private let aws: any AWSCalling
    private let deadline: ContinuousClock.Instant?

    public init(_ aws: any AWSCalling, by deadline: ContinuousClock.Instant? = nil) {
        self.aws = aws
        self.deadline = deadline
    }

    /// GetFunctionConfiguration, for the alias or version that the ARN names.
    public func configuration(of function: FunctionARN) async throws(AWSError) -> JSON {
        try await call("GET", function, "/configuration").json()
    }

    /// GetPolicy: the statements of the resource-based policy; none if there is no policy.
    public func policy(of function: FunctionARN) async throws(AWSError) -> [PolicyStatement] {
        do throws(AWSError) {
            let answer = try await call("GET", function, "/policy").json()
            guard let text = answer["Policy"]?.string, let policy = JSON(bytes: Array(text.utf8)) else {
                throw AWSError(.badAnswer, detail: "the answer has no Policy")
            }
            return PolicyStatement.all(of: policy)
        } catch  where error.serviceCode == "ResourceNotFound" {
            // The function's absence has the same name; whoever needs to know asks for its configuration.
            return []
        }
    }

    /// AddPermission: Cognito may call the function for one pool of one account.
    ///
    /// - Throws: `.service("ResourceConflict")` if a statement of that id is there.
    public func allowCognito(
        _ function: FunctionARN, statement id: String, poolARN: String, account: String
    ) async throws(AWSError) {
        let input: JSON = [
            "StatementId": .string(id), "Action": "lambda:InvokeFunction", "Principal": "cognito-idp.amazonaws.com",
            "SourceArn": .string(poolARN), "SourceAccount": .string(account),
        ]
        _ = try await call("POST", function, "/policy", body: input)
    }

    /// RemovePermission
    public func removePermission(_ function: FunctionARN, statement id: String) async throws(AWSError) {
        _ = try await call("DELETE", function, "/policy/\(AWSRequest.percentEncoded(id))")
    }

    private func call(
        _ method: String, _ function: FunctionARN, _ path: String, body: JSON? = nil
    ) async throws(AWSError) -> AWSResponse {
        // The function's whole ARN, so that one of another account is meant where the ARN says so.
        let name = AWSRequest.percentEncoded(function.function)
        return try await aws.send(
            AWSRequest(
                .lambda, method: method, path: "/2015-03-31/functions/\(name)\(path)",
                query: function.qualifierText.map { [.init("Qualifier", $0)] } ?? [],
                headers: body == nil ? [] : [.init("Content-Type", "application/json")], body: body?.bytes ?? []),
            by: deadline)
    }
}
