import Foundation
import TestSupport
import Testing

/// `deploy/Dockerfile`, as far as it can be checked without building it.
@Suite struct ImageTests {
    private static let path = FunctionPackage.script("deploy/Dockerfile")

    /// Its instructions, without comments and with the lines that go on joined.
    private func instructions() throws -> [String] {
        let text = try String(contentsOfFile: Self.path, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("#") }
        return lines.joined(separator: "\n").replacingOccurrences(of: "\\\n", with: " ")
            .split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    }

    private func hadolint(_ text: String) async throws -> Program.Result {
        let python = try PythonServer.python()
        let program = URL(fileURLWithPath: python).deletingLastPathComponent().appendingPathComponent("hadolint").path
        return try await Program.run(program, ["--no-color", "-"], input: text)
    }

    @Test func `hadolint finds nothing in the Dockerfile`() async throws {
        let text = try String(contentsOfFile: Self.path, encoding: .utf8)
        let result = try await hadolint(text)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        // It would find something.
        let broken = text.replacingOccurrences(of: "\nWORKDIR /src\n", with: "\nWORKDIR src\n")
        let found = try await hadolint(broken)
        #expect(found.status != 0)
        #expect(found.output.contains("DL3000"))
    }

    @Test func `what is copied into the image is there, and isn't kept out of it`() throws {
        let ignored = try String(contentsOfFile: FunctionPackage.script(".dockerignore"), encoding: .utf8)
            .split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
        #expect(ignored.contains(".git"))
        let copies = try instructions().filter { $0.hasPrefix("COPY ") && !$0.contains("--from=") }
        #expect(copies.count == 5)
        for copy in copies {
            for source in copy.split(separator: " ").dropFirst().dropLast() {
                #expect(
                    FileManager.default.fileExists(atPath: FunctionPackage.script(String(source))), "\(source)")
                #expect(!ignored.contains(String(source)), "\(source)")
            }
        }
        // What one stage takes of another.
        let stages = try instructions().filter { $0.hasPrefix("FROM ") }.compactMap { $0.split(separator: " ").last }
        for copy in try instructions() where copy.hasPrefix("COPY --from=") {
            let stage = copy.dropFirst("COPY --from=".count).prefix { $0 != " " }
            #expect(stages.contains(stage), "\(stage)")
        }
        #expect(Array(stages.suffix(2)) == ["lambda", "serve"])
    }

    /// Debian's names, which the Makefile has too, so that both build alike.
    @Test func `the image is built with what the Makefile installs`() throws {
        let makefile = try String(contentsOfFile: FunctionPackage.script("Makefile"), encoding: .utf8)
        func list(_ variable: String) throws -> Set<Substring> {
            let line = try #require(makefile.split(separator: "\n").first { $0.hasPrefix("\(variable) = ") })
            return Set(line.split(separator: " ").dropFirst(2))
        }
        let needed = try list("BUILD_PACKAGES").union(list("PACKAGE_PACKAGES")).union(["make"])
        let install = try #require(instructions().first { $0.contains("apt-get install") })
        let words = install.split(separator: " ")
        let start = try #require(words.firstIndex(of: "--no-install-recommends"))
        let installed = Set(words[words.index(after: start)...].prefix { $0 != "&&" })
        #expect(installed == needed)
    }

    @Test func `serve isn't run by root, and is asked whether it is well`() throws {
        let lines = try instructions()
        let serve = lines[try #require(lines.firstIndex { $0.hasSuffix(" AS serve") })...]
        let user = try #require(serve.first { $0.hasPrefix("USER ") })
        #expect(user == "USER 10001:10001")
        #expect(serve.contains { $0.hasPrefix("HEALTHCHECK ") && $0.contains("/healthz") })
        let command = try #require(serve.last { $0.hasPrefix("CMD ") })
        #expect(command == #"CMD ["serve", "--listen", "0.0.0.0:9000"]"#)
        let function = lines[try #require(lines.firstIndex { $0.hasSuffix(" AS lambda") })...].prefix {
            $0 != serve.first
        }
        #expect(function.contains(#"ENTRYPOINT ["/var/task/bootstrap"]"#))
        #expect(function.contains(#"CMD ["trigger"]"#))
    }
}
