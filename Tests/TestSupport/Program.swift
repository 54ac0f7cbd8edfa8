import Foundation
import Synchronization

/// One of our programs, as it was built, run as a process.
///
/// It is waited for on a thread: nothing here keeps Swift's cooperative pool.
public final class Program: Sendable {
    public struct Result: Sendable {
        public let status: Int32
        public let output: String
        public let errors: String
    }

    private struct Ending {
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    /// The folder of the built programs: that of the test bundle.
    public static let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path

    private let files: TemporaryFolder
    public let pid: Int32
    private let ending = Mutex(Ending())

    /// - Parameters:
    ///   - name: of a product of the package, or a path.
    ///   - environment: all of it: nothing is inherited but what sanitizers are told.
    public init(
        _ name: String, _ arguments: [String] = [], environment: [String: String] = [:], input: [UInt8] = [],
        in folder: String? = nil
    ) throws {
        let files = try TemporaryFolder("program")
        try Data(input).write(to: URL(fileURLWithPath: files.file("in")))
        self.files = files
        let variables = ["PATH": "/usr/bin:/bin"].merging(Sanitizer.environment) { $1 }.merging(environment) { $1 }
        let executable = name.hasPrefix("/") ? name : "\(Self.folder)/\(name)"
        // By a shell that becomes the program: posix_spawn's own way into a folder is not to be had from Swift.
        let (spawned, words) =
            folder.map { ("/bin/sh", ["-c", "cd \"$0\" && exec \"$@\"", $0, executable] + arguments) }
            ?? (executable, arguments)
        pid = try ChildProcess.spawn(spawned, words, environment: variables) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, files.file("in"), O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, files.file("out"), O_WRONLY | O_CREAT, 0o600)
            posix_spawn_file_actions_addopen(&actions, 2, files.file("err"), O_WRONLY | O_CREAT, 0o600)
        }
        Thread.detachNewThread { [self] in
            var code: CInt = 0
            while waitpid(pid, &code, 0) < 0 && errno == EINTR {}
            // wait(2): the exit code, or 128 and the signal, as a shell says it.
            ended(code & 0x7F == 0 ? (code >> 8) & 0xFF : 128 + (code & 0x7F))
        }
    }

    private func ended(_ code: Int32) {
        let waiters = ending.withLock { ending in
            ending.status = code
            defer { ending.waiters = [] }
            return ending.waiters
        }
        for waiter in waiters { waiter.resume(returning: code) }
    }

    /// Waits for its end.
    public func result() async -> Result {
        let code = await withCheckedContinuation { continuation in
            let status = ending.withLock { ending -> Int32? in
                if ending.status == nil { ending.waiters.append(continuation) }
                return ending.status
            }
            if let status { continuation.resume(returning: status) }
        }
        return Result(status: code, output: text("out"), errors: text("err"))
    }

    /// What it has written to standard error so far.
    public var errorsSoFar: String { text("err") }

    private struct NeverListened: Error {
        let errors: String
    }

    /// Where `serve` listens, as it says itself: `http://HOST:PORT`.
    public func listeningAddress() async throws -> String {
        for _ in 0..<500 {
            let line = errorsSoFar.split(separator: "\n").first { $0.hasPrefix("listening on ") }
            if let line { return String(line.dropFirst("listening on ".count)) }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NeverListened(errors: errorsSoFar)
    }

    private func text(_ name: String) -> String {
        String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: files.file(name)))) ?? Data(), as: UTF8.self)
    }

    public func signal(_ number: Int32) {
        // Once it has ended its number may be another's.
        ending.withLock { ending in
            if ending.status == nil { _ = kill(pid, number) }
        }
    }

    /// Runs one to its end.
    public static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], input: String = "",
        in folder: String? = nil
    ) async throws -> Result {
        try await Program(name, arguments, environment: environment, input: Array(input.utf8), in: folder).result()
    }
}
