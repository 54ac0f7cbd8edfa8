import Foundation
import TestSupport
import Testing

/// What the function's own binary says when it can't start, or starts with something amiss.
@Suite struct StartTests {
    /// A value that must never be seen.
    private static let secret = "hunter2secret"

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// connectors.yaml, compiled to connectors.json; nil if `content` is all there is.
        var yaml: String?
        /// What is at `MIGRATE_CONFIG` instead; may make something of the compiled configuration.
        var content: (@Sendable (String) -> String)?
        var environment: [String: String] = [:]
        /// All of these, in the one line that helps.
        let reasons: [String]
    }

    private static func postgres(_ connection: String, more: String = "") -> String {
        UserTable.configuration(type: "postgres", place: "connection: \"\(connection)\"", parameter: "$1", more: more)
    }

    private static let compile = "migrate-cli config compile -o FILE"

    private static let cases = [
        Case(
            testDescription: "a secret that isn't in the environment", yaml: postgres("${env:CUSTOMERS_URL}"),
            reasons: ["customers: connection: the environment variable CUSTOMERS_URL is not set"]),
        Case(
            testDescription: "a secret that is empty", yaml: postgres("${env:CUSTOMERS_URL}"),
            environment: ["CUSTOMERS_URL": ""],
            reasons: ["customers: connection: the environment variable CUSTOMERS_URL is not set, or empty"]),
        Case(
            testDescription: "a secret whose file isn't there", yaml: postgres("${file:/run/secrets/missing}"),
            reasons: ["customers: connection: the file /run/secrets/missing: no such file"]),
        Case(
            testDescription: "a secret that makes no connection", yaml: postgres("${env:CUSTOMERS_URL}"),
            environment: ["CUSTOMERS_URL": "postgresql://u:\(secret)@[bad"],
            reasons: ["customers: not a connection", "postgresql://"]),
        Case(
            testDescription: "all that is missing, at once",
            yaml: postgres(
                "${env:CUSTOMERS_URL}",
                more: """
                    log: { key: "${env:LOG_KEY}" }
                    cache: { snapshot: { path: lookups.snapshot, key: "${env:SNAPSHOT_KEY}" } }
                    """),
            environment: ["UNUSED": secret],
            reasons: [
                "customers: connection: the environment variable CUSTOMERS_URL is not set",
                "log.key: the environment variable LOG_KEY is not set",
                "cache.snapshot.key: the environment variable SNAPSHOT_KEY is not set",
            ]),
        Case(
            testDescription: "no configuration", reasons: ["/connectors.json: no such file", "MIGRATE_CONFIG", compile]),
        Case(
            testDescription: "a place in MIGRATE_CONFIG where nothing is",
            environment: ["MIGRATE_CONFIG": "nowhere/connectors.json"],
            reasons: ["/nowhere/connectors.json: no such file", compile]),
        Case(
            testDescription: "a folder in MIGRATE_CONFIG", environment: ["MIGRATE_CONFIG": "/proc"],
            reasons: ["/proc: it is a folder", compile]),
        Case(
            testDescription: "the YAML file itself", content: { _ in "version: 1\n# \(secret)\n" },
            reasons: ["not a compiled configuration", compile]),
        Case(
            testDescription: "an empty file", content: { _ in "" }, reasons: ["not a compiled configuration", compile]),
        Case(
            testDescription: "half a file", yaml: postgres("host=127.0.0.1 password=${env:DB_PASSWORD}"),
            content: { String($0.prefix($0.count / 2)) }, environment: ["DB_PASSWORD": secret],
            reasons: ["not a compiled configuration", compile]),
        Case(
            testDescription: "a file with nothing in it", content: { _ in #"{"format":2,"configuration":{}}"# },
            reasons: ["damaged, or compiled by another version; compile it again"]),
        Case(
            testDescription: "a file of another version", content: { _ in #"{"format":99}"# },
            reasons: ["compiled for another version (format 99", "compile it again"]),
        Case(
            testDescription: "a pool of another Region", yaml: postgres("host=127.0.0.1"),
            environment: ["AWS_REGION": "us-east-1"],
            reasons: [
                "the function runs in us-east-1, and user_pool names a pool in eu-west-1", "deploy the function there",
            ]),
        Case(
            testDescription: "a scheme that this version doesn't know", yaml: postgres("host=127.0.0.1"),
            content: { $0.replacing(#""auto""#, with: #""rot13""#) },
            reasons: ["compiled by another version; compile it again"]),
    ]

    @Test(arguments: cases)
    func `what keeps the function from starting is one line in the log, and nothing of it reaches the user`(
        _ test: Case
    ) async throws {
        let files = try TemporaryFolder("start")
        let path = files.file("connectors.json")
        var compiled = ""
        if let yaml = test.yaml {
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: files.file("connectors.yaml")))
            let result = try await Program.run(
                "migrate-cli", ["config", "compile", "-c", files.file("connectors.yaml"), "-o", path])
            try #require(result.status == 0, "\(result.errors)")
            compiled = try String(contentsOfFile: path, encoding: .utf8)
        }
        if let content = test.content { try content(compiled).write(toFile: path, atomically: true, encoding: .utf8) }
        if test.content != nil, test.yaml != nil {
            #expect(try String(contentsOfFile: path, encoding: .utf8) != compiled, "nothing is changed in it")
        }
        let reason = try await reasonOfFailedStart(test.environment, files)
        for part in test.reasons { #expect(reason.contains(part), "\(reason)") }
    }

    /// Starts the function, which must fail, and returns what its log says.
    private func reasonOfFailedStart(
        _ environment: [String: String], _ files: TemporaryFolder
    ) async throws -> String {
        let emulator = try await RuntimeAPIEmulator.start()
        let program = try Program(
            "MigrateLambda",
            environment: [
                "AWS_LAMBDA_RUNTIME_API": emulator.endpoint, "LAMBDA_TASK_ROOT": files.path,
                // The line is there at every level.
                "AWS_LAMBDA_LOG_LEVEL": "FATAL",
            ].merging(environment) { $1 })

        // What Lambda gets, and hands on to who invokes the function.
        let error = try await emulator.initError()
        #expect(error.type == "Function.ConfigurationInvalid")
        #expect(
            String(decoding: error.body, as: UTF8.self)
                == #"{"errorType":"ConfigurationInvalid","errorMessage":"Sign-in is briefly unavailable. Try again."}"#)

        // What the operator gets.
        let result = await program.result()
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1)
        let line = try #require(
            try JSONSerialization.jsonObject(with: Data((lines.first ?? "").utf8)) as? [String: String])
        #expect(line["level"] == "critical")
        #expect(line["message"] == "configuration-invalid")
        let reason = try #require(line["reason"])
        #expect(!result.errors.contains(Self.secret))
        #expect(try await emulator.refusals == [])
        await emulator.stop()
        return reason
    }

    /// A service of AWS that answers every call with one error.
    private static let stub = """
        import http.server, sys
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                body = b'{"__type":"%s","message":"\(secret)"}' % sys.argv[1].encode()
                self.send_response(400)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *_): pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print("listening on http://127.0.0.1:%d" % server.server_port, file=sys.stderr, flush=True)
        server.serve_forever()
        """

    private static let arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:customers-a1b2c3"

    @Test(
        arguments: [
            ("ResourceNotFoundException", "secretsmanager:customers", ["there is none of that name in eu-west-1"]),
            ("ResourceNotFoundException", "secretsmanager:\(arn)", ["there is none of that name in us-east-1"]),
            ("ParameterNotFound", "ssm:/customers/url", ["there is none of that name in eu-west-1"]),
            (
                "AccessDeniedException", "secretsmanager:customers",
                ["may not read it", "secretsmanager:GetSecretValue", "kms:Decrypt"]
            ),
            ("AccessDeniedException", "ssm:/customers/url", ["may not read it", "ssm:GetParameter"]),
            ("UnrecognizedClientException", "secretsmanager:customers", ["the AWS credentials are refused"]),
            (nil, "secretsmanager:customers", ["AWS can't be reached", "NAT gateway", "secretsmanager"]),
        ] as [(String?, String, [String])])
    func `a secret that AWS doesn't give out is told with what to do about it`(
        _ error: String?, _ reference: String, _ reasons: [String]
    ) async throws {
        let files = try TemporaryFolder("start")
        let yaml = Self.postgres("${\(reference)}", more: #"log: { key: "${env:LOG_KEY}" }"#)
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: files.file("connectors.yaml")))
        let compiled = try await Program.run(
            "migrate-cli",
            ["config", "compile", "-c", files.file("connectors.yaml"), "-o", files.file("connectors.json")])
        try #require(compiled.status == 0, "\(compiled.errors)")
        let aws = try error.map { try Program("/usr/bin/python3", ["-c", Self.stub, $0]) }
        defer { aws?.signal(SIGKILL) }
        let reason = try await reasonOfFailedStart(
            [
                "AWS_ENDPOINT_URL": try await aws?.listeningAddress() ?? "http://127.0.0.1:1",
                "AWS_REGION": "eu-west-1",
                "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": Self.secret,
            ], files)
        for part in ["customers: connection: "] + reasons { #expect(reason.contains(part), "\(reason)") }
        // What else is wrong is told with it.
        #expect(reason.contains("log.key: the environment variable LOG_KEY is not set"))
    }

    @Test(arguments: [("127.0.0.1:1", "unreachable"), ("nonsense:x", "invalid-endpoint")])
    func `a Runtime API that isn't there ends the process, which says so`(
        _ endpoint: String, _ code: String
    ) async throws {
        let file = try await SQLiteFile(UserTable.sql)
        let files = try TemporaryFolder("start")
        let place = UserTable.configuration(type: "sqlite", place: "path: \(file.path)", parameter: "?1")
        let function = try await LambdaProcess(
            place, environment: ["AWS_LAMBDA_RUNTIME_API": endpoint], files: files)
        let result = await function.program.result()
        #expect(result.status == 1)
        let line = try #require(result.errors.split(separator: "\n").last)
        #expect(line.contains(#""message":"runtime-lost""#))
        #expect(line.contains(code))
        await function.emulator.stop()
    }

    // MARK: What is amiss, and no reason not to start

    /// The lines of a function that starts and signs somebody in.
    private func log(
        _ environment: [String: String], more: String = "", path: String? = nil
    ) async throws -> [[String: Any]] {
        let file = try await SQLiteFile(UserTable.sql)
        let function = try await LambdaProcess(
            UserTable.configuration(
                type: "sqlite", place: "path: \(path ?? file.path)", parameter: "?1", more: more),
            environment: environment, files: try TemporaryFolder("start"))
        let event = UserTable.event("ana@example.com", password: UserTable.password)
        let reply = try await function.send(event)
        #expect(
            UserTable.problem(
                with: reply.bytes, isError: reply.isError, to: event,
                .user(status: "CONFIRMED", email: "ana@example.com")) == nil)
        return try await function.end().split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    private func warning(_ message: String, in lines: [[String: Any]]) throws -> String {
        let found = lines.filter { $0["message"] as? String == message }
        #expect(found.count == 1, "\(lines)")
        #expect(found.first?["level"] as? String == "warning")
        return try #require(found.first?["reason"] as? String)
    }

    @Test func `in the pool's own Region it starts`() async throws {
        #expect(!(try await log(["AWS_REGION": "eu-west-1"])).isEmpty)
    }

    @Test func `a snapshot that isn't there is a warning, and the directory answers`() async throws {
        let lines = try await log(
            ["SNAPSHOT_KEY": "made up for tests, of 32 bytes or more"],
            more: #"cache: { snapshot: { path: missing.snapshot, key: "${env:SNAPSHOT_KEY}" } }"#)
        #expect(!(try warning("snapshot", in: lines)).isEmpty)
    }

    @Test func `a value of MIGRATE_METRICS that isn't one is a warning`() async throws {
        let lines = try await log(["MIGRATE_METRICS": "maybe"])
        #expect(try warning("setting-ignored", in: lines).contains("MIGRATE_METRICS"))
        #expect(lines.contains { $0["_aws"] != nil })
    }

    // MARK: Nowhere to write

    /// The program with its files read-only at /mnt and a /tmp in which there is room for nothing.
    private static func withFullTmp(_ files: TemporaryFolder) -> [String] {
        let script = """
            set -e
            mount --bind "$1" /mnt && mount -o remount,bind,ro /mnt
            mount --bind "$2" /media
            mount -t tmpfs -o size=4k,mode=1777 none /tmp
            head -c 4096 /dev/zero > /tmp/full
            if echo x 2>/dev/null > /tmp/more; then echo "there is room in /tmp" >&2; exit 9; fi
            rm -f /tmp/more
            cd /
            program=$(basename "$3")
            exec "/media/$program"
            """
        return ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, "sh", files.path, Program.folder]
    }

    @Test(arguments: ["sqlite", "csv", "snapshot"])
    func `a full /tmp and a folder that can't be written to are no matter: nothing is written`(
        _ kind: String
    ) async throws {
        try Requirement.require(
            (try? await ChildProcess.run("unshare", ["--mount", "true"])) != nil, orSkip: "unshare(1) isn't allowed")
        let files = try TemporaryFolder("full")
        let key = ["SNAPSHOT_KEY": "made up for tests, of 32 bytes or more"]
        let database = try await SQLiteFile(UserTable.sql)
        try FileManager.default.copyItem(atPath: database.path, toPath: files.file("users.sqlite"))
        try UserTable.csv.write(toFile: files.file("users.csv"), atomically: true, encoding: .utf8)
        let snapshot = #"cache: { snapshot: { path: lookups.snapshot, key: "${env:SNAPSHOT_KEY}" } }"#
        let yaml =
            kind == "csv"
            ? UserTable.configuration(
                type: "csv", place: "path: users.csv\n    match: [email, login]", parameter: nil, more: snapshot)
            : UserTable.configuration(type: "sqlite", place: "path: users.sqlite", parameter: "?1", more: snapshot)
        try yaml.write(toFile: files.file("connectors.yaml"), atomically: true, encoding: .utf8)
        let built = try await Program.run(
            "migrate-cli", ["cache", "build", "-o", files.file("lookups.snapshot")], environment: key, in: files.path)
        try #require(built.status == 0, "\(built.errors)")
        if kind == "snapshot" { try FileManager.default.removeItem(atPath: files.file("users.sqlite")) }

        let function = try await LambdaProcess(
            yaml, environment: key.merging(["MIGRATE_CONFIG": "/mnt/connectors.json"]) { $1 }, files: files,
            by: Self.withFullTmp(files))
        for password in [UserTable.password, UserTable.wrongPassword] {
            let event = UserTable.event("ana@example.com", password: password)
            let reply = try await function.send(event)
            let isRight = password == UserTable.password
            #expect(
                UserTable.problem(
                    with: reply.bytes, isError: reply.isError, to: event,
                    isRight ? .user(status: "CONFIRMED", email: "ana@example.com") : .unchanged) == nil)
        }
        let log = try await function.end()
        let lines = try InvocationLine.all(in: log)
        #expect(lines.map(\.verdict) == ["accepted", "wrong-password"])
        #expect(lines.first?.cache == (kind == "snapshot" ? "snapshot" : "none"))
        #expect(!log.contains(#""message":"snapshot""#))
    }
}
