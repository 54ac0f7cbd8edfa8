import Testing

@testable import MigrationCore

/// What connecting a pool and a function changes, decided without either.
@Suite struct AttachmentPlanTests {
    private static let arn = "arn:aws:lambda:eu-west-1:111122223333:function:migrate:live"
    private static let other = "arn:aws:lambda:eu-west-1:111122223333:function:other:live"
    // Well-formed.
    private static let pool = PoolARN("arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Ex4mple")!
    private static let key = "arn:aws:kms:eu-west-1:111122223333:key/senders"

    private static func function(_ text: String = arn) -> FunctionARN { FunctionARN(text)! }  // Well-formed where used.

    private static func request(
        _ triggers: [PoolTrigger: String?] = [.userMigration: nil], function: String = arn, key: String? = nil,
        clients: AttachmentRequest.Clients = .none, flows: [String] = [], replaces: Bool = false
    ) -> AttachmentRequest {
        AttachmentRequest(
            function: Self.function(function), triggers: triggers, key: key, clients: clients, flows: flows,
            replaces: replaces)
    }

    private static let given = AttachmentState.Permission(isSeen: true, isGiven: true, hasOurs: true)

    private static func target(_ arn: String, _ version: String? = nil) -> TriggerTarget {
        TriggerTarget(arn: arn, version: version)
    }

    // MARK: The permission and the triggers

    @Test func `nothing is there: the permission first, then the trigger`() {
        let plan = AttachmentPlan.attaching(Self.request(), to: AttachmentState(pool: Self.pool))
        #expect(
            plan.changes == [
                .permit(replacing: false), .trigger(.userMigration, before: nil, after: Self.target(Self.arn)),
            ])
        #expect(plan.refusals == [] && plan.notes == [])
    }

    @Test func `everything is there: nothing to change`() {
        let state = AttachmentState(
            pool: Self.pool, triggers: [.userMigration: Self.target(Self.arn), .preSignUp: Self.target(Self.other)],
            permission: Self.given)
        let plan = AttachmentPlan.attaching(Self.request(), to: state)
        #expect(plan.changes == [] && plan.refusals == [])
    }

    @Test func `a statement of our id that doesn't allow it is replaced`() {
        let state = AttachmentState(pool: Self.pool, permission: .init(isSeen: true, hasOurs: true))
        #expect(AttachmentPlan.attaching(Self.request(), to: state).changes.first == .permit(replacing: true))
    }

    @Test func `a statement that is too broad is told, and one of our own added`() {
        let state = AttachmentState(
            pool: Self.pool,
            permission: .init(
                isSeen: true, broad: [.init(statement: "console", missing: ["AWS:SourceArn", "AWS:SourceAccount"])]))
        let plan = AttachmentPlan.attaching(Self.request(), to: state)
        #expect(plan.changes.first == .permit(replacing: false))
        #expect(plan.notes.map(\.code) == [.permissionBroad])
        #expect(plan.notes[0].what.contains("AWS:SourceArn and AWS:SourceAccount aren't asked for"))
        #expect(
            plan.notes[0].advice == "aws lambda remove-permission --function-name "
                + "arn:aws:lambda:eu-west-1:111122223333:function:migrate --qualifier live --statement-id console "
                + "--region eu-west-1")
    }

    /// What the pool calls already, and whether this function may take its place.
    @Test(arguments: [
        (Self.other, false, [AttachmentPlan.Remark.Code.occupied]), (Self.other, true, []),
        // Another alias, or none, of the same function.
        ("arn:aws:lambda:eu-west-1:111122223333:function:migrate", false, []),
        ("arn:aws:lambda:eu-west-1:111122223333:function:migrate:old", false, []), ("garbage", false, [.occupied]),
    ])
    func `a trigger that calls something else is kept unless the operator says so`(
        _ before: String, _ replaces: Bool, _ refusals: [AttachmentPlan.Remark.Code]
    ) {
        let state = AttachmentState(
            pool: Self.pool, triggers: [.userMigration: Self.target(before)], permission: Self.given)
        let plan = AttachmentPlan.attaching(Self.request(replaces: replaces), to: state)
        #expect(plan.refusals.map(\.code) == refusals)
        #expect(
            plan.changes == [
                .trigger(.userMigration, before: Self.target(before), after: Self.target(Self.arn))
            ])
    }

    /// The version asked for, the one there, and the one that results.
    @Test(
        arguments: [
            (PoolTrigger.preTokenGeneration, nil, nil, "V1_0"), (.preTokenGeneration, nil, "V2_0", "V2_0"),
            (.preTokenGeneration, "V3_0", "V2_0", "V3_0"), (.inboundFederation, nil, nil, "V1_0"),
            (.preSignUp, nil, nil, nil),
        ] as [(PoolTrigger, String?, String?, String?)])
    func `a trigger's events have the version that was asked for, else what is there, else the first`(
        _ trigger: PoolTrigger, _ asked: String?, _ before: String?, _ after: String?
    ) {
        let old = before.map { Self.target(Self.other, $0) }
        let state = AttachmentState(pool: Self.pool, triggers: old.map { [trigger: $0] } ?? [:], permission: Self.given)
        let plan = AttachmentPlan.attaching(Self.request([trigger: asked], replaces: true), to: state)
        #expect(plan.changes == [.trigger(trigger, before: old, after: Self.target(Self.arn, after))])
    }

    @Test func `custom senders need a key`() {
        let state = AttachmentState(pool: Self.pool, permission: Self.given)
        let without = AttachmentPlan.attaching(Self.request([.customEmailSender: nil]), to: state)
        #expect(without.refusals.map(\.code) == [.keyMissing])
        let with = AttachmentPlan.attaching(Self.request([.customEmailSender: nil], key: Self.key), to: state)
        #expect(with.refusals == [])
        #expect(with.changes.last == .key(before: nil, after: Self.key))
    }

    // MARK: What is refused

    @Test(
        arguments: [
            (Self.arn + ":", nil),
            ("arn:aws:lambda:eu-west-1:111122223333:function:migrate", "--function-version VERSION"),
            ("arn:aws:lambda:eu-west-1:111122223333:function:migrate:$LATEST", "publish-version"),
            ("arn:aws:lambda:eu-west-1:111122223333:function:migrate:12", "--function-version 12"), (Self.arn, nil),
        ] as [(String, String?)])
    func `a function is called by an alias only`(_ text: String, _ advice: String?) {
        guard let function = FunctionARN(text) else { return #expect(advice == nil) }
        #expect(
            AttachmentRequest.refusal(of: function)?.contains("aws lambda create-alias") == advice.map { _ in true })
        guard let advice else { return }
        #expect(AttachmentRequest.refusal(of: function)?.contains(advice) == true)
        let plan = AttachmentPlan.attaching(Self.request(function: text), to: AttachmentState(pool: Self.pool))
        #expect(plan.refusals.map(\.code) == [.notAlias])
    }

    @Test func `a function of another Region is refused, one of another account isn't`() {
        let state = AttachmentState(pool: Self.pool, function: .absent)
        func codes(_ arn: String) -> [AttachmentPlan.Remark.Code] {
            AttachmentPlan.attaching(Self.request(function: arn), to: state).refusals.map(\.code)
        }
        #expect(codes("arn:aws:lambda:us-east-1:999999999999:function:migrate:live") == [.otherRegion])
        #expect(codes("arn:aws:lambda:eu-west-1:999999999999:function:migrate:live") == [])
        #expect(codes(Self.arn) == [.functionAbsent])
    }

    @Test func `a setting that isn't known is a reason to write nothing`() {
        var request = Self.request()
        let state = AttachmentState(pool: Self.pool, unknownSettings: ["Novelty"])
        #expect(AttachmentPlan.attaching(request, to: state).refusals.map(\.code) == [.unknownSetting])
        #expect(AttachmentPlan.detaching(request, from: state).refusals.map(\.code) == [.unknownSetting])
        request.allowsUnknownSettings = true
        #expect(AttachmentPlan.attaching(request, to: state).refusals == [])
    }

    // MARK: App clients

    /// What a client has, what is asked for, and what it has afterwards; nil: it stays.
    @Test(
        arguments: [
            (["ALLOW_USER_SRP_AUTH"], [], ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"]),
            // The defaults would be gone as soon as one is named.
            (
                [], [],
                ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
            ),
            (["ALLOW_ADMIN_USER_PASSWORD_AUTH"], [], nil), (["ADMIN_NO_SRP_AUTH"], [], nil),
            (["USER_PASSWORD_AUTH"], [], nil),
            (
                ["ALLOW_USER_PASSWORD_AUTH"], ["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
                ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"]
            ),
        ] as [([String], [String], [String]?)])
    func `a client keeps its flows and gets those it needs`(
        _ before: [String], _ asked: [String], _ after: [String]?
    ) {
        let client = AppClient(id: "c1", name: "web", flows: before)
        let state = AttachmentState(pool: Self.pool, permission: Self.given, clients: [client])
        let plan = AttachmentPlan.attaching(Self.request([:], clients: .all, flows: asked), to: state)
        #expect(plan.changes == after.map { [.flows(client, after: $0)] } ?? [])
        #expect(plan.refusals == [])
    }

    @Test func `clients are changed only if the operator names them, and the others told`() {
        let clients = ["c1", "c2"].map { AppClient(id: $0, name: "", flows: ["ALLOW_USER_SRP_AUTH"]) }
        let state = AttachmentState(pool: Self.pool, permission: Self.given, clients: clients)
        let none = AttachmentPlan.attaching(Self.request([:]), to: state)
        #expect(none.changes == [] && none.notes.map(\.code) == [.cannotMigrate, .cannotMigrate])
        let one = AttachmentPlan.attaching(Self.request([:], clients: .named(["c2"])), to: state)
        #expect(one.changes == [.flows(clients[1], after: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"])])
        #expect(one.notes.map(\.code) == [.cannotMigrate])
        let stranger = AttachmentPlan.attaching(Self.request([:], clients: .named(["c3"])), to: state)
        #expect(stranger.refusals.map(\.code) == [.clientAbsent])
    }

    @Test func `flows of the old kind are left to the operator`() {
        let client = AppClient(id: "c1", name: "", flows: ["CUSTOM_AUTH_FLOW_ONLY"])
        let state = AttachmentState(pool: Self.pool, permission: Self.given, clients: [client])
        let plan = AttachmentPlan.attaching(Self.request([:], clients: .all), to: state)
        #expect(plan.changes == [] && plan.refusals.map(\.code) == [.oldFlows])
    }

    // MARK: Removal

    private static let all = Dictionary(uniqueKeysWithValues: PoolTrigger.allCases.map { ($0, String?.none) })

    @Test func `only what calls the function is taken away, the pool before the permission`() {
        let client = AppClient(id: "c1", name: "", flows: ["ALLOW_USER_PASSWORD_AUTH"])
        let state = AttachmentState(
            pool: Self.pool,
            triggers: [
                .userMigration: Self.target(Self.arn), .preSignUp: Self.target(Self.other),
                .customEmailSender: Self.target(Self.arn, "V1_0"),
            ], key: Self.key, permission: Self.given, clients: [client])
        let plan = AttachmentPlan.detaching(Self.request(Self.all), from: state)
        #expect(
            plan.changes == [
                .trigger(.userMigration, before: Self.target(Self.arn), after: nil),
                .trigger(.customEmailSender, before: Self.target(Self.arn, "V1_0"), after: nil),
                .key(before: Self.key, after: nil), .forbid,
            ])
        #expect(plan.refusals == [])
    }

    @Test func `a key that another sender needs stays, and a permission that another trigger needs`() {
        let state = AttachmentState(
            pool: Self.pool,
            triggers: [
                .userMigration: Self.target(Self.arn), .customEmailSender: Self.target(Self.arn, "V1_0"),
                .customSMSSender: Self.target(Self.other, "V1_0"),
            ], key: Self.key, permission: Self.given)
        let plan = AttachmentPlan.detaching(Self.request([.customEmailSender: nil]), from: state)
        #expect(
            plan.changes == [.trigger(.customEmailSender, before: Self.target(Self.arn, "V1_0"), after: nil)])
    }

    @Test func `a permission that isn't ours stays`() {
        let state = AttachmentState(
            pool: Self.pool, triggers: [.userMigration: Self.target(Self.arn)],
            permission: .init(isSeen: true, isGiven: true))
        let plan = AttachmentPlan.detaching(Self.request(Self.all), from: state)
        #expect(plan.changes == [.trigger(.userMigration, before: Self.target(Self.arn), after: nil)])
    }

    @Test func `flows go only from clients that are named`() {
        let clients = ["c1", "c2"].map {
            AppClient(id: $0, name: "", flows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"])
        }
        let state = AttachmentState(pool: Self.pool, clients: clients)
        let plan = AttachmentPlan.detaching(Self.request(Self.all, clients: .named(["c1"])), from: state)
        #expect(plan.changes == [.flows(clients[0], after: ["ALLOW_USER_SRP_AUTH"])])
    }

    // MARK: Names

    @Test func `triggers have a name to write, and are known by both`() {
        #expect(PoolTrigger.customSMSSender.name == "custom-sms-sender")
        #expect(PoolTrigger.verifyAuthChallengeResponse.name == "verify-auth-challenge-response")
        for trigger in PoolTrigger.allCases {
            #expect(PoolTrigger(named: trigger.name) == trigger && PoolTrigger(named: trigger.rawValue) == trigger)
        }
        #expect(PoolTrigger(named: "migration") == nil)
    }

    @Test(arguments: ["", "eu-west-1_x", "arn:aws:s3:::bucket", "arn:aws:cognito-idp:eu-west-1:1:client/x"])
    func `what is no pool's ARN is none`(_ text: String) {
        #expect(PoolARN(text) == nil)
    }
}
