import Foundation

/// A stand-in for AWS from PyPI, run by the tests' own Python (`TESTS_PYTHON`) on a free loopback port.
///
/// Nothing of it outlives the process: it is ended at exit, and if the process is killed, by a shell that waits for that.
public final class PythonServer: Sendable {
    /// Where it listens: `http://127.0.0.1:PORT`.
    public let endpoint: String
    private let process: Program

    /// The process's one moto, for tests that make all that they look at.
    public static func sharedMoto() async throws -> PythonServer {
        try await shared.value
    }

    private static let shared = Task { try await moto() }

    /// The process's one ministack.
    public static func sharedMinistack() async throws -> PythonServer {
        try await sharedStack.value
    }

    private static let sharedStack = Task { try await ministack() }

    /// moto: of each service the answers, and little of what it refuses.
    public static func moto() async throws -> PythonServer {
        let port = try FreePort.next()
        return try await PythonServer(
            module: "moto.server", ["-H", "127.0.0.1", "-p", "\(port)"], port: port, health: "/moto-api/")
    }

    /// ministack: runs functions as processes, and calls some of a user pool's triggers.
    public static func ministack() async throws -> PythonServer {
        let port = try FreePort.next()
        return try await PythonServer(
            module: "ministack", [], environment: ["BIND_HOST": "127.0.0.1", "GATEWAY_PORT": "\(port)"], port: port,
            health: "/_ministack/health")
    }

    /// The tests' Python, which `make test` sets up; skips the test if there is none.
    public static func python() throws -> String {
        let python = ProcessInfo.processInfo.environment["TESTS_PYTHON"] ?? ""
        try Requirement.require(
            !python.isEmpty, orSkip: "TESTS_PYTHON names no Python with the packages of Tests/requirements.txt")
        return python
    }

    private struct NeverAnswered: Error {
        let errors: String
    }

    private init(
        module: String, _ arguments: [String], environment: [String: String] = [:], port: UInt16, health: String
    ) async throws {
        endpoint = "http://127.0.0.1:\(port)"
        let python = try Self.python()
        // Its temporary files are its own, too.
        let folder = try TemporaryFolder("python")
        let variables = ["HOME": folder.path, "TMPDIR": folder.path, "AWS_DEFAULT_REGION": "eu-west-1"]
        process = try Program(
            python, ["-m", module] + arguments, environment: variables.merging(environment) { $1 }, in: folder.path)
        let process = process
        AtExit.run { process.signal(SIGKILL) }
        try ChildProcess.whenThisProcessIsGone(
            """
            # By then its number may be somebody else's.
            case "$(tr '\\0' ' ' < "/proc/$1/cmdline")" in *moto* | *ministack*) kill -KILL "$1" ;; esac
            """, argument: "\(process.pid)")
        for _ in 0..<600 {
            if (try? await HTTPExchange.post([], to: health, port: Int(port))) != nil { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        stop()
        throw NeverAnswered(errors: process.errorsSoFar)
    }

    public func stop() {
        process.signal(SIGKILL)
    }

    deinit { stop() }
}
