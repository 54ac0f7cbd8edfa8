import Foundation
import TestSupport
import Testing

/// The programs on the kinds of directory that aren't tables of a database.
@Suite struct DirectoryKindTests {
    enum Kind: String, CaseIterable {
        case csv
        /// By a stored hash.
        case ldap
        case ldapBind
    }

    /// A folder with connectors.yaml, and what it speaks of.
    private struct Place {
        let folder: TemporaryFolder
        let server: LDAPServer?
        let cases: [UserTable.Case]
        let yaml: String

        init(_ kind: Kind) async throws {
            folder = try TemporaryFolder("kind")
            switch kind {
            case .csv:
                server = nil
                try Data(UserTable.csv.utf8).write(to: URL(fileURLWithPath: folder.file("users.csv")))
                yaml = UserTable.configuration(
                    type: "csv", place: "path: users.csv\n    match: [email, login]", parameter: nil)
            case .ldap, .ldapBind:
                let server = try await UserEntries.server()
                self.server = server
                yaml = UserEntries.configuration(
                    server, authority: server.certificateAuthority,
                    password: kind == .ldap ? "{ from: \(UserEntries.attribute("pw")), scheme: auto }" : nil)
            }
            cases = kind == .ldapBind ? UserEntries.bindCases : UserTable.cases
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder.file("connectors.yaml")))
        }

        func run(_ arguments: [String], input: String = "") async throws -> Program.Result {
            try await Program.run(
                "migrate-cli", arguments, environment: UserEntries.environment, input: input, in: folder.path)
        }
    }

    @Test(arguments: Kind.allCases)
    func `lookup finds, explains and checks the password, and shows nothing secret`(_ kind: Kind) async throws {
        let place = try await Place(kind)
        for (user, password, finding, status) in [
            ("ana@example.com", nil, "accepted", 0), ("ANA@example.com", UserTable.password, "accepted", 0),
            ("ana@example.com", UserTable.wrongPassword, "wrong-password", 3),
            ("nobody@example.com", UserTable.password, "unknown-user", 3), ("login-ana", nil, "not-canonical", 3),
            ("disabled@example.com", UserTable.password, "disabled", 3), ("twin@example.com", nil, "ambiguous", 3),
            ("mustchange@example.com", UserTable.password, "must-reset", 0),
            ("*)(person-id=*", nil, "unknown-user", 3),
        ] as [(String, String?, String, Int32)] {
            let result = try await place.run(
                ["lookup", user, "--format", "json"] + (password == nil ? [] : ["--password-stdin"]),
                input: password.map { $0 + "\n" } ?? "")
            #expect(result.status == status, "\(user): \(result)")
            let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            let directory = (object?["directories"] as? [[String: Any]])?.first
            #expect(directory?["finding"] as? String == finding, "\(user): \(result.output)")
            for secret in ["Ana Sol", UserTable.hash, LDAPServer.password, UserTable.wrongPassword] {
                #expect(!(result.output + result.errors).contains(secret))
            }
        }
        let text = try await place.run(["lookup", "ana@example.com"])
        #expect(text.status == 0)
        #expect(text.output.contains("customers"))
    }

    @Test(arguments: Kind.allCases)
    func `serve answers for it as the function would`(_ kind: Kind) async throws {
        let place = try await Place(kind)
        let server = try await ServedTrigger(place.yaml, environment: UserEntries.environment, in: place.folder)
        for test in place.cases {
            let event = UserTable.event(test.userName, password: test.password, source: test.source)
            let reply = try await server.send(event)
            #expect(
                UserTable.problem(with: reply.bytes, isError: reply.isError, to: event, test.expected) == nil,
                "\(test.description)")
        }
        let log = try await server.end()
        for secret in UserTable.secrets + [LDAPServer.password] { #expect(!log.contains(secret)) }
    }

    @Test func `an LDAP server that is down is an outage, and back without a restart of ours`() async throws {
        let place = try await Place(.ldapBind)
        let server = try #require(place.server)
        server.stop()
        let away = try await place.run(["lookup", "ana@example.com"])
        #expect(away.status == 4, "\(away)")
        #expect(away.output.contains("refused"))
        try await server.start()
        #expect(try await place.run(["lookup", "ana@example.com"]).status == 0)
    }

    // MARK: Active Directory

    /// Who is in it: `Tests/Scripts/active-directory`.
    private func activeDirectory(_ flags: String) async throws -> TemporaryFolder {
        let server = try await ActiveDirectoryServer.shared()
        let folder = try TemporaryFolder("domain")
        let yaml = """
            version: 1
            user_pool: { id: eu-west-1_Ex4mple }
            sign_in: { deny_floor: 50ms }
            directories:
              - name: staff
                type: ldap
                url: \(server.tlsURL)
                ca_file: \(server.certificateAuthority)
                bind_dn: reader@ad.example.com
                bind_password: "${env:READER_PASSWORD}"
                base: \(ActiveDirectoryServer.base)
                filter: (&(objectCategory=person)(mail={username}))
                key: objectGUID
                \(flags)
            attributes:
              email: { from: mail, transform: [trim, lowercase], required: true }
              email_verified: { from: mail, transform: [present] }
              name: { template: "{givenName} {sn}" }
            """
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder.file("connectors.yaml")))
        return folder
    }

    private func run(
        _ folder: TemporaryFolder, _ arguments: [String], input: String = ""
    ) async throws -> Program.Result {
        try await Program.run(
            "migrate-cli", arguments, environment: ["READER_PASSWORD": ActiveDirectoryServer.password], input: input,
            in: folder.path)
    }

    /// Its flags, in both ways of writing an attribute's name; what each says of a person before any password is checked.
    @Test(
        arguments: [
            (
                "disabled: { from: useraccountcontrol, bit: 2 }\n    must_reset: { from: pwdLastSet, equals: \"0\" }",
                ["ada": "accepted", "disabled": "disabled", "mustchange": "must-reset", "expired": "accepted"]
            ),
            (
                "disabled: { from: accountExpires, before: now }",
                ["ada": "accepted", "disabled": "accepted", "mustchange": "accepted", "expired": "disabled"]
            ),
            (
                "must_reset: { from: msDS-User-Account-Control-Computed, bit: 8388608 }",
                ["ada": "accepted", "outdated": "must-reset", "mustchange": "must-reset"]
            ),
        ])
    func `its flags count where nobody's password is checked`(
        _ flags: String, _ findings: [String: String]
    ) async throws {
        let folder = try await activeDirectory(flags)
        for (user, expected) in findings {
            let result = try await run(folder, ["lookup", "\(user)@example.com", "--format", "json"])
            let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            let directory = try #require((object?["directories"] as? [[String: Any]])?.first)
            #expect(directory["finding"] as? String == expected, "\(user): \(result.output)")
            #expect((directory["key"] as? String)?.wholeMatch(of: /[0-9a-f-]{36}/) != nil)
            // Who has forgotten the password isn't bound either.
            let event =
                UserTable.event(
                    "\(user)@example.com", password: nil, source: "UserMigration_ForgotPassword") + "\n"
            let reply = try await run(folder, ["invoke", "-"], input: event)
            #expect((reply.output != event) == (expected != "disabled"), "\(user): \(reply)")
        }
    }

    @Test(
        arguments: [
            ("ada", ActiveDirectoryServer.password, "CONFIRMED"), ("ada", "Wr0ng-Horse!", nil),
            ("disabled", ActiveDirectoryServer.password, nil), ("expired", ActiveDirectoryServer.password, nil),
            ("mustchange", ActiveDirectoryServer.password, "RESET_REQUIRED"),
            ("outdated", ActiveDirectoryServer.password, "RESET_REQUIRED"), ("mustchange", "Wr0ng-Horse!", nil),
        ] as [(String, String, String?)])
    func `its users sign in, or not, as it says`(_ user: String, _ password: String, _ status: String?) async throws {
        let folder = try await activeDirectory("timeout: 2s")
        let event = UserTable.event("\(user)@example.com", password: password) + "\n"
        let reply = try await run(folder, ["invoke", "-"], input: event)
        let expected: UserTable.Expected =
            status.map { .user(status: $0, email: "\(user)@example.com") } ?? .unchanged
        let problem = UserTable.problem(with: Array(reply.output.utf8), isError: false, to: event, expected)
        #expect(problem == nil, "\(reply)")
        #expect(reply.status == 0)
    }
}
