import MigrationCore
import TestSupport
import Testing
import Threads

@testable import AWSClient
@testable import CognitoClient

/// What doctor sees of a pool, at moto.
@Suite struct PoolObserverTests {
    @Test func `a pool, its clients, its function and the role for imports are seen`() async throws {
        let moto = try await MotoAccount.open()
        let alias = try await moto.makeFunction("seen")
        let role = try await moto.makeRole("seen-import", for: "cognito-idp.amazonaws.com")
        let pool = try await moto.makePool([
            "LambdaConfig": ["UserMigration": .string(alias)], "UsernameAttributes": ["email"],
            "UsernameConfiguration": ["CaseSensitive": false], "MfaConfiguration": "ON",
            "AdminCreateUserConfig": ["AllowAdminCreateUserOnly": true],
            "AccountRecoverySetting": [
                "RecoveryMechanisms": [
                    ["Name": "verified_phone_number", "Priority": 2], ["Name": "verified_email", "Priority": 1],
                ]
            ],
            "EmailConfiguration": ["EmailSendingAccount": "DEVELOPER"],
        ])
        _ = try await moto.makeClient(
            pool, "web", flows: ["ALLOW_USER_SRP_AUTH"], more: ["PreventUserExistenceErrors": "ENABLED"])
        let observer = PoolObserver(moto.aws)
        let seen = await observer.observe(pool, logsRole: role)
        let description = try seen.pool.get()
        #expect(description.settings.usernameAttributes == [.email])
        #expect(description.settings.isCaseSensitive == false)
        #expect(description.allowsSignUp == false)
        #expect(description.recovery == ["verified_email", "verified_phone_number"])
        #expect(description.sendsByCognito == false)
        #expect(description.triggers["UserMigration"] == alias)
        let client = try #require(try seen.clients.get().first)
        #expect(client.name == "web" && client.flows == ["ALLOW_USER_SRP_AUTH"] && client.hidesWhoExists)
        #expect(try seen.logsRole?.get() == LogsRole(arn: role, isTrusted: true))
        let function = try #require(try seen.function?.get())
        let settings = try function.settings.get()
        #expect(settings.timeout == .seconds(6) && settings.memoryMB == 512 && settings.handler == "trigger")
        #expect(try function.permission.get() == .none)
        let clock = try #require(seen.clock)
        #expect(clock.before.sinceEpoch - .seconds(2) < clock.server.sinceEpoch)
        #expect(clock.server < clock.after)

        let arn = try #require(description.arn)
        let lambda = LambdaFunctionClient(moto.aws)
        try await lambda.allowCognito(
            try #require(FunctionARN(alias)), statement: "test", poolARN: arn, account: MotoAccount.account)
        let permitted = await observer.observe(pool, logsRole: nil)
        #expect(try permitted.function?.get().permission.get() == .exact)
    }

    @Test func `a pool that isn't there is absent, and nothing more is asked`() async throws {
        let moto = try await MotoAccount.open()
        let seen = await PoolObserver(moto.aws).observe("eu-west-1_nobody000", logsRole: nil)
        guard case .failure(let failure) = seen.pool else { return #expect(Bool(false), "there is a pool") }
        #expect(failure.kind == .absent)
        #expect(seen.function == nil)
    }

    @Test(arguments: [
        (
            #"{"Statement":[{"Effect":"Allow","Principal":{"Service":"cognito-idp.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#,
            true
        ),
        (
            #"{"Statement":{"Effect":"Allow","Principal":{"Service":["x","cognito-idp.amazonaws.com"]},"Action":"sts:*"}}"#,
            true
        ),
        (
            #"{"Statement":[{"Effect":"Deny","Principal":{"Service":"cognito-idp.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#,
            false
        ),
        (
            #"{"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#,
            false
        ),
        ("not JSON", false),
    ])
    func `a role's trust policy says whether Cognito may take it`(_ policy: String, _ isTrusted: Bool) {
        let answer = "<x><AssumeRolePolicyDocument>\(AWSRequest.percentEncoded(policy))</AssumeRolePolicyDocument></x>"
        #expect(PoolObserver.trustsCognito(answer) == isTrusted)
    }

    private static let pool = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Ex4mple"

    /// What a statement asks, and what it then lets Cognito do.
    @Test(
        arguments: [
            (
                #""ArnLike":{"AWS:SourceArn":"\#(pool)"},"StringEquals":{"AWS:SourceAccount":"111122223333"}"#,
                InvokePermission.exact
            ),
            (
                #""ArnLike":{"aws:SourceArn":"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/*"},"StringEquals":{"AWS:SourceAccount":"111122223333"}"#,
                .exact
            ),
            (#""ArnLike":{"AWS:SourceArn":"\#(pool)"}"#, .broad(missing: ["AWS:SourceAccount"])),
            (#""StringEquals":{"AWS:SourceAccount":"111122223333"}"#, .broad(missing: ["AWS:SourceArn"])),
            ("", .broad(missing: ["AWS:SourceArn", "AWS:SourceAccount"])),
            (#""ArnLike":{"AWS:SourceArn":"\#(pool)x"},"StringEquals":{"AWS:SourceAccount":"111122223333"}"#, .none),
            (#""ArnLike":{"AWS:SourceArn":"\#(pool)"},"StringEquals":{"AWS:SourceAccount":"999999999999"}"#, .none),
            (
                #""StringNotEquals":{"AWS:SourceAccount":"111122223333"},"ArnLike":{"AWS:SourceArn":"\#(pool)"}"#,
                .broad(missing: ["AWS:SourceAccount"])
            ),
        ] as [(String, InvokePermission)])
    func `a function's policy says for which pools Cognito may call it`(
        _ condition: String, _ permission: InvokePermission
    ) throws {
        let text = """
            {"Statement":[{"Effect":"Allow","Principal":{"Service":"cognito-idp.amazonaws.com"},\
            "Action":"lambda:InvokeFunction","Condition":{\(condition)}}]}
            """
        let policy = try #require(JSON(bytes: Array(text.utf8)))
        #expect(InvokePermission(PolicyStatement.all(of: policy), pool: PoolARN(Self.pool)) == permission)
    }

    @Test(arguments: [
        (AWSError.Code.noCredentials, PoolObservation.Failure.Kind.noCredentials), (.noRegion, .noRegion),
        (.unreachable, .unreachable), (.deadlineExceeded, .unreachable), (.service("ResourceNotFound"), .absent),
        (.service("AccessDenied"), .denied), (.service("NotAuthorized"), .denied),
        (.service("TooManyRequests"), .other("the service answered TooManyRequests")),
    ])
    func `an error of AWS is a reason`(_ code: AWSError.Code, _ kind: PoolObservation.Failure.Kind) {
        #expect(PoolObservation.Failure(AWSError(code, detail: "x"), action: "a:B").kind == kind)
    }

    @Test(arguments: [
        ("arn:aws:lambda:eu-west-1:111122223333:function:migrate:live", FunctionARN.Qualifier.alias("live")),
        ("arn:aws:lambda:eu-west-1:111122223333:function:migrate:12", .version(12)),
        ("arn:aws:lambda:eu-west-1:111122223333:function:migrate:$LATEST", .latest),
        ("arn:aws-cn:lambda:cn-north-1:111122223333:function:migrate", .latest),
    ])
    func `a function's ARN says what it names`(_ text: String, _ qualifier: FunctionARN.Qualifier) throws {
        #expect(try #require(FunctionARN(text)).qualifier == qualifier)
    }

    @Test(arguments: [
        "", "migrate", "arn:aws:s3:::bucket", "arn:aws:lambda:eu-west-1:1111:function:migrate",
        "arn:aws:lambda:eu-west-1:111122223333:function:", "arn:aws:lambda:eu-west-1:111122223333:function:a b",
        "arn:aws:lambda:eu-west-1:111122223333:layer:x:1", "arn:aws:lambda:eu-west-1:111122223333:function:a:b:c",
    ])
    func `what is no function's ARN is none`(_ text: String) {
        #expect(FunctionARN(text) == nil)
    }
}
