import Foundation
import TestSupport
import Testing

/// `migrate-cli hash` as a user runs it.
@Suite struct HashCommandTests {
    private static let bcrypt = "$2b$05$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"
    private static let password = "correct horse battery"

    private func run(_ arguments: [String], input: String = "") async throws -> Program.Result {
        try await Program.run("migrate-cli", ["hash"] + arguments, input: input)
    }

    @Test(
        arguments: [
            ([bcrypt], "correct horse battery\n", 0, "match (bcrypt)\n"),
            ([bcrypt], "correct horse\n", 3, "mismatch (bcrypt)\n"),
            (["*"], "x\n", 4, "malformed (unknown scheme)\n"),
            (["$2b$31$" + bcrypt.dropFirst(7)], "x\n", 4, "over-limit (bcrypt)\n"),
            (["{SASL}ana@EXAMPLE.COM"], "x\n", 4, "unverifiable (ldap)\n"),
            ([bcrypt, "--scheme", "md5-crypt"], "x\n", 4, "malformed (md5-crypt)\n"),
            (
                [
                    "f7a3a4bc4d7ab8a6a8e0fb5d6a3d5f1b", "--scheme", "salted-md5", "--option", "salt=a", "--option",
                    "format={password}{salt}",
                ], "x\n", 3, "mismatch (salted-md5)\n"
            ),
            (["9dd4e461268c8034f5c8564e155c67a6", "--scheme", "md5"], "x\n", 0, "match (md5)\n"),
            (
                ["9dd4e461268c8034f5c8564e155c67a6", "--scheme", "md5", "--format", "json"], "x\n", 0,
                "{\"result\":\"match\",\"scheme\":\"md5\"}\n"
            ),
        ] as [([String], String, Int32, String)])
    func `verify says what came of it, and exits by it`(
        _ arguments: [String], _ input: String, _ status: Int32, _ output: String
    ) async throws {
        let result = try await run(["verify"] + arguments, input: input)
        #expect(result.status == status, "\(result)")
        #expect(result.output == output)
    }

    @Test(
        arguments: [
            (["verify"], "Give a hash or --batch FILE"),
            (["verify", bcrypt, "--batch", "x"], "Give a hash or --batch"),
            (["verify", "--batch", "x", "--scheme", "md5"], "each line has its own"),
            (["verify", bcrypt, "--scheme", "bcript"], "did you mean \"bcrypt\"?"),
            (["verify", bcrypt, "--scheme", "bcrypt", "--option", "peper=x"], "did you mean \"pepper\"?"),
            (["verify", bcrypt, "--option", "salt"], "KEY=VALUE"),
            (["verify", bcrypt, "--option", "salt=x"], "needs a scheme that is named"),
            (["verify", bcrypt, "--scheme", "bcrypt", "--option", "rounds=8"], "rounds is no option of bcrypt"),
            (["verify", "x", "--scheme", "md5", "--option", "iterations=many"], "should be a whole number"),
            (["verify", "x", "--scheme", "firebase-scrypt"], "firebase-scrypt needs signer_key"),
            (["verify", bcrypt, "--scheme", "bcrypt", "--option", "pepper=@/nowhere/p"], "no such file"),
            (["identify", bcrypt, "--file", "x"], "not both"), (["verify", bcrypt], "no password on standard input"),
        ])
    func `wrong usage is code 64, and says what to do`(_ arguments: [String], _ message: String) async throws {
        let result = try await run(arguments)
        #expect(result.status == 64, "\(result)")
        #expect(result.output.isEmpty)
        #expect(result.errors.contains(message), "\(result.errors)")
    }

    @Test func `a batch has a result a line, whatever they are`() async throws {
        let folder = try TemporaryFolder("hash")
        let lines = [
            #"{"scheme": "bcrypt", "hash": "\#(Self.bcrypt)", "password": "correct horse battery"}"#,
            #"{"scheme": "auto", "hash": "\#(Self.bcrypt)", "password_hex": "78"}"#,
            #"{"scheme": "auto", "hash": "{SASL}x", "password": "x"}"#,
            #"{"scheme": "md5", "hash": null, "password": "x"}"#,
            #"{"scheme": "sha1", "hash": "x", "password": "x", "options": {"iterations": "many"}}"#,
            #"{"scheme": "bcrypt", "hash": "$2b$31$\#(Self.bcrypt.dropFirst(7))", "password": "x"}"#,
        ]
        try Data((lines.joined(separator: "\r\n") + "\n").utf8).write(to: URL(fileURLWithPath: folder.file("batch")))
        let expected = """
            {"line":1,"scheme":"bcrypt","result":"match"}
            {"line":2,"scheme":"auto","result":"mismatch"}
            {"line":3,"scheme":"auto","result":"unverifiable"}
            {"line":4,"scheme":"md5","result":"malformed"}
            {"line":5,"scheme":"sha1","result":"malformed"}
            {"line":6,"scheme":"bcrypt","result":"over-limit"}

            """
        let result = try await run(["verify", "--batch", folder.file("batch")])
        #expect(result.status == 0)
        #expect(result.output == expected)
        #expect(try await run(["verify", "--batch", "-"], input: lines.joined(separator: "\n")).output == expected)

        let broken = try await run(["verify", "--batch", "-"], input: lines[0] + "\n{\"hash\": \"s3cr3t\"\n")
        #expect(broken.status == 1)
        #expect(broken.output == expected.split(separator: "\n")[0] + "\n")
        #expect(broken.errors.hasPrefix("-:2: error: "))
        #expect(!broken.errors.contains("s3cr3t"))
        #expect(try await run(["verify", "--batch", folder.file("gone")]).status == 1)
    }

    @Test func `identify says scheme, checkability and hand-over, and nothing of the hash`() async throws {
        let folder = try TemporaryFolder("hash")
        let hashes = [Self.bcrypt, "*", "5f4dcc3b5aa765d61d8327deb882cf99", "", "{SASL}ana@EXAMPLE.COM"]
        let text = hashes.joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("hashes")))
        let result = try await run(["identify", "--file", folder.file("hashes")])
        #expect(result.status == 3)
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == hashes.count + 1)
        #expect(lines[0] == "bcrypt: can be checked; as-is BCRYPT (the import takes it as BCRYPT)")
        #expect(lines[1].hasPrefix("unknown: malformed; reset") && lines[1].contains("locked"))
        #expect(lines[2].contains("name the scheme, such as md5, nt"))
        #expect(lines[3].contains("it is empty"))
        #expect(lines[4].hasPrefix("ldap: unverifiable; reset"))
        for secret in ["Cigs5Mou", "5f4dcc3b", "ana@EXAMPLE"] { #expect(!result.output.contains(secret)) }
        #expect(try await run(["identify", "-"], input: text).output == result.output)

        let one = try await run(["identify", Self.bcrypt, "--format", "json"])
        #expect(one.status == 0)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [String: String])
        #expect(object["scheme"] == "bcrypt")
        #expect(object["handover"] == "as-is")
        #expect(object["algorithm"] == "BCRYPT")
        #expect(try await run(["identify"]).status == 1)
    }
}
