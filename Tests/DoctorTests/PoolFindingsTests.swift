import MigrationCore
import Testing
import Threads

/// What `doctor` says about a pool that was seen, or wasn't.
@Suite struct PoolFindingsTests {
    private static let arn = "arn:aws:lambda:eu-west-1:111122223333:function:migrate:live"

    /// With `more` at the end of its schema.
    private static func settings(with more: String = "") -> UserPoolSettings {
        let text = """
            {"Id":"eu-west-1_Ex4mple","UsernameAttributes":["email"],"UsernameConfiguration":{"CaseSensitive":false},
             "Policies":{"PasswordPolicy":{"MinimumLength":8,"RequireUppercase":true}},"SchemaAttributes":[
             {"Name":"email","Required":true},{"Name":"email_verified","AttributeDataType":"Boolean"},{"Name":"name"}\(more)]}
            """
        do {
            return try UserPoolSettings(describeUserPool: Array(text.utf8))
        } catch {
            preconditionFailure("written here: \(error.message)")
        }
    }

    private static let settings = settings()

    private static var configuration: ConnectorsConfiguration {
        ConnectorsConfiguration(
            userPool: UserPoolReference(id: "eu-west-1_Ex4mple", settings: settings),
            directories: [DirectoryConfiguration(name: "a", type: "csv", key: "id", password: .column("pw"))],
            attributes: ["email", "email_verified", "name"].map { AttributeRule($0, from: .columns([$0])) })
    }

    private static var observation: PoolObservation {
        PoolObservation(
            id: "eu-west-1_Ex4mple", region: "eu-west-1",
            pool: .success(PoolDescription(settings: settings, triggers: ["UserMigration": arn])),
            clients: .success([AppClient(id: "c1", name: "web", flows: ["ALLOW_USER_PASSWORD_AUTH"])]),
            function: .success(
                TriggerFunction(
                    arn: arn,
                    settings: .success(
                        FunctionSettings(
                            timeout: .seconds(6), memoryMB: 512, runtime: "provided.al2023", handler: "trigger")),
                    permission: .success(.exact))),
            quotas: .success([Quota(category: "UserCreation", provisioned: 80, included: 50)]))
    }

    /// A pool that differs from the good one, and what is then said.
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let code: Finding.Code
        let severity: Finding.Severity
        let says: String
        let change: @Sendable (inout PoolObservation, inout ConnectorsConfiguration) -> Void

        init(
            _ description: String, _ code: Finding.Code, _ severity: Finding.Severity, _ says: String,
            _ change: @escaping @Sendable (inout PoolObservation, inout ConnectorsConfiguration) -> Void
        ) {
            self.description = description
            self.code = code
            self.severity = severity
            self.says = says
            self.change = change
        }
    }

    @Test func `a good pool is all well`() {
        let findings = PoolFindings(Self.configuration, Self.observation, function: Self.arn).findings
        #expect(findings.allSatisfy { $0.severity == .ok }, "\(findings)")
        #expect(findings.contains { $0.code == .trigger && $0.what.contains("for this pool alone") })
        #expect(findings.contains { $0.code == .quota && $0.what.contains("UserCreation 80 (50 included)") })
    }

    private static func seen(
        _ observation: inout PoolObservation, _ change: (inout PoolDescription) -> Void
    ) {
        guard case .success(var pool) = observation.pool else { return }
        change(&pool)
        observation.pool = .success(pool)
    }

    private static func function(
        _ observation: inout PoolObservation, _ change: (inout TriggerFunction) -> Void
    ) {
        guard case .success(var function)? = observation.function else { return }
        change(&function)
        observation.function = .success(function)
    }

    private static func client(_ observation: inout PoolObservation, _ client: AppClient) {
        observation.clients = observation.clients.map { $0 + [client] }
    }

    private static let denied = PoolObservation.Failure(.denied, action: "lambda:GetPolicy")

    static let cases: [Case] = [
        Case("no credentials", .awsCredentials, .unknown, "no AWS credentials") { seen, _ in
            seen.pool = .failure(.init(.noCredentials, action: "cognito-idp:DescribeUserPool"))
        },
        Case("no Region", .awsCredentials, .unknown, "no Region") { seen, _ in
            seen.pool = .failure(.init(.noRegion, action: "cognito-idp:DescribeUserPool"))
        },
        Case("a pool that isn't there", .poolMissing, .problem, "in eu-west-1") { seen, _ in
            seen.pool = .failure(.init(.absent, action: "cognito-idp:DescribeUserPool"))
        },
        Case("a role without the permission", .awsPermission, .unknown, "may not") { seen, _ in
            seen.pool = .failure(.init(.denied, action: "cognito-idp:DescribeUserPool"))
        },
        Case("AWS out of reach", .pool, .unknown, "can't be reached") { seen, _ in
            seen.pool = .failure(.init(.unreachable, action: "cognito-idp:DescribeUserPool"))
        },
        Case("a user name in a pool that has none", .poolNames, .problem, "names its users by email") { _, file in
            file.username = AttributeRule("username", from: .columns(["login"]))
        },
        Case("a pool with user names, and nothing makes one", .poolNames, .problem, "user names") { seen, _ in
            Self.seen(&seen) { $0.settings.usernameAttributes = [] }
        },
        Case("users named by what nothing makes", .poolNames, .problem, "phone_number") { seen, _ in
            Self.seen(&seen) { $0.settings.usernameAttributes = [.phoneNumber] }
        },
        Case("an alias that nobody can use", .poolNames, .warning, "email is an alias") { seen, file in
            Self.seen(&seen) {
                $0.settings.usernameAttributes = []
                $0.settings.aliasAttributes = [.email]
            }
            file.username = AttributeRule("username", from: .columns(["login"]))
            file.attributes.removeAll { $0.attribute == "email_verified" }
        },
        Case("a case-sensitive pool", .poolCaseSensitive, .warning, "two users") { seen, _ in
            Self.seen(&seen) { $0.settings.isCaseSensitive = true }
        },
        Case("an attribute that the pool lacks", .poolAttributeMissing, .problem, "nickname") { _, file in
            file.attributes.append(AttributeRule("nickname", from: .columns(["nick"])))
        },
        Case("a required attribute that nothing makes", .poolAttributeRequired, .problem, "birthdate") { seen, _ in
            Self.seen(&seen) { $0.settings = Self.settings(with: #",{"Name":"birthdate","Required":true}"#) }
        },
        Case("a description that is old", .schemaDiffers, .problem, "birthdate") { seen, _ in
            Self.seen(&seen) { $0.settings = Self.settings(with: #",{"Name":"birthdate"}"#) }
        },
        Case("no description", .schemaDiffers, .warning, "doesn't know") { _, file in
            file.userPool.settings = nil
        },
        Case("no trigger", .triggerAbsent, .problem, "no function") { seen, _ in
            Self.seen(&seen) { $0.triggers = [:] }
            seen.function = nil
        },
        Case("another function", .triggerOther, .problem, "not arn:aws:lambda") { seen, _ in
            Self.seen(&seen) { $0.triggers["UserMigration"] = Self.arn.replacing("migrate", with: "other") }
        },
        Case("a function of another Region", .triggerOther, .problem, "us-east-1") { seen, _ in
            Self.seen(&seen) { $0.triggers["UserMigration"] = Self.arn.replacing("eu-west-1", with: "us-east-1") }
        },
        Case("an ARN of something else", .triggerOther, .problem, "which is no function") { seen, _ in
            Self.seen(&seen) { $0.triggers["UserMigration"] = "arn:aws:s3:::bucket" }
        },
        Case("a version", .triggerNotAlias, .warning, "a fixed version") { seen, _ in
            Self.seen(&seen) { $0.triggers["UserMigration"] = Self.arn.replacing(":live", with: ":7") }
        },
        Case("no version at all", .triggerNotAlias, .warning, "uploaded last") { seen, _ in
            Self.seen(&seen) { $0.triggers["UserMigration"] = Self.arn.replacing(":live", with: "") }
        },
        Case("a function that is gone", .triggerFunction, .problem, "isn't there") { seen, _ in
            Self.function(&seen) {
                $0.settings = .failure(.init(.absent, action: "lambda:GetFunctionConfiguration"))
            }
        },
        Case("a function that stops early", .triggerFunction, .problem, "before Cognito stops waiting") { seen, _ in
            Self.function(&seen) {
                $0.settings = .success(
                    FunctionSettings(timeout: .seconds(3), memoryMB: 512, runtime: nil, handler: nil))
            }
        },
        Case("a function for Python", .triggerFunction, .problem, "python3.12") { seen, _ in
            Self.function(&seen) {
                $0.settings = .success(
                    FunctionSettings(timeout: .seconds(6), memoryMB: 512, runtime: "python3.12", handler: "trigger"))
            }
        },
        Case("a function that isn't permitted", .triggerNotPermitted, .problem, "doesn't let Cognito") { seen, _ in
            Self.function(&seen) { $0.permission = .success(.none) }
        },
        Case("a permission for everybody", .triggerPermissionBroad, .warning, "AWS:SourceArn isn't") { seen, _ in
            Self.function(&seen) { $0.permission = .success(.broad(missing: ["AWS:SourceArn"])) }
        },
        Case("a policy that may not be read", .awsPermission, .unknown, "may not") { seen, _ in
            Self.function(&seen) { $0.permission = .failure(Self.denied) }
        },
        Case("an app client with SRP beside a good one", .appClientWithoutPassword, .warning, "SRP") { seen, _ in
            Self.client(&seen, AppClient(id: "c2", name: "app", flows: ["ALLOW_USER_SRP_AUTH"]))
        },
        Case("SRP alone", .appClientWithoutPassword, .problem, "SRP") { seen, _ in
            seen.clients = .success([AppClient(id: "c2", name: "app", flows: [])])
        },
        Case("no app client", .appClientWithoutPassword, .problem, "no app client") { seen, _ in
            seen.clients = .success([])
        },
        Case("an app client that tells who exists", .appClientShowsWhoExists, .warning, "who exists") { seen, _ in
            Self.client(
                &seen,
                AppClient(id: "c2", name: "app", flows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH"], hidesWhoExists: false))
        },
        Case("open sign-up", .signUpOpen, .warning, "anybody may sign up") { seen, _ in
            Self.seen(&seen) { $0.allowsSignUp = true }
        },
        Case("recovery by administrators alone", .recovery, .problem, "only administrators") { seen, _ in
            Self.seen(&seen) { $0.recovery = ["admin_only"] }
        },
        Case("MFA required", .mfaRequired, .warning, "second factor") { seen, _ in
            Self.seen(&seen) { $0.mfa = .required }
        },
        Case("mail by Cognito", .mailLimit, .warning, "few dozen") { seen, _ in
            Self.seen(&seen) { $0.sendsByCognito = true }
        },
        Case("weak passwords to be reset by nobody", .passwordPolicy, .problem, "locked out") { _, file in
            file.signIn.passwordPolicy = .pool
            file.attributes.removeAll { $0.attribute == "email_verified" }
        },
        Case("a role for imports that isn't trusted", .logsRole, .problem, "may not take") { seen, file in
            file.importing.logsRoleARN = "arn:aws:iam::111122223333:role/import"
            seen.logsRole = .success(LogsRole(arn: "arn:aws:iam::111122223333:role/import", isTrusted: false))
        },
        Case("a role for imports that isn't there", .logsRole, .problem, "there is no role") { seen, file in
            file.importing.logsRoleARN = "arn:aws:iam::111122223333:role/import"
            seen.logsRole = .failure(.init(.absent, action: "iam:GetRole"))
        },
        Case("quotas that may not be read", .awsPermission, .unknown, "the quotas") { seen, _ in
            seen.quotas = .failure(.init(.denied, action: "cognito-idp:GetProvisionedLimit"))
        },
        Case("a clock that is wrong", .clockDiffers, .warning, "behind") { seen, _ in
            let now = UnixTime(milliseconds: 1_800_000_000_000)
            seen.clock = .init(
                server: UnixTime(milliseconds: 1_799_999_000_000), before: now, after: now)
        },
    ]

    @Test(arguments: cases)
    func `what is wrong is said, with what to do`(_ test: Case) throws {
        var observation = Self.observation
        var configuration = Self.configuration
        test.change(&observation, &configuration)
        let findings = PoolFindings(configuration, observation, function: Self.arn).findings
        let finding = try #require(
            findings.first { $0.code == test.code && $0.severity == test.severity }, "\(findings)")
        #expect(finding.what.contains(test.says), "\(finding.what)")
        // What is to be done is said of everything but an answer that nobody knows.
        #expect(finding.advice != nil)
    }
}
