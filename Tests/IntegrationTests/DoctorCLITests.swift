import Foundation
import TestSupport
import Testing

/// `migrate-cli doctor` as a user runs it.
@Suite struct DoctorCLITests {
    private static func doctor(
        _ yaml: String, _ arguments: [String] = ["--offline"], environment: [String: String] = [:]
    ) async throws -> Program.Result {
        let folder = try TemporaryFolder("doctor")
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder.file("connectors.yaml")))
        return try await Program.run(
            "migrate-cli", ["doctor"] + arguments, environment: environment, in: folder.path)
    }

    private func sqlite(_ file: SQLiteFile, email: String = "email") -> String {
        UserTable.configuration(type: "sqlite", place: "path: \(file.path)", parameter: "?1")
            .replacing("from: email, transform", with: "from: \(email), transform")
    }

    @Test(arguments: ["text", "json"])
    func `a good directory is code 0, and nothing of a person is shown`(_ format: String) async throws {
        let file = try await SQLiteFile(UserTable.sql)
        let result = try await Self.doctor(sqlite(file), ["--offline", "--format", format])
        #expect(result.status == 0, "\(result)")
        for secret in UserTable.secrets { #expect(!(result.output + result.errors).contains(secret)) }
        #expect(result.output.contains("birthdate-format 1"))
    }

    @Test func `something to fix is code 3, with what to do`() async throws {
        let file = try await SQLiteFile(UserTable.sql)
        let result = try await Self.doctor(sqlite(file, email: "emial"))
        #expect(result.status == 3, "\(result)")
        #expect(result.output.contains("did you mean \"email\" for \"emial\"?"))
    }

    @Test func `a server that isn't there is code 4, and the next directory is examined`() async throws {
        let file = try await SQLiteFile(UserTable.sql)
        let port = try FreePort.next()
        let more = """
            directories:
              - name: shop
                type: postgres
                connection: "host=127.0.0.1 port=\(port) dbname=x password=${env:SHOP_PASSWORD}"
                lookup: SELECT * FROM users WHERE lower(email) = lower($1)
                key: id
                password: { from: pw, scheme: auto }
                timeout: 500ms
            """
        let result = try await Self.doctor(
            sqlite(file).replacing("directories:", with: more), environment: ["SHOP_PASSWORD": "shop-secret"])
        #expect(result.status == 4, "\(result)")
        #expect(result.output.contains("1. shop (postgres)"))
        #expect(result.output.contains("2. customers (sqlite)"))
        #expect(result.output.contains("connection refused") || result.output.contains("Connection refused"))
        #expect(!(result.output + result.errors).contains("shop-secret"))
    }

    @Test func `a configuration that is wrong is code 78, and wrong usage 64`() async throws {
        #expect(try await Self.doctor("version: 1\n").status == 78)
        let file = try await SQLiteFile(UserTable.sql)
        #expect(try await Self.doctor(sqlite(file), ["--nonsense"]).status == 64)
    }

    @Test func `a secret that isn't there is code 78, with its place`() async throws {
        let file = try await SQLiteFile(UserTable.sql)
        let peppered = UserTable.configuration(
            type: "sqlite", place: "path: \(file.path)", parameter: "?1",
            password: "{ from: pw, scheme: devise, pepper: \"${env:PEPPER}\" }")
        for yaml in [
            UserTable.configuration(type: "postgres", place: "connection: \"${env:PEPPER}\"", parameter: "$1"),
            peppered,
        ] {
            let result = try await Self.doctor(yaml)
            #expect(result.status == 78)
            #expect(
                result.errors.contains(/connectors\.yaml:\d+:\d+: error: customers: .*variable PEPPER is not set/),
                "\(result)")
        }
    }

    @Test func `a retired directory is not looked at`() async throws {
        let yaml = UserTable.configuration(
            type: "postgres", place: "connection: \"${env:GONE}\"\n    retired: true\n    on_unavailable: next",
            parameter: "$1")
        let result = try await Self.doctor(yaml)
        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("retired"))
    }

    @Test func `Active Directory is looked at, its clock and its rights, too`() async throws {
        let server = try await ActiveDirectoryServer.shared()
        let yaml = """
            version: 1
            user_pool: { id: eu-west-1_Ex4mple }
            directories:
              - name: staff
                type: ldap
                url: \(server.tlsURL)
                ca_file: \(server.certificateAuthority)
                bind_dn: reader@ad.example.com
                bind_password: "${env:READER_PASSWORD}"
                base: \(ActiveDirectoryServer.base)
                filter: (&(objectCategory=person)(mail={username}))
                list_filter: (&(objectCategory=person)(mail=*))
                key: objectGUID
                disabled: { from: userAccountControl, bit: 2 }
            attributes:
              email: { from: mail, required: true }
              email_verified: { from: mail, transform: [present] }
              name: { template: "{givenName} {sn}" }
            """
        let result = try await Self.doctor(
            yaml, ["--offline", "--format", "json"], environment: ["READER_PASSWORD": ActiveDirectoryServer.password])
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        let directory = try #require((object?["directories"] as? [[String: Any]])?.first)
        let findings = try #require(directory["findings"] as? [[String: Any]])
        func severity(_ code: String) -> String? {
            findings.first { $0["code"] as? String == code }?["severity"] as? String
        }
        // The certificate is of the tests, and good for two days.
        for (code, expected) in [
            ("connection", "ok"), ("certificate-expires-soon", "warning"), ("clock", "ok"), ("look-up", "ok"),
            ("listing", "ok"), ("key", "ok"), ("attribute", "ok"),
        ] { #expect(severity(code) == expected, "\(code): \(result.output)") }
        #expect(result.status == 0)
    }

    @Test func `Ctrl-C ends it with code 6`() async throws {
        let peer = try FaultProxy(.silent)
        let folder = try TemporaryFolder("doctor")
        let yaml = UserTable.configuration(
            type: "postgres", place: "connection: host=127.0.0.1 port=\(peer.port) dbname=x", parameter: "$1")
        try Data(yaml.replacing("timeout: 2s", with: "timeout: 20s").utf8)
            .write(to: URL(fileURLWithPath: folder.file("connectors.yaml")))
        let program = try Program("migrate-cli", ["doctor", "--offline"], in: folder.path)
        // It says so before it starts; then it has the peer's timeout to be interrupted in.
        while !program.errorsSoFar.contains("assumed") { try await Task.sleep(for: .milliseconds(20)) }
        try await Task.sleep(for: .milliseconds(700))
        program.signal(SIGINT)
        let result = await program.result()
        #expect(result.status == 6, "\(result)")
        #expect(result.output.isEmpty)
    }
}

/// `migrate-cli doctor` before a pool of moto's.
@Suite struct DoctorCloudTests {
    private static func environment(_ server: PythonServer, _ more: [String: String] = [:]) -> [String: String] {
        [
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_ENDPOINT_URL": server.endpoint,
            "HOME": "/nonexistent",
        ].merging(more) { $1 }
    }

    private static func doctor(
        pool: String, _ arguments: [String] = [], environment: [String: String]
    ) async throws -> Program.Result {
        let file = try await SQLiteFile(UserTable.sql)
        let yaml = UserTable.configuration(type: "sqlite", place: "path: \(file.path)", parameter: "?1")
            .replacing("eu-west-1_Ex4mple", with: pool)
        let folder = try TemporaryFolder("doctor")
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder.file("connectors.yaml")))
        return try await Program.run("migrate-cli", ["doctor"] + arguments, environment: environment, in: folder.path)
    }

    /// A pool that boto3 makes; its id.
    private static func makePool(_ server: PythonServer) async throws -> String {
        let script = """
            import boto3, sys
            pools = boto3.client("cognito-idp", "eu-west-1", endpoint_url=sys.argv[1], aws_access_key_id="x",
                                 aws_secret_access_key="x")
            pool = pools.create_user_pool(PoolName="customers", UsernameAttributes=["email"])["UserPool"]["Id"]
            pools.create_user_pool_client(UserPoolId=pool, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"])
            print(pool)
            """
        return try await ChildProcess.run(try PythonServer.python(), ["-c", script, server.endpoint])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func `a pool that calls nothing, and whose client sends no password, is code 3 with what to do`() async throws
    {
        let server = try await PythonServer.sharedMoto()
        let pool = try await Self.makePool(server)
        let result = try await Self.doctor(pool: pool, environment: Self.environment(server))
        #expect(result.status == 3, "\(result)")
        #expect(result.output.contains("the pool calls no function to migrate users"))
        #expect(result.output.contains("web (") && result.output.contains("sends Cognito no password"))
        #expect(result.output.contains("anybody may sign up"))
        let json = try await Self.doctor(pool: pool, ["--format", "json"], environment: Self.environment(server))
        #expect(json.output.contains("\"trigger-absent\""))
    }

    @Test func `a pool that isn't there is a problem`() async throws {
        let server = try await PythonServer.sharedMoto()
        let result = try await Self.doctor(pool: "eu-west-1_nobody000", environment: Self.environment(server))
        #expect(result.status == 3, "\(result)")
        #expect(result.output.contains("there is no pool eu-west-1_nobody000 in eu-west-1"))
    }

    @Test func `without credentials nobody could say, and offline it isn't asked`() async throws {
        let environment = ["AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent"]
        let result = try await Self.doctor(pool: "eu-west-1_Ex4mple", environment: environment)
        #expect(result.status == 4, "\(result)")
        #expect(result.output.contains("there are no AWS credentials"))
        let offline = try await Self.doctor(pool: "eu-west-1_Ex4mple", ["--offline"], environment: environment)
        #expect(offline.status == 0, "\(offline)")
        #expect(offline.output.contains("The user pool wasn't looked at."))
    }

    @Test func `where AWS is out of reach nobody could say`() async throws {
        let port = try FreePort.next()
        let environment = [
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_MAX_ATTEMPTS": "1",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:\(port)", "HOME": "/nonexistent",
        ]
        let result = try await Self.doctor(pool: "eu-west-1_Ex4mple", environment: environment)
        #expect(result.status == 4, "\(result)")
        #expect(result.output.contains("AWS can't be reached"), "\(result)")
    }

    @Test func `what is no function's ARN is wrong usage`() async throws {
        let result = try await Self.doctor(pool: "eu-west-1_Ex4mple", ["--function", "migrate"], environment: [:])
        #expect(result.status == 64)
    }
}
