import MigrationCore
import Synchronization
import TestSupport
import Testing

@testable import AWSClient
@testable import CognitoClient

/// What is written to a pool that behaves as AWS's documentation says.
@Suite struct PoolAttacherTests {
    private static let function = FunctionARN("\(FullPool.functionPrefix):migrate:live")!  // It is written above.

    private func attach(
        _ cloud: StrictCloud, triggers: [PoolTrigger: String?] = [.userMigration: nil],
        clients: AttachmentRequest.Clients = .none, elsewhere: Bool = false, replaces: Bool = false
    ) async throws(AttachmentFailure) -> AttachmentPlan {
        let request = AttachmentRequest(
            function: Self.function, triggers: triggers, clients: clients, replaces: replaces,
            permissionIsSetElsewhere: elsewhere)
        let attacher = PoolAttacher(cloud, pause: .zero)
        let seen = try await attacher.observe(StrictCloud.poolID, function: Self.function)
        let plan = AttachmentPlan.attaching(request, to: seen.state)
        try await attacher.apply(plan, seen)
        return plan
    }

    private func detach(
        _ cloud: StrictCloud, clients: AttachmentRequest.Clients = .none
    ) async throws(AttachmentFailure) {
        let request = AttachmentRequest(
            function: Self.function, triggers: Dictionary(uniqueKeysWithValues: PoolTrigger.allCases.map { ($0, nil) }),
            clients: clients)
        let attacher = PoolAttacher(cloud, pause: .zero)
        let seen = try await attacher.observe(StrictCloud.poolID, function: Self.function)
        try await attacher.apply(AttachmentPlan.detaching(request, from: seen.state), seen)
    }

    /// The full pool as it is kept where the older name of a setting isn't taken.
    private func expected(_ change: (inout JSON) -> Void = { _ in }) -> JSON {
        var pool = FullPool.settings
        pool["AdminCreateUserConfig"]?["UnusedAccountValidityDays"] = nil
        change(&pool)
        return pool
    }

    @Test func `a pool with every setting set has one more trigger afterwards, and is as it was in all else`()
        async throws
    {
        let cloud = StrictCloud()
        _ = try await attach(cloud, clients: .all)
        let state = cloud.state.withLock { $0 }
        #expect(
            state.pool == expected { $0["LambdaConfig"]?["UserMigration"] = .string(Self.function.description) })
        var client = FullPool.client
        client["ExplicitAuthFlows"] = ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
        #expect(state.clients == ["client1": client])
        #expect(state.policy.count == 1)
        #expect(
            state.policy.first?["Condition"] == [
                "ArnLike": ["AWS:SourceArn": .string(StrictCloud.poolARN)],
                "StringEquals": ["AWS:SourceAccount": .string(StrictCloud.account)],
            ])
        // The permission came before the pool was told.
        let order = state.operations.filter {
            ["AddPermission", "UpdateUserPool", "UpdateUserPoolClient"].contains($0)
        }
        #expect(order == ["AddPermission", "UpdateUserPool", "UpdateUserPool", "UpdateUserPoolClient"])
    }

    @Test func `what is sent is what botocore would send`() async throws {
        let cloud = StrictCloud()
        _ = try await attach(cloud, clients: .all)
        let lines = cloud.state.withLock { $0.writes }.map { String(decoding: $0.bytes, as: UTF8.self) }
        #expect(lines.count == 3)
        let verdict = try await UpdateTableTests.model(["validate"], input: lines.joined(separator: "\n"))
        #expect(verdict["problems"] == [])
        // It does say what is wrong.
        let wrong = #"{"service":"cognito-idp","operation":"UpdateUserPool","input":{"Name":1}}"#
        #expect(try await UpdateTableTests.model(["validate"], input: wrong)["problems"]?.array?.count == 1)
    }

    @Test func `the second time there is nothing to do, and removing leaves what was there before`() async throws {
        let cloud = StrictCloud()
        _ = try await attach(cloud)
        let writes = cloud.state.withLock { $0.writes.count }
        #expect(try await attach(cloud).changes == [])
        #expect(cloud.state.withLock { $0.writes.count } == writes)
        try await detach(cloud)
        let state = cloud.state.withLock { $0 }
        #expect(state.pool == expected())
        #expect(state.policy == [])
        #expect(state.clients == ["client1": FullPool.client])
        let order = state.operations.filter { ["RemovePermission", "UpdateUserPool"].contains($0) }
        #expect(order.last == "RemovePermission")
    }

    @Test func `triggers with versions take the whole form that AWS asks for`() async throws {
        let cloud = StrictCloud()
        _ = try await attach(
            cloud, triggers: [.preTokenGeneration: "V3_0", .customSMSSender: nil, .inboundFederation: nil],
            replaces: true)
        let arn = JSON.string(Self.function.description)
        let lambda = cloud.state.withLock { $0.pool["LambdaConfig"] }
        #expect(lambda?["PreTokenGenerationConfig"] == ["LambdaVersion": "V3_0", "LambdaArn": arn])
        #expect(lambda?["PreTokenGeneration"] == arn)
        #expect(lambda?["CustomSMSSender"] == ["LambdaVersion": "V1_0", "LambdaArn": arn])
        #expect(lambda?["InboundFederation"] == ["LambdaVersion": "V1_0", "LambdaArn": arn])
        #expect(lambda?["CustomEmailSender"] == FullPool.settings["LambdaConfig"]?["CustomEmailSender"])
        try await detach(cloud)
        let rest = cloud.state.withLock { $0.pool["LambdaConfig"] }
        #expect(rest?.object?.keys.sorted() == ["CustomEmailSender", "KMSKeyID", "PostConfirmation"])
    }

    @Test func `AWS's own tags stand in nobody's way`() async throws {
        let cloud = StrictCloud()
        cloud.state.withLock { $0.systemTags = ["aws:cloudformation:stack-name": "customers"] }
        _ = try await attach(cloud)
        #expect(cloud.state.withLock { $0.pool["UserPoolTags"] } == FullPool.settings["UserPoolTags"])
    }

    @Test func `a pool that was changed since it was looked at is left alone`() async throws {
        let cloud = StrictCloud()
        // The permission is asked for after the look, and before the pool.
        cloud.state.withLock { state in
            state.intrusions["AddPermission"] = { $0.pool["DeletionProtection"] = "INACTIVE" }
        }
        await #expect { try await attach(cloud) } throws: { error in
            guard case AttachmentFailure.changedMeanwhile(let differences) = error else { return false }
            return differences.map(\.name) == ["DeletionProtection"]
        }
        #expect(cloud.state.withLock { $0.writes } == [])
        // And the next time it is done.
        _ = try await attach(cloud)
        #expect(cloud.state.withLock { $0.pool["DeletionProtection"] } == "INACTIVE")
    }

    @Test func `a setting that didn't stay is an error that names it, with both values`() async throws {
        let cloud = StrictCloud()
        // What the update does besides.
        cloud.state.withLock { state in
            state.intrusions["UpdateUserPool"] = { $0.mfa = ["MfaConfiguration": "OFF"] }
        }
        await #expect { try await attach(cloud) } throws: { error in
            guard case AttachmentFailure.notKept(_, let differences) = error else { return false }
            return differences == [
                SettingDifference(
                    name: "GetUserPoolMfaConfig.MfaConfiguration", before: #""OPTIONAL""#, after: #""OFF""#),
                SettingDifference(
                    name: "GetUserPoolMfaConfig.SoftwareTokenMfaConfiguration", before: #"{"Enabled":true}"#, after: nil
                ),
            ]
        }
    }

    @Test(arguments: [
        ("UpdateUserPool", "UserImportInProgress", "an import job of the pool is at work"),
        ("UpdateUserPool", "ConcurrentModification", "somebody else changes the pool's settings"),
        ("UpdateUserPool", "AccessDenied", "may not do cognito-idp:UpdateUserPool"),
        ("DescribeUserPool", "ResourceNotFound", "it isn't there, in the account and Region"),
        ("AddPermission", "AccessDenied", "aws lambda add-permission --function-name"),
        ("GetUserPoolMfaConfig", "InternalError", "cognito-idp:GetUserPoolMfaConfig"),
    ])
    func `a refusal is said with what to do, and the next run goes on`(
        _ operation: String, _ code: String, _ words: String
    ) async throws {
        let cloud = StrictCloud()
        cloud.state.withLock { $0.refusals[operation] = [StrictCloud.error(code, "no")] }
        await #expect { try await attach(cloud) } throws: { error in
            (error as? AttachmentFailure)?.explanation.contains(words) == true
        }
        #expect(cloud.state.withLock { $0.pool } == FullPool.settings)
        _ = try await attach(cloud)
        #expect(cloud.state.withLock { $0.policy.count } == 1)
    }

    @Test func `the command for somebody else's credentials is whole`() throws {
        let pool = try #require(PoolARN(StrictCloud.poolARN))
        #expect(
            AttachmentCommands.addPermission(Self.function, for: pool)
                == "aws lambda add-permission --function-name arn:aws:lambda:eu-west-1:123456789012:function:migrate "
                + "--qualifier live --statement-id cognito-user-migration-eu-west-1_Ex4mple "
                + "--action lambda:InvokeFunction --principal cognito-idp.amazonaws.com "
                + "--source-arn arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Ex4mple "
                + "--source-account 123456789012 --region eu-west-1")
    }

    @Test func `with the permission set elsewhere the function is left alone`() async throws {
        let cloud = StrictCloud()
        cloud.state.withLock {
            $0.refusals["GetPolicy"] = [StrictCloud.error("AccessDenied", "no", 403)]
            $0.refusals["GetFunctionConfiguration"] = [StrictCloud.error("AccessDenied", "no", 403)]
        }
        _ = try await attach(cloud, elsewhere: true)
        #expect(cloud.state.withLock { $0.policy } == [])
        #expect(cloud.state.withLock { $0.pool["LambdaConfig"]?["UserMigration"] } != nil)
    }

    @Test func `a policy that can't be seen is added to, and a statement of ours that is there is enough`() async throws
    {
        let cloud = StrictCloud()
        _ = try await attach(cloud)
        cloud.state.withLock { $0.refusals["GetPolicy"] = [StrictCloud.error("AccessDenied", "no", 403)] }
        let plan = try await attach(cloud)
        #expect(plan.changes == [.permit(replacing: false)])
        #expect(cloud.state.withLock { $0.policy.count } == 1)
    }

    @Test func `what is kept for putting things back puts them back, and has no client's secret`() async throws {
        let cloud = StrictCloud()
        let seen = try await PoolAttacher(cloud, pause: .zero).observe(StrictCloud.poolID, function: Self.function)
        let backup = try #require(JSON(bytes: seen.backup))
        #expect(!String(decoding: seen.backup, as: UTF8.self).contains("s3cret"))
        var settings = backup["UpdateUserPool"]
        settings?["UserPoolId"] = nil
        // Described with both names of one setting, of which AWS takes one.
        #expect(settings == expected())
        #expect(backup["UserPoolMfaConfig"] == cloud.state.withLock { $0.mfa })
        var client = backup["UpdateUserPoolClient"]?.array?.first
        client?["UserPoolId"] = nil
        client?["ClientId"] = nil
        #expect(client == FullPool.client)
    }
}
