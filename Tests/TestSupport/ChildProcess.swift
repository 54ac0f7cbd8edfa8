public import Foundation

/// Programs that a test runs.
///
/// By `posix_spawn`, because Foundation's `Process` takes a program as running for as long as anything that it left
/// behind runs, such as a server.
public enum ChildProcess {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Runs a program to its end; waits for it on a thread of its own, because a wait on Swift's cooperative pool would
    /// hold other tests up, and those measure deadlines.
    ///
    /// - Parameter name: a path, or a name that is looked for in PATH.
    /// - Returns: its standard output.
    /// - Throws: with what it wrote to standard error, unless it ended with 0.
    @discardableResult
    public static func run(_ name: String, _ arguments: [String], input: String = "") async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try runAndWait(name, arguments, input: input) })
            }
        }
    }

    private static func runAndWait(_ name: String, _ arguments: [String], input: String) throws -> String {
        let folder = try TemporaryFolder("run")
        defer { folder.remove() }
        try Data(input.utf8).write(to: URL(fileURLWithPath: folder.file("in")))
        let pid = try spawn(name, arguments) { actions in
            // Files, no pipes: a server that the program leaves running would keep a pipe open for ever.
            posix_spawn_file_actions_addopen(&actions, 0, folder.file("in"), O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, folder.file("out"), O_WRONLY | O_CREAT, 0o600)
            posix_spawn_file_actions_addopen(&actions, 2, folder.file("err"), O_WRONLY | O_CREAT, 0o600)
        }
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else {
            let text = (try? String(contentsOfFile: folder.file("err"), encoding: .utf8)) ?? ""
            throw Failure(description: "\(name) ended with status \(status): \(text)")
        }
        return try String(contentsOfFile: folder.file("out"), encoding: .utf8)
    }

    /// Starts a shell that does something once this process is gone, whichever way it went.
    ///
    /// - Parameter script: has `argument` as `$1`.
    public static func whenThisProcessIsGone(_ script: String, argument: String) throws {
        var ends: [CInt] = [-1, -1]
        // One end stays open in this process until it dies, and is in no child of it.
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Failure(description: "no socket: errno \(errno)")
        }
        let whole = "trap '' INT TERM HUP\ncat > /dev/null\n" + script
        _ = try spawn("/bin/sh", ["-c", whole, "guardian", argument]) { actions in
            posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        close(ends[1])
    }

    /// Starts a program. Whoever does has to wait for it.
    ///
    /// - Parameters:
    ///   - environment: all of it; if nil this process's own without libpq's variables (`PG*`), because a test may have set
    ///     them that runs at the same time.
    ///   - prepare: says where its standard input, output and error are.
    public static func spawn(
        _ name: String, _ arguments: [String], environment: [String: String]? = nil,
        _ prepare: (inout posix_spawn_file_actions_t) -> Void
    ) throws -> pid_t {
        guard let executable = find(name) else { throw Failure(description: "\(name) is not installed") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        prepare(&actions)
        // What this process has open without close-on-exec would stay open for as long as the child runs: the testing
        // library waits for the end of such a pipe.
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            // Nothing is wrong with one that isn't open any more.
            if let descriptor = CInt(name), descriptor > 2 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        }
        var words = ([executable] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        // A process group of its own: what kills this process by its group (timeout(1)) must not kill the guardians too.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // And no signal blocked: a worker thread of Dispatch blocks all, and its child would inherit that.
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        let all = environment ?? ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
        var variables = all.map { strdup("\($0)=\($1)") } + [nil]
        defer { for variable in variables { free(variable) } }
        let code = posix_spawn(&pid, executable, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw Failure(description: "\(name) did not start: errno \(code)") }
        return pid
    }

    public static func find(_ name: String) -> String? {
        if name.hasPrefix("/") { return FileManager.default.isExecutableFile(atPath: name) ? name : nil }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.lazy.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
