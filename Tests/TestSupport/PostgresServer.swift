import Foundation
import Synchronization

/// A real PostgreSQL, started by the test: scram-sha-256, TLS, a free port on 127.0.0.1.
///
/// Nothing of it outlives the process: it is stopped at exit, and if the process is killed, by a shell that waits for that.
/// Durability is off, so a start takes about a second.
public final class PostgresServer: Sendable {
    private static let binaries = [15, 16, 17, 14, 13].map { "/usr/lib/postgresql/\($0)/bin" }
        .first { ChildProcess.find($0 + "/initdb") != nil }

    private static let sharedServer = Task { try await PostgresServer() }

    /// The one that tests share; they must leave it running and each other's tables alone.
    ///
    /// - Throws: skips the test if PostgreSQL isn't installed.
    public static func shared() async throws -> PostgresServer {
        try require()
        return try await sharedServer.value
    }

    /// One of the test's own, to stop and start.
    public static func separate() async throws -> PostgresServer {
        try require()
        return try await PostgresServer()
    }

    private static func require() throws {
        try Requirement.require(binaries != nil, orSkip: "PostgreSQL is not installed (apt install postgresql)")
    }

    public static let password = "correct horse"

    public let port: UInt16
    private let folder: TemporaryFolder

    /// The certificate that signed the server's, which is good for `localhost` and 127.0.0.1.
    public var certificateAuthority: String { folder.file("ca.pem") }
    /// A certificate that signed nothing.
    public var strangeAuthority: String { folder.file("strange-ca.pem") }
    public var socketFolder: String { folder.path }

    private init() async throws {
        folder = try TemporaryFolder("postgres")
        port = try FreePort.next()
        try await TestCertificates.make(in: folder)
        try await protectKey()
        try Data(Self.password.utf8).write(to: URL(fileURLWithPath: folder.file("password")))
        if getuid() == 0 { try await ChildProcess.run("chown", ["-R", "postgres", folder.path]) }
        try await asServerUser(
            "initdb",
            [
                "-D", data, "-U", "postgres", "--pwfile", folder.file("password"), "-A", "scram-sha-256", "--no-sync",
                "--encoding=UTF8", "--locale=C",
            ])
        try configure(
            """
            listen_addresses = '127.0.0.1'
            fsync = off
            max_connections = 200
            ssl = on
            ssl_cert_file = '\(folder.file("server.pem"))'
            ssl_key_file = '\(folder.file("server.key"))'
            """)
        try await startUntilProcessEnds()
    }

    private init(standbyOf primary: PostgresServer) async throws {
        folder = try TemporaryFolder("standby")
        port = try FreePort.next()
        if getuid() == 0 { try await ChildProcess.run("chown", ["postgres", folder.path]) }
        try await asServerUser(
            "pg_basebackup",
            ["-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", primary.connection(database: "")])
        try configure("")
        try await startUntilProcessEnds()
    }

    /// A hot standby of it, on a port of its own: it shows what the primary has, and takes no change. Its certificate is the
    /// primary's.
    public func standby() async throws -> PostgresServer {
        try await PostgresServer(standbyOf: self)
    }

    /// Adds to its configuration; of two lines about a setting the last counts.
    private func configure(_ lines: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: data + "/postgresql.conf"))
        try file.seekToEnd()
        let places = "\nport = \(port)\nunix_socket_directories = '\(folder.path)'\n"
        try file.write(contentsOf: Data("\(places)\(lines)\n".utf8))
        try file.close()
    }

    private func startUntilProcessEnds() async throws {
        try ChildProcess.whenThisProcessIsGone(
            """
            # For a while, because one that is starting has no file yet.
            for tenth in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                test -f "$1/data/postmaster.pid" && kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")"
                sleep 0.1
            done
            """, argument: folder.path)
        AtExit.run { [data] in Self.kill(data: data) }
        try await start()
    }

    deinit {
        // Before its folder goes, or nobody could find it any more.
        Self.kill(data: data)
    }

    private var data: String { folder.file("data") }

    private func asServerUser(_ program: String, _ arguments: [String]) async throws {
        let path = (Self.binaries ?? "") + "/" + program
        if getuid() == 0 {
            try await ChildProcess.run("runuser", ["-u", "postgres", "--", path] + arguments)
        } else {
            try await ChildProcess.run(path, arguments)
        }
    }

    private func protectKey() async throws {
        try await ChildProcess.run("chmod", ["600", folder.file("server.key")])
        if getuid() == 0 { try await ChildProcess.run("chown", ["postgres", folder.file("server.key")]) }
    }

    // MARK: Running

    /// Gives it another certificate of the same authority; it is restarted for that.
    ///
    /// - Parameters:
    ///   - names: whom it is for, as openssl writes it: `DNS:db.example.com`.
    ///   - days: how long it is good for; -1 has it expired yesterday.
    public func renewCertificate(names: String = TestCertificates.loopback, days: Int = 2) async throws {
        try await TestCertificates.renew(in: folder, names: names, days: days)
        try await protectKey()
        try await restart()
    }

    public func start() async throws {
        try await asServerUser("pg_ctl", ["-D", data, "-w", "-l", folder.file("log"), "start"])
    }

    public func stop() async throws {
        try await asServerUser("pg_ctl", ["-D", data, "-m", "immediate", "-w", "stop"])
    }

    public func restart() async throws {
        try await stop()
        try await start()
    }

    private static func kill(data: String) {
        guard let text = try? String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8),
            let line = text.split(separator: "\n").first, let pid = pid_t(line)
        else { return }
        Foundation.kill(pid, SIGQUIT)
        // It is no child of ours, so it can't be waited for.
        for _ in 0..<250 where Foundation.kill(pid, 0) == 0 { usleep(20_000) }
    }

    // MARK: Use

    /// A conninfo for it.
    public func connection(
        user: String = "postgres", password: String = PostgresServer.password, database: String = "postgres",
        _ more: String = ""
    ) -> String {
        "host=127.0.0.1 port=\(port) user=\(user) password='\(password)' dbname=\(database) \(more)"
    }

    /// Runs statements, as psql does.
    ///
    /// - Returns: the rows, unaligned.
    @discardableResult
    public func run(_ sql: String, database: String = "postgres") async throws -> String {
        try await ChildProcess.run(
            (Self.binaries ?? "") + "/psql",
            ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", connection(database: database)],
            input: sql)
    }
}
