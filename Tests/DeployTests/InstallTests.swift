import Foundation
import TestSupport
import Testing

/// What `make install` has put under a folder: `Tests/run` does that and names the folder in `INSTALLED_PREFIX`.
@Suite struct InstallTests {
    private func installed(_ path: String) throws -> String {
        let prefix = ProcessInfo.processInfo.environment["INSTALLED_PREFIX"] ?? ""
        try Requirement.require(
            !prefix.isEmpty, orSkip: "INSTALLED_PREFIX names no folder with what make install puts there")
        return "\(prefix)/\(path)"
    }

    private func shell(_ program: String, _ arguments: [String]) async throws -> Program.Result {
        let path = try #require(ChildProcess.find(program), "\(program) is not installed")
        let home = try TemporaryFolder("home")
        // fish writes what it knows into the home folder.
        return try await Program.run(
            path, arguments, environment: ["HOME": home.path, "TERM": "dumb", "LC_ALL": "C.UTF-8"], in: home.path)
    }

    @Test func `the version says the commit`() async throws {
        let result = try await Program.run(try installed("bin/migrate-cli"), ["--version"])
        #expect(result.status == 0)
        #expect(result.output.wholeMatch(of: /migrate-cli \d+\.\d+\.\d+ \(([0-9a-f]{7,}(-dirty)?|unknown)\)\n/) != nil)
        let project = FunctionPackage.project
        guard let commit = try? await ChildProcess.run("git", ["-C", project, "rev-parse", "HEAD"]) else { return }
        let said = try #require(result.output.firstMatch(of: /\(([0-9a-f]+)/)).1
        #expect(commit.hasPrefix(said))
    }

    /// A file is written when it would be another, and only then, so that a build of the same commit does nothing.
    @Test func `the commit is what git says, what is told, or unknown`() async throws {
        let files = try TemporaryFolder("commit")
        let package = files.file("package")
        func commit(_ environment: [String: String] = [:]) async throws -> String {
            let result = try await Program.run(
                "/bin/sh", [FunctionPackage.script("Plugins/BuildCommit/write-commit"), package, files.file("made")],
                environment: environment)
            try #require(result.status == 0, "\(result.errors)")
            let text = try String(contentsOfFile: files.file("made/BuildCommit.swift"), encoding: .utf8)
            return String(try #require(text.firstMatch(of: /let buildCommit = "(.*)"/)).1)
        }
        func git(_ arguments: String...) async throws {
            let identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
            try await ChildProcess.run("git", ["-C", package] + identity + arguments)
        }
        try FileManager.default.createDirectory(atPath: package, withIntermediateDirectories: false)
        #expect(try await commit() == "unknown")
        #expect(try await commit(["BUILD_COMMIT": "1234567"]) == "1234567")
        #expect(try await commit(["BUILD_COMMIT": "\"; exit(1)"]) == "unknown")
        try await git("init", "--quiet")
        try Data("one".utf8).write(to: URL(fileURLWithPath: "\(package)/file"))
        try await git("add", "file")
        try await git("commit", "--quiet", "-m", "One")
        try await git("tag", "-a", "v9", "-m", "A tag is no commit")
        let clean = try await commit()
        #expect(clean.wholeMatch(of: /[0-9a-f]{7}/) != nil)
        let made = URL(fileURLWithPath: files.file("made/BuildCommit.swift"))
        let past = Date(timeIntervalSince1970: 1_000_000_000)
        try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: made.path)
        #expect(try await commit() == clean)
        let written = try FileManager.default.attributesOfItem(atPath: made.path)[.modificationDate] as? Date
        #expect(written == past)
        try Data("two".utf8).write(to: URL(fileURLWithPath: "\(package)/file"))
        #expect(try await commit() == "\(clean)-dirty")
        // An unpacked archive inside of another's repository.
        let inner = "\(package)/inner"
        try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: false)
        let result = try await Program.run(
            "/bin/sh", [FunctionPackage.script("Plugins/BuildCommit/write-commit"), inner, files.file("made")])
        #expect(result.status == 0)
        #expect(try String(contentsOf: made, encoding: .utf8).contains("\"unknown\""))
    }

    @Test func `each command has a page, and groff understands it`() async throws {
        let folder = try installed("share/man/man1")
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        for command in [
            "", ".config", ".config.check", ".doctor", ".lookup", ".cache.build", ".hash", ".invoke", ".serve",
        ] {
            #expect(pages.contains("migrate-cli\(command).1"), "\(command)")
        }
        for page in pages {
            let result = try await shell("groff", ["-mandoc", "-Tutf8", "-P-cbu", "-ww", "\(folder)/\(page)"])
            #expect(result.status == 0)
            // The paragraphs of a help text are told apart by an empty line, where a page has a macro.
            let errors = result.errors.split(separator: "\n").filter { !$0.contains("mdoc warning: Empty input line") }
            #expect(errors.isEmpty, "\(page): \(errors)")
            #expect(result.output.contains("NAME"), "\(page)")
        }
        let first = try await shell("groff", ["-mandoc", "-Tascii", "-P-cbu", "\(folder)/migrate-cli.1"])
        #expect(first.output.contains("Cognito"))
    }

    @Test func `bash completes commands and options`() async throws {
        let file = try installed("share/bash-completion/completions/migrate-cli")
        #expect(try await shell("bash", ["-n", file]).status == 0)
        let script = """
            source "$1"
            function=$(complete -p migrate-cli | sed 's/.*-F \\([^ ]*\\).*/\\1/')
            try() {
                COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=$((${#COMP_LINE})) COMPREPLY=()
                "$function" migrate-cli "${!#}" "${@: -2:1}"
                printf '%s;' "${COMPREPLY[@]}"
                echo
            }
            PATH="$2:$PATH"
            try migrate-cli do
            try migrate-cli config ch
            try migrate-cli lookup --pass
            """
        let result = try await shell("bash", ["-c", script, "bash", file, try installed("bin")])
        #expect(result.output == "doctor;\ncheck;\n--password-stdin;\n", "\(result.errors)")
    }

    @Test func `zsh and fish understand their completions, and fish completes`() async throws {
        let zsh = try installed("share/zsh/site-functions/_migrate-cli")
        let parsed = try await shell("zsh", ["-n", zsh])
        #expect(parsed.status == 0, "\(parsed.errors)")
        let fish = try installed("share/fish/vendor_completions.d/migrate-cli.fish")
        let checked = try await shell("fish", ["--no-execute", fish])
        #expect(checked.status == 0, "\(checked.errors)")
        let bin = try installed("bin")
        let completed = try await shell(
            "fish", ["-c", "set -gx PATH \(bin) $PATH; source \(fish); complete -C 'migrate-cli do'"])
        #expect(completed.output.hasPrefix("doctor\t"), "\(completed.output)\(completed.errors)")
    }

    @Test func `what was installed can be taken away, and nothing else is`() async throws {
        let prefix = String(try installed("").dropLast())
        let files = try TemporaryFolder("uninstall")
        let copy = files.file("usr")
        try FileManager.default.copyItem(atPath: prefix, toPath: copy)
        try Data().write(to: URL(fileURLWithPath: "\(copy)/share/man/man1/other.1"))
        try await ChildProcess.run(FunctionPackage.script("deploy/install-cli"), ["uninstall", "debug", copy])
        let left = try #require(FileManager.default.enumerator(atPath: copy)).compactMap { $0 as? String }
            .filter { path in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: "\(copy)/\(path)", isDirectory: &isFolder)
                    && !isFolder.boolValue
            }
        #expect(left == ["share/man/man1/other.1"])
    }
}
