public import AWSClient
public import MigrationCore

/// A pool and a function as they were found, for a plan and for putting things back.
public struct AttachmentObservation: Sendable {
    public let state: AttachmentState
    let pool: JSON
    let mfa: JSON
    let clients: [String: JSON]

    /// Everything that a change of the pool could lose, as JSON: the descriptions, and the inputs by which AWS's own CLI puts
    /// them back (`--cli-input-json`). No client's secret is in it.
    public var backup: [UInt8] {
        var updates: [JSON] = []
        var descriptions: [JSON] = []
        for (id, client) in clients.sorted(by: { $0.key < $1.key }) {
            var description = client
            description["ClientSecret"] = nil
            descriptions.append(description)
            var update = UpdateTable.userPoolClient.input(from: client)
            update["UserPoolId"] = .string(state.pool.id)
            update["ClientId"] = .string(id)
            updates.append(update)
        }
        var update = UpdateTable.userPool.input(from: pool)
        update = OlderName.removed(from: update) ?? update
        update["UserPoolId"] = .string(state.pool.id)
        let backup: JSON = [
            "UserPool": pool, "UserPoolMfaConfig": mfa, "UserPoolClients": .array(descriptions),
            "UpdateUserPool": update,
            "UpdateUserPoolClient": .array(updates),
        ]
        return backup.bytes
    }
}

/// Looks at what a plan needs to know, and makes a plan true.
///
/// UpdateUserPool resets what it isn't given. So the pool is described, everything that the update takes is sent back as it
/// was described, and afterwards it is read again and compared.
public struct PoolAttacher: Sendable {
    private let cognito: CognitoClient
    private let lambda: LambdaFunctionClient
    /// Between two looks at what was just written, which may not be to be seen yet.
    private let pause: Duration

    /// What is written is looked at so often before a difference counts.
    private static let looks = 4

    public init(_ aws: any AWSCalling) {
        self.init(aws, pause: .seconds(1))
    }

    init(_ aws: any AWSCalling, pause: Duration) {
        cognito = CognitoClient(aws)
        lambda = LambdaFunctionClient(aws)
        self.pause = pause
    }

    // MARK: Looking

    /// Changes nothing. A pool has 1,000 app clients at most, each of which is described.
    public func observe(_ id: String, function: FunctionARN) async throws(AttachmentFailure) -> AttachmentObservation {
        let pool = try await describe(id)
        guard let arn = pool["Arn"]?.string.flatMap({ PoolARN($0) }) else {
            throw .call(action: Action.describePool, AWSError(.badAnswer, detail: "the pool has no ARN"))
        }
        let mfa = try await mfa(of: id)
        var clients: [String: JSON] = [:]
        let ids = try await calling("cognito-idp:ListUserPoolClients") { () async throws(AWSError) in
            try await cognito.userPoolClients(of: id)
        }
        for client in ids { clients[client] = try await describe(client: client, of: id) }
        let state = AttachmentState(
            pool: arn, triggers: PoolTrigger.targets(in: pool["LambdaConfig"]),
            key: pool["LambdaConfig"]?["KMSKeyID"]?.string, function: try await presence(of: function),
            permission: try await permission(of: function, for: arn),
            clients: ids.compactMap { clients[$0].map(PoolObserver.client) },
            unknownSettings: UpdateTable.userPool.unknown(in: pool))
        return AttachmentObservation(state: state, pool: pool, mfa: mfa, clients: clients)
    }

    private func describe(_ id: String) async throws(AttachmentFailure) -> JSON {
        try await calling(Action.describePool) { () async throws(AWSError) in
            try await cognito.describeUserPool(id)
        }
    }

    private func mfa(of id: String) async throws(AttachmentFailure) -> JSON {
        try await calling("cognito-idp:GetUserPoolMfaConfig") { () async throws(AWSError) in
            try await cognito.mfaConfiguration(of: id)
        }
    }

    private func describe(client: String, of pool: String) async throws(AttachmentFailure) -> JSON {
        try await calling("cognito-idp:DescribeUserPoolClient") { () async throws(AWSError) in
            try await cognito.describeUserPoolClient(client, of: pool)
        }
    }

    private func presence(of function: FunctionARN) async throws(AttachmentFailure) -> AttachmentState.Presence {
        do throws(AWSError) {
            _ = try await lambda.configuration(of: function)
            return .there
        } catch {
            switch error.serviceCode {
            case "ResourceNotFound": return .absent
            case "AccessDenied": return .unseen
            default: throw AttachmentFailure(error, action: "lambda:GetFunctionConfiguration")
            }
        }
    }

    private func permission(
        of function: FunctionARN, for pool: PoolARN
    ) async throws(AttachmentFailure) -> AttachmentState.Permission {
        let statements: [PolicyStatement]
        do throws(AWSError) {
            statements = try await lambda.policy(of: function)
        } catch {
            guard error.serviceCode == "AccessDenied" else {
                throw AttachmentFailure(error, action: "lambda:GetPolicy")
            }
            return .init(isSeen: false)
        }
        var permission = AttachmentState.Permission(isSeen: true)
        for statement in statements {
            if statement.id == pool.statementID { permission.hasOurs = true }
            switch InvokePermission([statement], pool: pool) {
            case .exact: permission.isGiven = true
            case .broad(let missing):
                permission.broad.append(.init(statement: statement.id ?? "", missing: missing))
            case .none: break
            }
        }
        return permission
    }

    // MARK: Changing

    /// Makes a plan true, its changes in order; each call can be repeated, and what was done stays when a later one fails.
    ///
    /// - Parameters:
    ///   - observation: what the plan was made from. A pool that isn't like that any more is left alone.
    ///   - done: called after each change, or several that are one call.
    public func apply(
        _ plan: AttachmentPlan, _ observation: AttachmentObservation,
        done: @Sendable ([AttachmentPlan.Change]) -> Void = { _ in }
    ) async throws(AttachmentFailure) {
        precondition(plan.refusals.isEmpty, "a plan that is refused isn't for applying")
        let ofThePool = plan.changes.filter(\.isOfThePool)
        // One call makes them all.
        for change in plan.changes where !change.isOfThePool || change == ofThePool.first {
            guard !Task.isCancelled else { throw .interrupted }
            // Whoever stops this stops it between two changes: one that was sent is waited for, and looked at.
            let work = Task { () async -> Result<Void, AttachmentFailure> in
                do throws(AttachmentFailure) {
                    return .success(try await make(change, of: plan, observation))
                } catch {
                    return .failure(error)
                }
            }
            try await work.value.get()
            done(change.isOfThePool ? ofThePool : [change])
        }
    }

    private func make(
        _ change: AttachmentPlan.Change, of plan: AttachmentPlan, _ observation: AttachmentObservation
    ) async throws(AttachmentFailure) {
        switch change {
        case .permit(let replacing): try await permit(plan, replacing: replacing)
        case .trigger, .key: try await update(plan, observation)
        case .flows(let client, let after): try await update(client: client, flows: after, of: plan.pool.id)
        case .forbid: try await forbid(plan)
        }
    }

    private func permit(_ plan: AttachmentPlan, replacing: Bool) async throws(AttachmentFailure) {
        if replacing { try await forbid(plan) }
        do throws(AWSError) {
            try await lambda.allowCognito(
                plan.function, statement: plan.pool.statementID, poolARN: plan.pool.description,
                account: plan.pool.account)
        } catch {
            switch error.serviceCode {
            // Ours, of an earlier run whose answer was lost, or where the policy can't be seen.
            case "ResourceConflict": return
            case "AccessDenied", "ResourceNotFound":
                // What isn't there in one's own account may be there in the other's.
                guard error.serviceCode == "AccessDenied" || plan.function.account != plan.pool.account else { break }
                throw .permissionRefused(
                    command: AttachmentCommands.addPermission(plan.function, for: plan.pool), error)
            default: break
            }
            throw AttachmentFailure(error, action: "lambda:AddPermission")
        }
    }

    private func forbid(_ plan: AttachmentPlan) async throws(AttachmentFailure) {
        do throws(AWSError) {
            try await lambda.removePermission(plan.function, statement: plan.pool.statementID)
        } catch  where error.serviceCode != "ResourceNotFound" {
            throw AttachmentFailure(error, action: "lambda:RemovePermission")
        } catch {
            // It is gone.
        }
    }

    private func update(_ plan: AttachmentPlan, _ seen: AttachmentObservation) async throws(AttachmentFailure) {
        let id = plan.pool.id
        let table = UpdateTable.userPool
        let meanwhile = table.differences(seen.pool, try await describe(id))
        guard meanwhile.isEmpty else { throw .changedMeanwhile(meanwhile) }
        var expected = seen.pool
        expected["LambdaConfig"] = plan.changed(seen.pool["LambdaConfig"])
        let input = table.input(from: expected)
        do throws(AWSError) {
            try await cognito.updateUserPool(id, to: input)
        } catch {
            guard let rest = Self.withoutRefused(input, error) else {
                throw AttachmentFailure(error, action: Action.updatePool)
            }
            try await calling(Action.updatePool) { () async throws(AWSError) in
                try await cognito.updateUserPool(id, to: rest)
            }
        }
        try await check("the pool") { () async throws(AttachmentFailure) in
            let settings = table.differences(expected, try await describe(id))
            return settings + SettingDifference.all(seen.mfa, try await mfa(of: id), at: "GetUserPoolMfaConfig")
        }
    }

    /// What is left to send where AWS refuses its own description; nil where that isn't why. A refused update changes nothing.
    private static func withoutRefused(_ input: JSON, _ error: AWSError) -> JSON? {
        guard error.serviceCode == "InvalidParameter", error.detail.contains(OlderName.member) else { return nil }
        return OlderName.removed(from: input)
    }

    private func update(
        client: AppClient, flows: [String], of pool: String
    ) async throws(AttachmentFailure) {
        let table = UpdateTable.userPoolClient
        var expected = try await describe(client: client.id, of: pool)
        guard expected["ExplicitAuthFlows"]?.strings ?? [] == client.flows else {
            throw .changedMeanwhile([
                SettingDifference(name: "ExplicitAuthFlows of \(client.id)", before: nil, after: nil)
            ])
        }
        expected["ExplicitAuthFlows"] = .array(flows.map { .string($0) })
        let input = table.input(from: expected)
        try await calling("cognito-idp:UpdateUserPoolClient") { () async throws(AWSError) in
            try await cognito.updateUserPoolClient(client.id, of: pool, to: input)
        }
        let wanted = expected
        try await check("the app client \(client.id)") { () async throws(AttachmentFailure) in
            table.differences(wanted, try await describe(client: client.id, of: pool))
        }
    }

    private func check(
        _ name: String, _ look: () async throws(AttachmentFailure) -> [SettingDifference]
    ) async throws(AttachmentFailure) {
        var differences: [SettingDifference] = []
        for number in 1...Self.looks {
            differences = try await look()
            if differences.isEmpty { return }
            if number < Self.looks { try? await Task.sleep(for: pause) }
        }
        throw .notKept(of: name, differences)
    }

    private enum Action {
        static let describePool = "cognito-idp:DescribeUserPool"
        static let updatePool = "cognito-idp:UpdateUserPool"
    }

    private func calling<Value>(
        _ action: String, _ body: () async throws(AWSError) -> Value
    ) async throws(AttachmentFailure) -> Value {
        do throws(AWSError) {
            return try await body()
        } catch {
            throw AttachmentFailure(error, action: action)
        }
    }
}

/// A pool that has `PasswordPolicy.TemporaryPasswordValidityDays` is described with this, too, its older name of the same, and
/// may not be given both.
///
/// - SeeAlso: AWS documentation, "AdminCreateUserConfigType".
private enum OlderName {
    static let member = "UnusedAccountValidityDays"

    /// nil where there is nothing to remove.
    static func removed(from input: JSON) -> JSON? {
        guard input["Policies"]?["PasswordPolicy"]?["TemporaryPasswordValidityDays"] != nil,
            var config = input["AdminCreateUserConfig"], config[member] != nil
        else { return nil }
        config[member] = nil
        var rest = input
        rest["AdminCreateUserConfig"] = config
        return rest
    }
}
