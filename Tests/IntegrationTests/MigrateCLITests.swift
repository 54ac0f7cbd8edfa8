import Foundation
import TestSupport
import Testing

/// migrate-cli as a user runs it.
@Suite struct MigrateCLITests {
    /// A folder with a SQLite directory and its connectors.yaml.
    private struct Place {
        let file: SQLiteFile
        let folder: TemporaryFolder
        let yaml: String

        init(more: String = "", path: String? = nil) async throws {
            file = try await SQLiteFile(UserTable.sql)
            folder = try TemporaryFolder("cli")
            yaml = UserTable.configuration(
                type: "sqlite", place: "path: \(path ?? file.path)", parameter: "?1", more: more)
            try write("connectors.yaml", yaml)
        }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
        }

        func run(_ arguments: [String], environment: [String: String] = [:], input: String = "") async throws
            -> Program.Result
        {
            try await Program.run(
                "migrate-cli", arguments, environment: environment, input: input, in: folder.path)
        }
    }

    @Test func `invoke prints the reply, and the error object with code 1`() async throws {
        let place = try await Place()
        try await check(place)
    }

    @Test func `a CSV file is answered for as a table is`() async throws {
        let place = try await Place()
        try place.write("users.csv", UserTable.csv)
        try place.write(
            "connectors.yaml",
            UserTable.configuration(type: "csv", place: "path: users.csv\n    match: [email, login]", parameter: nil))
        try await check(place)
    }

    private func check(_ place: Place) async throws {
        for test in UserTable.cases {
            let event = UserTable.event(test.userName, password: test.password, source: test.source) + "\n"
            let result = try await place.run(["invoke", "-", "--log-level", "trace"], input: event)
            let isError = result.status == 1
            let problem = UserTable.problem(
                with: isError ? Array(result.output.dropLast().utf8) : Array(result.output.utf8), isError: isError,
                to: event, test.expected)
            #expect(problem == nil, "\(test.description): \(result)")
            for secret in UserTable.secrets { #expect(!result.errors.contains(secret), "\(test.description)") }
        }
    }

    @Test(
        arguments: [
            ("ana@example.com", nil, 0), ("ana@example.com", UserTable.password, 0),
            ("ana@example.com", UserTable.wrongPassword, 3), ("nobody@example.com", nil, 3),
            ("mustchange@example.com", UserTable.password, 0), ("mustchange-unconfirmed@example.com", nil, 3),
            ("disabled@example.com", nil, 3), ("twin@example.com", nil, 3), ("unmappable@example.com", nil, 3),
            ("login-ana", nil, 3), ("migrated@example.com", nil, 3),
        ] as [(String, String?, Int32)])
    func `lookup's exit code is the sign-in's`(_ user: String, _ password: String?, _ status: Int32) async throws {
        let result = try await Place().run(
            ["lookup", user] + (password == nil ? [] : ["--password-stdin"]), input: password.map { $0 + "\n" } ?? "")
        #expect(result.status == status, "\(result)")
    }

    @Test func `lookup masks personal data and the hash unless told not to, and never the key`() async throws {
        let place = try await Place()
        for format in ["text", "json"] {
            let masked = try await place.run(["lookup", "ana@example.com", "--format", format])
            for secret in ["Ana Sol", "login-ana", UserTable.hash, "+4917012345"] {
                #expect(!masked.output.contains(secret))
                let shown = try await place.run(["lookup", "ana@example.com", "--format", format, "--reveal"])
                #expect(shown.output.contains(secret))
            }
        }
        let json = try await place.run(["lookup", "ana@example.com", "--format", "json"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let directory = try #require((object["directories"] as? [[String: Any]])?.first)
        #expect(directory["key"] as? String == "1")
        #expect(directory["finding"] as? String == "accepted")
        let answers = try #require(object["answers"] as? [[String: Any]])
        #expect(
            answers.map { $0["source"] as? String } == ["UserMigration_Authentication", "UserMigration_ForgotPassword"])
    }

    @Test func `a directory that is down is code 4, with what was wrong`() async throws {
        let result = try await Place(path: "gone.sqlite").run(["lookup", "ana@example.com"])
        #expect(result.status == 4)
        #expect(result.output.contains("gone.sqlite"))
    }

    @Test func `a configuration with mistakes is code 78, each mistake with its place`() async throws {
        let place = try await Place(more: "colour: blue\ncahce: {}")
        let result = try await place.run(["config", "check"])
        #expect(result.status == 78)
        #expect(result.output.isEmpty)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("connectors.yaml:") && $0.contains("unknown key \"colour\"") })
        #expect(lines.contains { $0.contains("unknown key \"cahce\"") })
        for arguments in [["lookup", "x"], ["invoke", "-"], ["serve"], ["config", "compile", "-o", "x.json"]] {
            #expect(try await place.run(arguments).status == 78)
        }
    }

    @Test(arguments: [[], ["customers"], ["export"], ["customers", "export"]])
    func `the example is right as it stands, and with its other directories uncommented`(
        _ directories: [String]
    ) async throws {
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let example = try String(contentsOfFile: "\(project)/connectors.yaml.example", encoding: .utf8)
        let folder = try TemporaryFolder("example")
        try FileManager.default.copyItem(atPath: "\(project)/examples", toPath: folder.file("examples"))
        var lines = example.components(separatedBy: "\n")
        for name in directories {
            let start = try #require(lines.firstIndex { $0.hasPrefix("  # - name: \(name)") })
            for index in lines[start...].indices.prefix(while: { lines[$0].hasPrefix("  #") }) {
                lines[index] = "  " + lines[index].dropFirst("  # ".count)
            }
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: folder.file("connectors.yaml")))
        let result = try await Program.run("migrate-cli", ["config", "check"], in: folder.path)
        #expect(result.status == 0, "\(result.errors)")
        #expect(!result.errors.contains("warning"))
    }

    @Test func `a check is JSON for programs`() async throws {
        let place = try await Place(more: "colour: blue")
        for (arguments, lines) in [([], [2, 23]), (["-c", "missing.yaml"], [nil])] as [([String], [Int?])] {
            let result = try await place.run(["config", "check", "--format", "json"] + arguments)
            #expect(result.status == 78)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            #expect(object["valid"] as? Bool == false)
            let problems = try #require(object["problems"] as? [[String: Any]])
            #expect(problems.map { $0["line"] as? Int } == lines, "\(result.output)")
            #expect(problems.last?["severity"] as? String == "error")
        }
    }

    @Test(arguments: [["-c", "missing.yaml"], ["-c", "."], ["-c", "/proc/self/mem"]])
    func `a configuration that can't be read is code 78`(_ arguments: [String]) async throws {
        let result = try await Place().run(["config", "check"] + arguments)
        #expect(result.status == 78)
        #expect(result.errors.contains("error"))
    }

    @Test(arguments: [
        [], ["frobnicate"], ["lookup"], ["serve", "--listen", "nowhere"], ["lookup", "x", "--format", "xml"],
    ])
    func `wrong usage is code 64`(_ arguments: [String]) async throws {
        let result = try await Place().run(arguments)
        #expect(result.status == (arguments.isEmpty ? 0 : 64), "\(result)")
    }

    @Test(arguments: [
        "invoke - > /dev/full", "invoke - >&-", "lookup ana@example.com > /dev/full", "config compile -o - > /dev/full",
        "invoke - <&-", "invoke - < /",
    ])
    func `a full disk, a closed output and an input that is none are code 1, and no crash`(
        _ command: String
    ) async throws {
        let place = try await Place()
        try place.write("event.json", UserTable.event("ana@example.com", password: UserTable.password))
        let input = command.contains("<") ? "" : "< event.json"
        let result = try await Program.run(
            "/bin/sh", ["-c", "exec \(Program.folder)/migrate-cli \(command) \(input)"], in: place.folder.path)
        #expect(result.status == 1, "\(result)")
        #expect(result.errors.contains("error: "))
    }

    @Test func `closed outputs change no exit code`() async throws {
        let place = try await Place()
        let result = try await Program.run(
            "/bin/sh", ["-c", "exec \(Program.folder)/migrate-cli config check 2>&-"], in: place.folder.path)
        withExtendedLifetime(place) {}
        #expect(result.status == 0)
    }

    @Test func `what a directory holds doesn't speak to the terminal`() async throws {
        let place = try await Place()
        try await place.file.run("UPDATE users SET name = char(27) || '[31mred' WHERE id = 1")
        let result = try await place.run(["lookup", "ana@example.com", "--reveal"])
        #expect(result.output.contains("\\u{1B}[31mred"))
        #expect(!result.output.contains("\u{1B}"))
    }

    @Test func `an event that can't be read is code 1`() async throws {
        let result = try await Place().run(["invoke", "missing.json"])
        #expect(result.status == 1)
        #expect(result.errors.contains("missing.json: error: no such file"))
    }

    @Test func `the compiled form decides like the file, wherever it is read from`() async throws {
        let place = try await Place()
        let compiled = try await place.run(["config", "compile", "-o", "-"])
        #expect(compiled.status == 0)
        try place.write("connectors.json", compiled.output)
        let event = UserTable.event("ana@example.com", password: UserTable.password)
        let fromFile = try await place.run(["invoke", "-"], input: event)
        let fromCompiled = try await place.run(
            ["invoke", "-"], environment: ["MIGRATE_CONFIG": "connectors.json"], input: event)
        #expect(fromFile.output == fromCompiled.output)
        #expect(fromFile.status == 0)
    }

    @Test func `serve answers over HTTP like the function, and stops on a signal`() async throws {
        let place = try await Place()
        let server = try await ServedTrigger(place.yaml, in: place.folder)
        for test in UserTable.cases {
            let event = UserTable.event(test.userName, password: test.password, source: test.source)
            let reply = try await server.send(event)
            #expect(reply.status == 200)
            #expect(
                UserTable.problem(with: reply.bytes, isError: reply.isError, to: event, test.expected) == nil,
                "\(test.description)")
        }
        let log = try await server.end()
        for secret in UserTable.secrets { #expect(!log.contains(secret)) }
    }

    @Test func `a port that is taken is code 1, and says so`() async throws {
        let place = try await Place()
        let first = try Program("migrate-cli", ["serve", "--listen", "127.0.0.1:0"], in: place.folder.path)
        let address = try await first.listeningAddress()
        let second = try await place.run(["serve", "--listen", String(address.dropFirst("http://".count))])
        #expect(second.status == 1)
        #expect(second.errors.contains("can't listen on"))
        first.signal(SIGTERM)
        #expect(await first.result().status == 0)
    }
}
