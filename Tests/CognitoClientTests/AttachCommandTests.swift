import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import AWSClient
@testable import CognitoClient

/// `migrate-cli attach` as an operator runs it, against stand-ins for AWS that other people wrote.
@Suite struct AttachCommandTests {
    /// A pool with every setting set, an app client, and a function with an alias.
    private struct Place {
        let account: MotoAccount
        let folder: TemporaryFolder
        let pool: String
        let client: String
        let alias: String

        init(_ account: MotoAccount, settings: JSON = FullPool.settings) async throws {
            self.account = account
            folder = try TemporaryFolder("attach")
            pool = try await account.makePool(settings)
            _ = try await account.cognito(
                "SetUserPoolMfaConfig",
                [
                    "UserPoolId": .string(pool), "MfaConfiguration": "OPTIONAL",
                    "SoftwareTokenMfaConfiguration": ["Enabled": true],
                ])
            var settings = FullPool.client
            settings["GenerateSecret"] = true
            client = try await account.makeClient(
                pool, "web", flows: ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"], more: settings)
            alias = try await account.makeFunction("migrate-\(pool.suffix(9).lowercased())")
            let yaml = """
                version: 1
                user_pool: { id: \(pool), region: \(MotoAccount.region) }
                directories:
                  - { name: customers, type: csv, path: users.csv, match: [email], key: id, password: { from: hash } }
                attributes:
                  email: { from: email }

                """
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder.file("connectors.yaml")))
        }

        func attach(_ arguments: [String], function: String? = nil) async throws -> Program.Result {
            try await Program.run(
                "migrate-cli", ["attach"] + arguments + ["--function", function ?? alias],
                environment: MotoAccount.environment(account.server), in: folder.path)
        }

        /// Everything that is described of the pool, its second factors and its client, but what time changes.
        func described() async throws -> JSON {
            let id: JSON = ["UserPoolId": .string(pool)]
            var description = try await account.cognito("DescribeUserPool", id)["UserPool"] ?? .null
            description["LastModifiedDate"] = nil
            var client = try await account.cognito(
                "DescribeUserPoolClient", ["UserPoolId": .string(pool), "ClientId": .string(client)])["UserPoolClient"]
            client?["LastModifiedDate"] = nil
            return [
                "pool": description, "client": client ?? .null,
                "mfa": try await account.cognito("GetUserPoolMfaConfig", id),
            ]
        }

        func statements() async throws -> [PolicyStatement] {
            try await LambdaFunctionClient(account.aws).policy(of: try #require(FunctionARN(alias)))
        }
    }

    private static func account(_ name: String) async throws -> MotoAccount {
        name == "moto" ? try await .open() : .open(at: try await PythonServer.sharedMinistack())
    }

    @Test(arguments: ["moto", "ministack"])
    func `a pool with every setting set has the trigger afterwards, and is as it was in all else`(
        _ name: String
    ) async throws {
        let place = try await Place(try await Self.account(name))
        let before = try await place.described()
        // Each one that there is, but for two that ministack drops.
        let dropped = name == "ministack" ? ["IssuerConfiguration", "KeyConfiguration"] : []
        let set = UpdateTable.userPool.taken.filter { before["pool"]?[$0] != nil }
        #expect(set == UpdateTable.userPool.taken.filter { !dropped.contains($0) })

        let shown = try await place.attach([])
        #expect(shown.status == 0, "\(shown)")
        #expect(shown.output.contains("1. permission: let Cognito call the function"), "\(shown)")
        #expect(shown.output.contains("2. UserMigration: let the pool call the function"))
        #expect(shown.output.contains("--client \(place.client) adds ALLOW_USER_PASSWORD_AUTH"))
        let unasked = try await place.attach(["apply"])
        #expect(unasked.status == 1 && unasked.errors.contains("--auto-approve"), "\(unasked)")
        #expect(try await place.described() == before)
        #expect(try await place.statements() == [])

        let applied = try await place.attach(["apply", "--auto-approve", "--client", place.client])
        #expect(applied.status == 0, "\(applied)")
        var expected = before
        expected["pool"]?["LambdaConfig"]?["UserMigration"] = .string(place.alias)
        expected["client"]?["ExplicitAuthFlows"] = [
            "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH",
        ]
        let after = try await place.described()
        #expect(after == expected)
        let statement = try #require(try await place.statements().first)
        #expect(statement.id == "cognito-user-migration-\(place.pool)")
        #expect(statement.principals == ["cognito-idp.amazonaws.com"])
        #expect(statement.conditions["aws:sourcearn"] == before["pool"]?["Arn"]?.string.map { [$0] })
        #expect(statement.conditions["aws:sourceaccount"]?.count == 1)

        let backup = place.folder.file("\(place.pool).before.json")
        let mode = try FileManager.default.attributesOfItem(atPath: backup)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let kept = try #require(JSON(bytes: Array(try Data(contentsOf: URL(fileURLWithPath: backup)))))
        #expect(kept["UserPool"]?["Policies"] == FullPool.settings["Policies"])
        #expect(!String(decoding: kept.bytes, as: UTF8.self).contains("ClientSecret"))

        let again = try await place.attach(["apply", "--auto-approve", "--client", place.client])
        #expect(again.status == 0 && again.output.contains("Nothing to change."), "\(again)")
        #expect(try await place.described() == expected)

        let removed = try await place.attach(["remove", "--auto-approve", "--format", "json"])
        #expect(removed.status == 0, "\(removed)")
        let report = try #require(JSON(bytes: Array(removed.output.utf8)))
        #expect(report["outcome"] == "applied")
        #expect(report["backup"] == .string("\(place.pool).before.2.json"))
        #expect(report["changes"]?.array?.compactMap { $0["kind"]?.string } == ["trigger", "permission"])
        expected["pool"] = before["pool"]
        #expect(try await place.described() == expected)
        #expect(try await place.statements() == [])
    }

    @Test func `another function's place is taken only if the operator says so`() async throws {
        var settings = FullPool.settings
        settings["LambdaConfig"]?["UserMigration"] = .string("\(FullPool.functionPrefix):other:live")
        let place = try await Place(try await .open(), settings: settings)
        let before = try await place.described()
        let shown = try await place.attach([])
        #expect(shown.status == 0 && shown.output.contains("REFUSED: UserMigration calls something else"), "\(shown)")
        let refused = try await place.attach(["apply", "--auto-approve", "--format", "json"])
        #expect(refused.status == 5, "\(refused)")
        let report = try #require(JSON(bytes: Array(refused.output.utf8)))
        #expect(report["refusals"]?.array?.first?["code"] == "trigger-occupied")
        #expect(report["outcome"] == "shown")
        #expect(try await place.described() == before)
        #expect(try await place.statements() == [])
        let replaced = try await place.attach(["apply", "--auto-approve", "--replace"])
        #expect(replaced.status == 0, "\(replaced)")
        // It isn't the other one's any more, so removing it takes nothing of the other's back.
        let stranger = try await place.attach(
            ["remove", "--auto-approve"], function: "\(FullPool.functionPrefix):other:live")
        #expect(stranger.status == 0 && stranger.output.contains("Nothing to change."), "\(stranger)")
        #expect(try await place.described()["pool"]?["LambdaConfig"]?["UserMigration"] == .string(place.alias))
    }

    @Test(arguments: [
        ("migrate", "should be an ARN"), ("arn:aws:lambda:eu-west-1:123456789012:function:migrate", "create-alias"),
        ("arn:aws:lambda:eu-west-1:123456789012:function:migrate:7", "--function-version 7"),
        ("arn:aws:lambda:eu-west-1:123456789012:function:migrate:$LATEST", "publish-version"),
    ])
    func `a function is named by its alias, or told how`(_ function: String, _ words: String) async throws {
        for command in [[], ["apply", "--auto-approve"]] {
            let result = try await Program.run("migrate-cli", ["attach"] + command + ["--function", function])
            #expect(result.status == 64 && result.errors.contains(words), "\(result)")
        }
    }

    @Test(arguments: [
        ("sign-up", "there is no trigger \"sign-up\""), ("pre-sign-up=V1_0", "have no version"),
        ("pre-token-generation=V4_0", "V1_0, V2_0, V3_0"), (",", "names none"),
    ])
    func `triggers that there aren't are told`(_ triggers: String, _ words: String) async throws {
        let alias = "\(FullPool.functionPrefix):migrate:live"
        let result = try await Program.run(
            "migrate-cli", ["attach", "--function", alias, "--triggers", triggers])
        #expect(result.status == 64 && result.errors.contains(words), "\(result)")
    }

    @Test func `what isn't there, and what is elsewhere, is said before anything is changed`() async throws {
        let place = try await Place(try await .open())
        let before = try await place.described()
        let absent = try await place.attach(
            ["apply", "--auto-approve"], function: "\(FullPool.functionPrefix):gone:live")
        #expect(absent.status == 5 && absent.output.contains("REFUSED: there is no"), "\(absent)")
        let far = try await place.attach(
            ["apply", "--auto-approve"], function: place.alias.replacing("eu-west-1", with: "us-east-1"))
        #expect(far.status == 5 && far.output.contains("functions of its own Region only"), "\(far)")
        // Another account's function isn't to be seen here: who may is told what to run, and may say that it is done.
        let theirs = "arn:aws:lambda:eu-west-1:999999999999:function:theirs:live"
        let foreign = try await place.attach(["apply", "--auto-approve"], function: theirs)
        #expect(foreign.status == 1, "\(foreign)")
        #expect(foreign.errors.contains("aws lambda add-permission --function-name "), "\(foreign)")
        #expect(try await place.described() == before)
        let trusted = try await place.attach(
            ["apply", "--auto-approve", "--permission-set-elsewhere"], function: theirs)
        #expect(trusted.status == 0, "\(trusted)")
        #expect(try await place.described()["pool"]?["LambdaConfig"]?["UserMigration"] == .string(theirs))
    }

    @Test func `a file that is kept is never overwritten, and without one nothing is changed`() async throws {
        let place = try await Place(try await .open())
        let before = try await place.described()
        try Data("mine".utf8).write(to: URL(fileURLWithPath: place.folder.file("kept.json")))
        let result = try await place.attach(["apply", "--auto-approve", "--backup", "kept.json"])
        #expect(result.status == 1 && result.errors.contains("kept.json can't be written: File exists"), "\(result)")
        #expect(try await place.described() == before)
        #expect(try String(contentsOfFile: place.folder.file("kept.json"), encoding: .utf8) == "mine")
    }

    @Test(arguments: [("yes\n", Int32(0)), ("y\n", 1), ("\n", 1)])
    func `on a terminal it asks, and only yes is yes`(_ answer: String, _ status: Int32) async throws {
        let place = try await Place(try await .open())
        let terminal = try #require(ChildProcess.find("script"))
        let command = "\(Program.folder)/migrate-cli attach apply --function \(place.alias)"
        let result = try await Program.run(
            terminal, ["-qec", command, "/dev/null"], environment: MotoAccount.environment(place.account.server),
            input: answer, in: place.folder.path)
        #expect(result.status == status && result.output.contains("Make these changes?"), "\(result)")
        let trigger = try await place.described()["pool"]?["LambdaConfig"]?["UserMigration"]
        #expect((trigger != nil) == (status == 0))
    }

    @Test func `a configuration without a pool is told to name one`() async throws {
        let place = try await Place(try await .open())
        let path = place.folder.file("connectors.yaml")
        let yaml = try String(contentsOfFile: path, encoding: .utf8)
        let lines = yaml.split(separator: "\n").filter { !$0.hasPrefix("user_pool") }.joined(separator: "\n")
        try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
        let result = try await place.attach([])
        #expect(result.status == 78 && result.errors.contains("user_pool.id"), "\(result)")
    }
}
