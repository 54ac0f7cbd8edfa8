import Foundation
import MigrationCore
import Reports
import Testing

@Suite struct AttachmentReportTests {
    private let arn = "arn:aws:lambda:eu-west-1:111122223333:function:migrate:live"
    // Well-formed.
    private let pool = PoolARN("arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Ex4mple")!

    private func plan(_ state: (inout AttachmentState) -> Void = { _ in }) throws -> AttachmentPlan {
        var found = AttachmentState(pool: pool)
        state(&found)
        let request = AttachmentRequest(
            function: try #require(FunctionARN(arn)), triggers: [.userMigration: nil, .preTokenGeneration: nil],
            clients: .named(["c1"]))
        return .attaching(request, to: found)
    }

    private func full(_ state: inout AttachmentState) {
        state.triggers[.preTokenGeneration] = TriggerTarget(arn: "arn:\u{1B}[2J", version: "V2_0")
        state.clients = [
            AppClient(id: "c1", name: "web", flows: ["ALLOW_USER_SRP_AUTH"]), AppClient(id: "c2", name: "", flows: []),
        ]
    }

    @Test func `each change has what is there and what will be, and a name of somebody's says nothing to a terminal`()
        throws
    {
        let text = AttachmentReport(try plan(full)).text
        #expect(
            text == #"""
                eu-west-1_Ex4mple and arn:aws:lambda:eu-west-1:111122223333:function:migrate:live
                  1. permission: let Cognito call the function, for this pool of account 111122223333 alone
                       nothing -> statement cognito-user-migration-eu-west-1_Ex4mple
                  2. UserMigration: let the pool call the function
                       nothing -> arn:aws:lambda:eu-west-1:111122223333:function:migrate:live
                  3. PreTokenGeneration: let the pool call the function
                       arn:\u{1B}[2J (events of V2_0) -> arn:aws:lambda:eu-west-1:111122223333:function:migrate:live (events of V2_0)
                  4. app client web (c1): let it send Cognito the password, which the trigger checks
                       ALLOW_USER_SRP_AUTH -> ALLOW_USER_SRP_AUTH, ALLOW_USER_PASSWORD_AUTH
                  note: through the app client c2 nobody is migrated: it sends Cognito no password
                       -> --client c2 adds ALLOW_USER_PASSWORD_AUTH; the app must use it, too
                  REFUSED: PreTokenGeneration calls something else: arn:\u{1B}[2J (events of V2_0)
                       -> --replace lets this function take its place
                Nothing was changed, nor will be before what is refused is settled.
                """#)
    }

    @Test func `programs get the same`() throws {
        struct Document: Decodable {
            struct Change: Decodable {
                let kind: String
                let setting: String
                let before: String?
                let after: String?
            }
            struct Remark: Decodable {
                let code: String
            }
            let userPool: String
            let function: String
            let changes: [Change]
            let notes: [Remark]
            let refusals: [Remark]
            let outcome: String
            let backup: String?
        }
        let json = AttachmentReport(try plan(full), .applied(backup: "kept.json")).json
        let document = try JSONDecoder().decode(Document.self, from: Data(json.utf8))
        #expect(document.userPool == "eu-west-1_Ex4mple" && document.function == arn)
        #expect(document.changes.map(\.kind) == ["permission", "trigger", "trigger", "app-client"])
        #expect(document.changes[1].setting == "UserMigration")
        #expect(document.changes[1].before == nil && document.changes[1].after == arn)
        #expect(document.notes.map(\.code) == ["app-client-cannot-migrate"])
        #expect(document.refusals.map(\.code) == ["trigger-occupied"])
        #expect(document.outcome == "applied" && document.backup == "kept.json")
    }

    @Test func `what is connected needs nothing`() throws {
        let text = AttachmentReport(
            try plan { state in
                state.triggers = [
                    .userMigration: TriggerTarget(arn: arn),
                    .preTokenGeneration: TriggerTarget(arn: arn, version: "V1_0"),
                ]
                state.permission = .init(isSeen: true, isGiven: true, hasOurs: true)
                state.clients = [AppClient(id: "c1", name: "", flows: ["ALLOW_USER_PASSWORD_AUTH"])]
            }
        ).text
        #expect(text.split(separator: "\n").dropFirst() == ["Nothing to change."])
    }
}
