import Foundation
import Synchronization

/// A real Active Directory domain controller, Samba's, started by the test at an address of its own in 127.0.0.0/8.
///
/// Nothing of it outlives the process, as with `LDAPServer`.
public final class ActiveDirectoryServer: Sendable {
    private static let sharedServer = Task { try await ActiveDirectoryServer() }

    /// The one that the tests of a process share. Who is in it: `Tests/Scripts/active-directory`.
    ///
    /// - Throws: skips the test if this isn't root, or Samba isn't installed.
    public static func shared() async throws -> ActiveDirectoryServer {
        try Requirement.require(getuid() == 0, orSkip: "Samba's domain controller is made by root only")
        try Requirement.require(
            ChildProcess.find("/usr/sbin/samba") != nil && ChildProcess.find("samba-tool") != nil,
            orSkip: "Samba is not installed (apt install samba samba-ad-provision samba-dsdb-modules "
                + "samba-vfs-modules winbind)")
        return try await sharedServer.value
    }

    public static let base = "DC=ad,DC=example,DC=com"
    public static let readerDN = "CN=reader,CN=Users,\(base)"
    /// Everybody's.
    public static let password = "Corr3ct-Horse!"

    /// Where it is; the ports are always 389 and 636.
    public let address: String
    private let folder: TemporaryFolder
    private let process = Mutex<pid_t?>(nil)

    public var tlsURL: String { "ldaps://\(address)" }
    public var plainURL: String { "ldap://\(address)" }
    public var certificateAuthority: String { folder.file("ca.pem") }

    private init() async throws {
        folder = try TemporaryFolder("samba")
        address = try Self.freeAddress()
        try await TestCertificates.make(in: folder, names: "IP:\(address)")
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Scripts/active-directory").path
        try await ChildProcess.run(script, [folder.path, address, Self.password])
        try ChildProcess.whenThisProcessIsGone(
            """
            # For a while, because one that is starting has no file yet.
            for tenth in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                test -f "$1/run/samba.pid" && kill -KILL "$(cat "$1/run/samba.pid")"
                sleep 0.1
            done
            """, argument: folder.path)
        AtExit.run { [weak self] in self?.kill() }
        try await start()
    }

    deinit {
        kill()
    }

    /// One where nobody listens at either port.
    private static func freeAddress() throws -> String {
        for _ in 0..<100 {
            let address = "127.\(Int.random(in: 64..<128)).\(Int.random(in: 0..<256)).\(Int.random(in: 1..<255))"
            let sockets = [389, 636].map { try? FreePort.listen(on: address, port: $0).socket }
            for case let socket? in sockets { close(socket) }
            if !sockets.contains(nil) { return address }
        }
        throw ChildProcess.Failure(description: "no address of 127.0.0.0/8 has its ports 389 and 636 free")
    }

    private func start() async throws {
        let log = folder.file("output")
        let pid = try ChildProcess.spawn(
            "/usr/sbin/samba", ["-i", "-M", "single", "-s", folder.file("etc/smb.conf")]
        ) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        process.withLock { $0 = pid }
        for _ in 0..<500 {
            let search = ["-x", "-H", plainURL, "-s", "base", "-b", "", "currentTime"]
            if (try? await ChildProcess.run("ldapsearch", search)) != nil { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw ChildProcess.Failure(description: "samba did not start: \(text)")
    }

    private func kill() {
        guard let pid = process.withLock({ $0.take() }) else { return }
        Foundation.kill(pid, SIGKILL)
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    }
}
