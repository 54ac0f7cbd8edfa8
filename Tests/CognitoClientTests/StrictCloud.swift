import AWSClient
import Synchronization

/// A pool and a function that behave as AWS's documentation says, where the stand-ins from PyPI are lenient: an update resets
/// what it isn't given, refuses what its model doesn't have, and refuses some of what it describes itself.
final class StrictCloud: AWSCalling {
    static let poolID = "eu-west-1_Ex4mple"
    static let account = "123456789012"
    static let poolARN = "arn:aws:cognito-idp:eu-west-1:\(account):userpool/\(poolID)"

    struct State {
        var pool: JSON
        var mfa: JSON = ["MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": ["Enabled": true]]
        var clients: [String: JSON] = ["client1": FullPool.client]
        /// AWS's own tags, which an update neither takes nor takes away.
        var systemTags: [String: JSON] = [:]
        var policy: [JSON] = []
        /// By operation: what it answers instead, once for each.
        var refusals: [String: [AWSError]] = [:]
        /// By operation: what somebody else does just before.
        var intrusions: [String: @Sendable (inout State) -> Void] = [:]
        /// What was asked to be changed.
        var writes: [JSON] = []
        /// Every request's operation.
        var operations: [String] = []
    }

    let state: Mutex<State>
    var region: String? { "eu-west-1" }

    init(_ settings: JSON = FullPool.settings) {
        state = Mutex(State(pool: settings))
    }

    func send(
        _ request: AWSRequest, by deadline: ContinuousClock.Instant?
    ) async throws(AWSError) -> AWSResponse {
        let result: Result<JSON, AWSError> = state.withLock { state in
            do throws(AWSError) {
                return .success(try Self.answer(request, &state))
            } catch {
                return .failure(error)
            }
        }
        return AWSResponse(status: 200, body: try result.get().bytes)
    }

    private static func answer(_ request: AWSRequest, _ state: inout State) throws(AWSError) -> JSON {
        let input = request.body.isEmpty ? [:] : JSON(bytes: request.body) ?? [:]
        let operation = operation(request)
        state.operations.append(operation)
        if var refusals = state.refusals[operation], !refusals.isEmpty {
            let refusal = refusals.removeFirst()
            state.refusals[operation] = refusals
            throw refusal
        }
        if let intrusion = state.intrusions.removeValue(forKey: operation) { intrusion(&state) }
        if ["UpdateUserPool", "UpdateUserPoolClient"].contains(operation) {
            state.writes.append(["service": "cognito-idp", "operation": .string(operation), "input": input])
        }
        switch operation {
        case "DescribeUserPool": return ["UserPool": described(state)]
        case "UpdateUserPool": return try update(input, &state)
        case "GetUserPoolMfaConfig": return state.mfa
        case "ListUserPoolClients":
            return [
                "UserPoolClients": .array(state.clients.keys.sorted().map { ["ClientId": .string($0)] })
            ]
        case "DescribeUserPoolClient": return ["UserPoolClient": try client(input, state)]
        case "UpdateUserPoolClient":
            let id = try client(input, state)["ClientId"]?.string ?? ""
            var settings = input
            settings["UserPoolId"] = nil
            settings["ClientId"] = nil
            state.clients[id] = settings
            return ["UserPoolClient": settings]
        case "GetFunctionConfiguration": return ["Timeout": 6]
        case "GetPolicy":
            let policy: JSON = ["Version": "2012-10-17", "Statement": .array(state.policy)]
            guard !state.policy.isEmpty else { throw error("ResourceNotFound", "no policy", 404) }
            return ["Policy": .string(String(decoding: policy.bytes, as: UTF8.self))]
        case "AddPermission": return try add(input, request, &state)
        case "RemovePermission":
            let id = request.path.split(separator: "/").last.map(String.init)
            guard state.policy.contains(where: { $0["Sid"]?.string == id }) else {
                throw error("ResourceNotFound", "no statement", 404)
            }
            state.policy.removeAll { $0["Sid"]?.string == id }
            return [:]
        default: throw error("UnknownOperation", operation)
        }
    }

    private static func operation(_ request: AWSRequest) -> String {
        if let target = request.headers.first(where: { $0.name == "X-Amz-Target" })?.value {
            return target.split(separator: ".").last.map(String.init) ?? ""
        }
        switch (request.method, request.path.hasSuffix("/configuration")) {
        case ("GET", true): return "GetFunctionConfiguration"
        case ("GET", false): return "GetPolicy"
        case ("POST", _): return "AddPermission"
        default: return "RemovePermission"
        }
    }

    private static func described(_ state: State) -> JSON {
        var pool = state.pool
        pool["Name"] = pool["PoolName"]
        pool["PoolName"] = nil
        pool["Id"] = .string(poolID)
        pool["Arn"] = .string(poolARN)
        pool["EstimatedNumberOfUsers"] = .integer(state.operations.count)
        pool["UsernameAttributes"] = ["email"]
        if var tags = pool["UserPoolTags"]?.object {
            tags.merge(state.systemTags) { $1 }
            pool["UserPoolTags"] = .object(tags)
        }
        // An older name of the same, which is described and not taken.
        if let days = pool["Policies"]?["PasswordPolicy"]?["TemporaryPasswordValidityDays"] {
            var config = pool["AdminCreateUserConfig"] ?? [:]
            config["UnusedAccountValidityDays"] = days
            pool["AdminCreateUserConfig"] = config
        }
        return pool
    }

    private static func update(_ input: JSON, _ state: inout State) throws(AWSError) -> JSON {
        guard input["UserPoolId"]?.string == poolID else { throw error("ResourceNotFound", "no pool") }
        if input["Policies"]?["PasswordPolicy"]?["TemporaryPasswordValidityDays"] != nil,
            input["AdminCreateUserConfig"]?["UnusedAccountValidityDays"] != nil
        {
            throw error(
                "InvalidParameter",
                "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays")
        }
        if (input["UserPoolTags"]?.object ?? [:]).keys.contains(where: { $0.hasPrefix("aws:") }) {
            throw error("UserPoolTagging", "aws: prefixed tag key names are not allowed for external use.")
        }
        if let old = input["EmailVerificationMessage"],
            input["VerificationMessageTemplate"]?["EmailMessage"].map({ $0 != old }) == true
        {
            throw error("InvalidParameter", "EmailVerificationMessage differs from VerificationMessageTemplate")
        }
        let lambda = input["LambdaConfig"]
        if let old = lambda?["PreTokenGeneration"], let new = lambda?["PreTokenGenerationConfig"],
            new["LambdaArn"] != old
        {
            throw error("InvalidParameter", "PreTokenGeneration differs from PreTokenGenerationConfig")
        }
        let tier = state.pool["UserPoolTier"]
        state.pool = input
        state.pool["UserPoolId"] = nil
        if state.pool["UserPoolTier"] == nil { state.pool["UserPoolTier"] = tier }
        return [:]
    }

    private static func client(_ input: JSON, _ state: State) throws(AWSError) -> JSON {
        guard let id = input["ClientId"]?.string, var client = state.clients[id] else {
            throw error("ResourceNotFound", "no client")
        }
        client["ClientId"] = .string(id)
        client["UserPoolId"] = .string(poolID)
        client["ClientSecret"] = "s3cret"
        return client
    }

    private static func add(_ input: JSON, _ request: AWSRequest, _ state: inout State) throws(AWSError) -> JSON {
        guard !state.policy.contains(where: { $0["Sid"] == input["StatementId"] }) else {
            throw error("ResourceConflict", "The statement id is there already.", 409)
        }
        guard request.query.contains(.init("Qualifier", "live")) else { throw error("InvalidParameterValue", "?") }
        let statement: JSON = [
            "Sid": input["StatementId"] ?? .null, "Effect": "Allow", "Action": input["Action"] ?? .null,
            "Principal": ["Service": input["Principal"] ?? .null],
            "Condition": [
                "ArnLike": ["AWS:SourceArn": input["SourceArn"] ?? .null],
                "StringEquals": ["AWS:SourceAccount": input["SourceAccount"] ?? .null],
            ],
        ]
        state.policy.append(statement)
        return ["Statement": .string(String(decoding: statement.bytes, as: UTF8.self))]
    }

    static func error(_ code: String, _ message: String, _ status: Int = 400) -> AWSError {
        AWSError(.service(code), status: status, detail: message)
    }
}
