public import AWSClient
public import MigrationCore
public import Threads

/// Looks at the user pool for `doctor`: reads settings, changes nothing, and reads no user.
public struct PoolObserver: Sendable {
    /// Described one by one, and more than enough to find those that can't migrate users.
    private static let maxClients = 100
    /// App clients described at once; UserPoolResourceRead takes 20 requests a second.
    private static let maxInFlight = 4

    private let aws: any AWSCalling
    private let cognito: CognitoClient
    private let deadline: ContinuousClock.Instant?
    private let clock: any WallClock

    /// - Parameter deadline: what isn't seen by then is a failure like others.
    public init(
        _ aws: any AWSCalling, by deadline: ContinuousClock.Instant? = nil, clock: any WallClock = SystemWallClock()
    ) {
        self.aws = aws
        self.deadline = deadline
        self.clock = clock
        cognito = CognitoClient(aws, by: deadline)
    }

    /// - Parameter id: the pool's.
    public func observe(_ id: String, logsRole: String?) async -> PoolObservation {
        let before = clock.now
        let answer = await seen("cognito-idp:DescribeUserPool") { () async throws(AWSError) in
            try await cognito.send("DescribeUserPool", ["UserPoolId": .string(id)])
        }
        let after = clock.now
        let pool = answer.flatMap { answer in Self.pool(answer) }
        guard case .success(let description) = pool else {
            // One reason is enough.
            let failure = PoolObservation.Failure(.absent, action: "")
            return PoolObservation(
                id: id, region: aws.region, pool: pool, clients: .failure(failure), quotas: .failure(failure))
        }
        async let clients = self.clients(of: id)
        async let function = self.function(description.triggers["UserMigration"], pool: description.arn)
        async let role = self.role(logsRole)
        async let quotas = self.quotas()
        var observation = PoolObservation(
            id: id, region: aws.region, pool: pool, clients: await clients, function: await function,
            logsRole: await role, quotas: await quotas)
        if case .success(let answer) = answer, let date = answer.date {
            observation.clock = .init(server: UnixTime(sinceEpoch: .seconds(date)), before: before, after: after)
        }
        return observation
    }

    // MARK: The pool

    private static func pool(_ answer: AWSResponse) -> PoolObservation.Seen<PoolDescription> {
        let action = "cognito-idp:DescribeUserPool"
        guard let pool = try? answer.json()["UserPool"] else {
            return .failure(.init(.other("the answer can't be read"), action: action))
        }
        do throws(UserPoolSettings.UnreadableDescription) {
            let recovery = pool["AccountRecoverySetting"]?["RecoveryMechanisms"]?.array ?? []
            return .success(
                PoolDescription(
                    arn: pool["Arn"]?.string, settings: try UserPoolSettings(describeUserPool: pool.bytes),
                    mfa: pool["MfaConfiguration"]?.string.flatMap { .init(rawValue: $0) } ?? .off,
                    allowsSignUp: pool["AdminCreateUserConfig"]?["AllowAdminCreateUserOnly"]?.boolean != true,
                    recovery: recovery.sorted { ($0["Priority"]?.integer ?? 0) < ($1["Priority"]?.integer ?? 0) }
                        .compactMap { $0["Name"]?.string },
                    sendsByCognito: pool["EmailConfiguration"]?["EmailSendingAccount"]?.string != "DEVELOPER",
                    triggers: (pool["LambdaConfig"]?.object ?? [:]).compactMapValues(\.string)))
        } catch {
            return .failure(.init(.other("the answer can't be read"), action: action, detail: error.message))
        }
    }

    // MARK: App clients

    private func clients(of id: String) async -> PoolObservation.Seen<[AppClient]> {
        let listed = await seen("cognito-idp:ListUserPoolClients") { () async throws(AWSError) in
            try await cognito.userPoolClients(of: id, atMost: Self.maxClients)
        }
        guard case .success(let ids) = listed else { return listed.map { _ in [] } }
        return await withTaskGroup(of: (Int, PoolObservation.Seen<AppClient>).self) { group in
            var clients: [(Int, AppClient)] = []
            var failure: PoolObservation.Failure?
            var next = 0
            func add() {
                guard next < ids.count else { return }
                let (index, client) = (next, ids[next])
                next += 1
                group.addTask {
                    (
                        index,
                        await seen("cognito-idp:DescribeUserPoolClient") { () async throws(AWSError) in
                            Self.client(try await cognito.describeUserPoolClient(client, of: id))
                        }
                    )
                }
            }
            for _ in 0..<Self.maxInFlight { add() }
            for await (index, result) in group {
                switch result {
                case .success(let client): clients.append((index, client))
                case .failure(let reason): failure = reason
                }
                if failure == nil { add() }
            }
            if let failure { return .failure(failure) }
            return .success(clients.sorted { $0.0 < $1.0 }.map(\.1))
        }
    }

    static func client(_ client: JSON) -> AppClient {
        AppClient(
            id: client["ClientId"]?.string ?? "", name: client["ClientName"]?.string ?? "",
            flows: client["ExplicitAuthFlows"]?.strings ?? [],
            hidesWhoExists: client["PreventUserExistenceErrors"]?.string == "ENABLED",
            hasHostedLogin: client["AllowedOAuthFlowsUserPoolClient"]?.boolean == true)
    }

    // MARK: The function

    private func function(_ arn: String?, pool: String?) async -> PoolObservation.Seen<TriggerFunction>? {
        guard let arn, let function = FunctionARN(arn) else { return nil }
        let lambda = LambdaFunctionClient(aws, by: deadline)
        let settings = await seen("lambda:GetFunctionConfiguration") { () async throws(AWSError) in
            Self.settings(try await lambda.configuration(of: function))
        }
        let permission = await seen("lambda:GetPolicy") { () async throws(AWSError) in
            InvokePermission(try await lambda.policy(of: function), pool: pool.flatMap { PoolARN($0) })
        }
        return .success(TriggerFunction(arn: arn, settings: settings, permission: permission))
    }

    private static func settings(_ answer: JSON) -> FunctionSettings {
        FunctionSettings(
            timeout: .seconds(answer["Timeout"]?.integer ?? 3), memoryMB: answer["MemorySize"]?.integer ?? 128,
            // Not there in older answers.
            state: answer["State"]?.string ?? "Active", runtime: answer["Runtime"]?.string,
            handler: answer["Handler"]?.string)
    }

    // MARK: Bulk work

    private func role(_ arn: String?) async -> PoolObservation.Seen<LogsRole>? {
        guard let arn else { return nil }
        // arn:aws:iam::ACCOUNT:role/PATH/NAME
        let name = arn.split(separator: "/").last.map(String.init) ?? arn
        return await seen("iam:GetRole") { () async throws(AWSError) in
            let answer = try await aws.send(
                .query(.identityManagement, action: "GetRole", version: "2010-05-08", [.init("RoleName", name)]),
                by: deadline)
            return LogsRole(arn: arn, isTrusted: Self.trustsCognito(String(decoding: answer.body, as: UTF8.self)))
        }
    }

    /// Whether the trust policy in an answer of GetRole lets Cognito take the role. The policy is JSON, percent-encoded.
    static func trustsCognito(_ answer: String) -> Bool {
        guard let text = XMLText.value(of: "AssumeRolePolicyDocument", in: answer),
            let policy = JSON(bytes: AWSRequest.percentDecoded(text))
        else { return false }
        return PolicyStatement.all(of: policy).contains { $0.allows("sts:AssumeRole", by: "cognito-idp.amazonaws.com") }
    }

    /// The categories that a move lives by.
    ///
    /// - SeeAlso: AWS documentation, "Quotas in Amazon Cognito", for the operations of each.
    private static let categories = [
        "UserAuthentication", "UserCreation", "UserAccountRecovery", "UserUpdate", "UserList",
    ]

    private func quotas() async -> PoolObservation.Seen<[Quota]> {
        await seen("cognito-idp:GetProvisionedLimit") { () async throws(AWSError) in
            var quotas: [Quota] = []
            for category in Self.categories {
                let limit: JSON = [
                    "LimitDefinition": ["LimitClass": "API_CATEGORY", "Attributes": ["Category": .string(category)]]
                ]
                let answer = try await cognito.call("GetProvisionedLimit", limit)["Limit"]
                guard let provisioned = answer?["ProvisionedLimitValue"]?.integer else { continue }
                quotas.append(
                    Quota(
                        category: category, provisioned: provisioned,
                        included: answer?["FreeLimitValue"]?.integer ?? provisioned))
            }
            return quotas
        }
    }

    // MARK: Failures

    private func seen<Value: Sendable>(
        _ action: String, _ look: () async throws(AWSError) -> Value
    ) async -> PoolObservation.Seen<Value> {
        do throws(AWSError) {
            return .success(try await look())
        } catch {
            return .failure(PoolObservation.Failure(error, action: action))
        }
    }
}

extension PoolObservation.Failure {
    /// The services' own names for one thing.
    ///
    /// - SeeAlso: AWS documentation, "Common errors" of each service's API reference.
    init(_ error: AWSError, action: String) {
        let kind: Kind =
            switch error.code {
            case .noCredentials: .noCredentials
            case .noRegion: .noRegion
            case .unreachable, .deadlineExceeded, .cancelled: .unreachable
            case .badAnswer: .other(error.description)
            case .service("ResourceNotFound"), .service("NoSuchEntity"): .absent
            case .service("AccessDenied"), .service("NotAuthorized"), .service("UnauthorizedOperation"): .denied
            case .service(let name): .other("the service answered \(name)")
            }
        let detail: String =
            switch error.code {
            case .noCredentials, .unreachable, .badAnswer: error.detail
            default: ""
            }
        self.init(kind, action: action, detail: detail)
    }
}

extension InvokePermission {
    /// What the statements of a function's policy let Cognito do for a pool.
    ///
    /// - Parameter pool: nil where it isn't known; then a condition is taken for the right one.
    init(_ statements: [PolicyStatement], pool: PoolARN?) {
        var found: Self = .none
        for statement in statements
        where statement.allows("lambda:InvokeFunction", by: "cognito-idp.amazonaws.com") {
            let asked = [("AWS:SourceArn", pool?.description), ("AWS:SourceAccount", pool?.account)].map { key, value in
                (
                    key,
                    value.map { statement.asks(for: $0, under: key) }
                        ?? statement.conditions[key.lowercased()].map { _ in true }
                )
            }
            // It is for another pool.
            if asked.contains(where: { $0.1 == false }) { continue }
            let missing = asked.filter { $0.1 == nil }.map(\.0)
            if missing.isEmpty {
                if found == .none { found = .exact }
            } else {
                found = .broad(missing: missing)
            }
        }
        self = found
    }
}
