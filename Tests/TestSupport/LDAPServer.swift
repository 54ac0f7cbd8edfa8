import Foundation
import Synchronization

/// A real slapd, started by the test: TLS, StartTLS, a local socket, a password policy, free ports on 127.0.0.1 and ::1.
///
/// Nothing of it outlives the process: it is stopped at exit, and if the process is killed, by a shell that waits for that.
public final class LDAPServer: Sendable {
    private static let binary = ["/usr/sbin/slapd", "/usr/libexec/slapd", "/usr/local/libexec/slapd"]
        .first { ChildProcess.find($0) != nil }

    public static let suffix = "dc=example,dc=com"
    public static let readerDN = "cn=reader,dc=example,dc=com"
    /// A reader whom the server gives five entries at once, and ten a paged search.
    public static let limitedReaderDN = "cn=limited,dc=example,dc=com"
    public static let password = "correct horse"

    /// Attributes of the tests' own, in the object class `testPerson`: `login`, compared byte by byte; `note`; `id` and
    /// `number`; `text`; and `objectGUID` and `objectSid` as Active Directory has them.
    private static let schema = """
        attributetype (1.3.6.1.4.1.55555.1.1 NAME 'login' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40)
        attributetype (1.3.6.1.4.1.55555.1.2 NAME 'note' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40)
        attributetype (1.3.6.1.4.1.55555.1.3 NAME 'id' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27)
        attributetype (1.3.6.1.4.1.55555.1.4 NAME 'number' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27)
        attributetype (1.3.6.1.4.1.55555.1.5 NAME 'text' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15)
        attributetype (1.2.840.113556.1.4.2 NAME 'objectGUID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40)
        attributetype (1.2.840.113556.1.4.146 NAME 'objectSid' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40)
        objectclass (1.3.6.1.4.1.55555.2.1 NAME 'testPerson' SUP top AUXILIARY
            MAY ( login $ name $ note $ id $ number $ text $ objectGUID $ objectSid ))

        """

    /// - Parameters:
    ///   - ldif: added below `suffix`, before it starts.
    ///   - schema: attributes and classes of the test's own.
    ///   - certificateNames: whom its certificate is for instead, as openssl writes it: `DNS:ldap.example.com`.
    ///   - certificateDays: how long its certificate is good for; -1 has it expired yesterday.
    ///   - isSelfSigned: whether its certificate is one that nobody else signed.
    ///   - logsOperations: whether it keeps account of them, for `bindCount(of:)`.
    /// - Throws: skips the test if slapd isn't installed.
    public init(
        ldif: String, schema: String = "", certificateNames: String? = nil, certificateDays: Int = 2,
        isSelfSigned: Bool = false, logsOperations: Bool = false
    ) async throws {
        self.logsOperations = logsOperations
        try Requirement.require(Self.binary != nil, orSkip: "slapd is not installed (apt install slapd ldap-utils)")
        folder = try TemporaryFolder("ldap")
        ports = (try FreePort.next(), try FreePort.next(), try FreePort.next())
        // A server that goes away in the middle of TLS ends the process otherwise; what our programs do at their start too.
        signal(SIGPIPE, SIG_IGN)
        try await TestCertificates.make(
            in: folder, names: certificateNames ?? TestCertificates.loopback, days: certificateDays)
        if isSelfSigned { try TestCertificates.replaceByAuthority("strange-ca", in: folder) }
        try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: false)
        for (name, text) in [
            ("test.schema", Self.schema + schema), ("slapd.conf", configuration), ("entries.ldif", Self.base + ldif),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
        }
        let slapadd = (Self.binary.map { ($0 as NSString).deletingLastPathComponent } ?? "") + "/slapadd"
        try await ChildProcess.run(
            slapadd, ["-q", "-f", folder.file("slapd.conf"), "-l", folder.file("entries.ldif")])
        try ChildProcess.whenThisProcessIsGone(
            """
            # For a while, because one that is starting has no file yet.
            for tenth in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                test -f "$1/slapd.pid" && kill -KILL "$(cat "$1/slapd.pid")"
                sleep 0.1
            done
            """, argument: folder.path)
        AtExit.run { [weak self] in self?.kill() }
        try await start()
    }

    private let ports: (plain: UInt16, tls: UInt16, tls6: UInt16)
    private let folder: TemporaryFolder
    private let process = Mutex<pid_t?>(nil)
    private let moreConfiguration = Mutex("")
    private let logsOperations: Bool

    public var plainPort: UInt16 { ports.plain }
    public var tlsPort: UInt16 { ports.tls }
    public var tlsURL: String { "ldaps://127.0.0.1:\(ports.tls)" }
    public var tlsURL6: String { "ldaps://[::1]:\(ports.tls6)" }
    /// For StartTLS, or plaintext.
    public var plainURL: String { "ldap://127.0.0.1:\(ports.plain)" }
    public var socketURL: String { "ldapi://" + socketPath }
    /// The certificate that signed the server's, which is good for `localhost`, 127.0.0.1 and ::1.
    public var certificateAuthority: String { folder.file("ca.pem") }
    /// A certificate that signed nothing.
    public var strangeAuthority: String { folder.file("strange-ca.pem") }

    private var socketPath: String { folder.file("ldapi").split(separator: "/").map { "%2F" + $0 }.joined() }

    private static let base = """
        dn: dc=example,dc=com
        objectClass: dcObject
        objectClass: organization
        o: Example
        dc: example

        dn: cn=reader,dc=example,dc=com
        objectClass: person
        cn: reader
        sn: Reader
        userPassword: \(password)

        dn: cn=limited,dc=example,dc=com
        objectClass: person
        cn: limited
        sn: Limited
        userPassword: \(password)

        dn: cn=expiring,dc=example,dc=com
        objectClass: person
        objectClass: pwdPolicy
        cn: expiring
        sn: Policy
        pwdAttribute: userPassword
        pwdMaxAge: 3600

        dn: cn=graceful,dc=example,dc=com
        objectClass: person
        objectClass: pwdPolicy
        cn: graceful
        sn: Policy
        pwdAttribute: userPassword
        pwdMaxAge: 3600
        pwdGraceAuthNLimit: 100

        dn: cn=policy,dc=example,dc=com
        objectClass: person
        objectClass: pwdPolicy
        cn: policy
        sn: Policy
        pwdAttribute: userPassword
        pwdLockout: TRUE
        pwdMaxFailure: 3
        pwdMustChange: TRUE


        """

    deinit {
        kill()
    }

    private var configuration: String {
        """
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/inetorgperson.schema
        include \(folder.file("test.schema"))
        modulepath /usr/lib/ldap
        moduleload back_mdb
        moduleload ppolicy
        moduleload retcode
        pidfile \(folder.file("slapd.pid"))
        sizelimit size.soft=500 size.hard=1000 size.prtotal=unlimited
        sockbuf_max_incoming 4194303
        TLSCACertificateFile \(folder.file("ca.pem"))
        TLSCertificateFile \(folder.file("server.pem"))
        TLSCertificateKeyFile \(folder.file("server.key"))
        authz-regexp "gidNumber=.*,cn=peercred,cn=external,cn=auth" "\(Self.readerDN)"

        database mdb
        maxsize 1073741824
        dbnosync
        suffix "\(Self.suffix)"
        rootdn "cn=admin,\(Self.suffix)"
        rootpw \(Self.password.split(separator: " ").joined())
        directory \(folder.file("data"))
        index objectClass,uid,login,mail eq
        access to attrs=userPassword by anonymous auth by * none
        access to dn.subtree="ou=hidden,\(Self.suffix)" by * none
        access to * by dn.exact="\(Self.readerDN)" read by dn.exact="\(Self.limitedReaderDN)" read by * auth
        limits dn.exact="\(Self.limitedReaderDN)" size.soft=5 size.hard=5 size.prtotal=10
        overlay ppolicy
        ppolicy_default "cn=policy,\(Self.suffix)"
        ppolicy_use_lockout
        \(moreConfiguration.withLock { $0 })

        """
    }

    // MARK: Running

    public func start() async throws {
        let log = folder.file("log")
        let pid = try ChildProcess.spawn(
            Self.binary ?? "",
            [
                "-f", folder.file("slapd.conf"), "-d", logsOperations ? "stats" : "none",
                "-h",
                "ldap://127.0.0.1:\(ports.plain) ldaps://127.0.0.1:\(ports.tls) ldaps://[::1]:\(ports.tls6) "
                    + "ldapi://\(socketPath)",
            ]
        ) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        process.withLock { $0 = pid }
        for _ in 0..<500 {
            if (try? await ChildProcess.run("ldapwhoami", ["-x", "-H", plainURL])) != nil { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw ChildProcess.Failure(description: "slapd did not start: \(text)")
    }

    public func stop() {
        kill()
    }

    public func restart() async throws {
        stop()
        try await start()
    }

    /// Restarts it with these lines at the end of its database's configuration (slapd.conf(5)).
    public func restart(with lines: String) async throws {
        moreConfiguration.withLock { $0 = lines }
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: folder.file("slapd.conf")))
        try await restart()
    }

    /// Gives it another certificate of the same authority; it is restarted for that.
    ///
    /// - Parameters:
    ///   - names: whom it is for, as openssl writes it: `DNS:ldap.example.com`.
    ///   - days: how long it is good for; -1 has it expired yesterday.
    public func renewCertificate(names: String = TestCertificates.loopback, days: Int = 2) async throws {
        try await TestCertificates.renew(in: folder, names: names, days: days)
        try await restart()
    }

    /// Stops it in its tracks: the system goes on accepting connections for it, and nothing is said.
    public func pause() {
        process.withLock { _ = $0.map { Foundation.kill($0, SIGSTOP) } }
    }

    public func resume() {
        process.withLock { _ = $0.map { Foundation.kill($0, SIGCONT) } }
    }

    /// Its process's number while it runs.
    public var pid: Int32? { process.withLock { $0 } }

    private func kill() {
        guard let pid = process.withLock({ $0.take() }) else { return }
        Foundation.kill(pid, SIGKILL)
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    }

    // MARK: Use

    /// How many simple binds with a password it was asked for, by whom they were for, whether or not it took them; of the
    /// whole log if it was restarted.
    public func bindCount(of dn: String) throws -> Int {
        precondition(logsOperations, "it keeps no account")
        // loglevel(5): `conn=1003 op=0 BIND dn="cn=reader,dc=example,dc=com" method=128`, which is a simple one.
        return try String(contentsOfFile: folder.file("log"), encoding: .utf8)
            .split(separator: "\n").count { $0.hasSuffix(" BIND dn=\"\(dn)\" method=128") }
    }

    /// Changes entries, as ldapmodify does.
    public func modify(_ ldif: String) async throws {
        try await ChildProcess.run(
            "ldapmodify",
            [
                "-x", "-H", plainURL, "-D", "cn=admin,\(Self.suffix)", "-w",
                Self.password.split(separator: " ").joined(),
            ], input: ldif)
    }

    /// An attribute's line of LDIF, whatever its value has in it.
    public static func line(_ attribute: String, _ value: some Sequence<UInt8>) -> String {
        "\(attribute):: \(Data(value).base64EncodedString())\n"
    }
}
