import Foundation
import MigrationCore
import TestSupport
import Testing

/// What one kind alone can tell, by real servers and files.
@Suite struct KindTests {
    // MARK: PostgreSQL

    /// A table of its own, and a reader of its own with the rights given.
    private func postgres(
        _ name: String, grant: String, lookup: String? = nil, password: String = "reader-secret", user: String? = nil,
        columns: String = "id int, email text, pw text", timeout: Duration = .seconds(2)
    ) async throws -> DirectoryExamination {
        let server = try await PostgresServer.shared()
        try await server.run(
            """
            DROP TABLE IF EXISTS \(name); DROP ROLE IF EXISTS \(name)_reader;
            CREATE TABLE \(name) (\(columns)); CREATE ROLE \(name)_reader LOGIN PASSWORD 'reader-secret';
            \(grant.isEmpty ? "" : "GRANT \(grant) ON \(name) TO \(name)_reader;")
            """)
        let examination = try await examine(
            type: "postgres",
            [
                "connection": .text(server.connection(user: user ?? "\(name)_reader", password: password)),
                "lookup": .text(lookup ?? "SELECT * FROM \(name) WHERE lower(email) = lower($1)"),
                "list": .text("SELECT * FROM \(name) ORDER BY id"),
            ], timeout: timeout)
        try await server.run("DROP TABLE \(name); DROP ROLE \(name)_reader")
        return examination
    }

    @Test func `a reader that may only read is fine`() async throws {
        let examination = try await postgres("doctor_fine", grant: "SELECT")
        #expect(examination.problems.isEmpty, "\(examination.findings)")
        #expect(examination.severity(.reader) == .ok)
        #expect(examination.first(.readerCanWrite) == nil)
        #expect(examination.severity(.clock) == .ok)
        #expect(examination.severity(.lookUp) == .ok)
        #expect(examination.severity(.columns) == .ok)
        #expect(examination.severity(.listingEmpty) == .warning)
    }

    @Test func `a reader that can write is a warning`() async throws {
        let examination = try await postgres("doctor_writes", grant: "SELECT, UPDATE")
        #expect(examination.severity(.readerCanWrite) == .warning)
        #expect(examination.first(.readerCanWrite)?.what.contains("public.doctor_writes") == true)
        let superuser = try await postgres(
            "doctor_super", grant: "SELECT", password: PostgresServer.password, user: "postgres")
        #expect(superuser.first(.readerCanWrite)?.what.contains("superuser") == true)
    }

    @Test func `a reader without the right is told what to grant`() async throws {
        let examination = try await postgres("doctor_none", grant: "")
        #expect(examination.severity(.readerMayNotRead) == .problem, "\(examination.findings)")
        #expect(
            examination.first(.readerMayNotRead)?.advice?
                .contains("GRANT SELECT ON public.doctor_none TO doctor_none_reader") == true)
        #expect(examination.severity(.lookUp) == .problem)
    }

    @Test func `a wrong password is a problem, and not shown`() async throws {
        let examination = try await postgres("doctor_wrong", grant: "SELECT", password: "not-the-secret")
        #expect(examination.severity(.connection) == .problem)
        #expect(!"\(examination)".contains("not-the-secret"))
    }

    @Test func `a query that is none is a problem`() async throws {
        let examination = try await postgres(
            "doctor_query", grant: "SELECT", lookup: "SELEC * FROM doctor_query WHERE $1")
        #expect(examination.severity(.lookUp) == .problem)
        #expect(examination.first(.lookUp)?.what.contains("42601") == true)
    }

    @Test func `a look-up slower than its timeout is a problem where the server itself answers`() async throws {
        let examination = try await postgres(
            "doctor_slow", grant: "SELECT",
            lookup: "SELECT d.* FROM doctor_slow d RIGHT JOIN pg_sleep(5) ON true WHERE $1 <> ''",
            timeout: .milliseconds(300))
        #expect(examination.severity(.lookUpSlow) == .problem, "\(examination.findings)")
    }

    @Test func `a look-up that takes most of its timeout is a warning`() async throws {
        let examination = try await postgres(
            "doctor_slower", grant: "SELECT",
            lookup: "SELECT d.* FROM doctor_slower d, pg_sleep(0.6) WHERE $1 = 'x' OR (SELECT pg_sleep(0.6)) IS NULL",
            timeout: .seconds(1))
        #expect(examination.severity(.lookUpSlow) == .warning, "\(examination.findings)")
    }

    @Test func `a look-up that finds somebody for any name is a problem`() async throws {
        let examination = try await postgres(
            "doctor_any", grant: "SELECT", lookup: "SELECT 1 AS id, 'x' AS email, 'y' AS pw WHERE $1 <> ''")
        #expect(examination.severity(.lookUpFindsAnybody) == .problem)
    }

    @Test func `a look-up's result is checked for its own columns`() async throws {
        let examination = try await postgres(
            "doctor_columns", grant: "SELECT", lookup: "SELECT id, email FROM doctor_columns WHERE email = $1")
        #expect(examination.first(.columnMissing)?.what.contains("the look-up's result has no column \"pw\"") == true)
    }

    @Test func `a host that isn't there is nobody's answer`() async throws {
        let examination = try await examine(
            type: "postgres",
            ["connection": .text("host=127.0.0.1 port=\(try FreePort.next()) dbname=x"), "lookup": .text("SELECT $1")])
        #expect(examination.findings.map(\.severity) == [.unknown])
    }

    @Test(arguments: [FaultProxy.Behaviour.silent, .babbling([0x53])])
    func `a server that says nothing costs its timeout and a few seconds`(_ manner: FaultProxy.Behaviour) async throws {
        let peer = try FaultProxy(manner)
        let start = ContinuousClock.now
        let examination = try await examine(
            type: "postgres",
            [
                "connection": .text(
                    "host=127.0.0.1 port=\(peer.port) dbname=x sslmode=verify-full sslrootcert=/etc/passwd"),
                "lookup": .text("SELECT $1"),
            ], timeout: .milliseconds(500))
        #expect(start.duration(to: .now) < .seconds(8))
        #expect(examination.severity(.connection) != .ok, "\(examination.findings)")
    }

    // MARK: LDAP

    private static let people = """
        dn: ou=people,dc=example,dc=com
        objectClass: organizationalUnit
        ou: people

        dn: uid=ana,ou=people,dc=example,dc=com
        objectClass: inetOrgPerson
        uid: ana
        cn: Ana
        sn: Sol
        mail: ana@example.com


        """

    private func ldap(
        base: String = "ou=people,dc=example,dc=com", reader: String? = LDAPServer.readerDN,
        readerPassword: String = LDAPServer.password, key: String = "entryUUID", password: PasswordSource = .bind,
        attributes: [AttributeRule] = [AttributeRule("email", from: .columns(["mail"]))],
        more: [String: ConnectorOptions.Value] = [:]
    ) async throws -> DirectoryExamination {
        let server = try await LDAPServer(ldif: Self.people)
        var options: [String: ConnectorOptions.Value] = [
            "url": .text(server.tlsURL), "ca_file": .text(server.certificateAuthority), "base": .text(base),
            "filter": .text("(mail={username})"), "list_filter": .text("(objectClass=inetOrgPerson)"),
        ]
        if more["plaintext"] != nil { options["url"] = .text(server.plainURL) }
        if let reader {
            options["bind_dn"] = .text(reader)
            options["bind_password"] = .text(readerPassword)
        }
        return try await examine(
            type: "ldap", options.merging(more) { $1 }, key: key, password: password, attributes: attributes)
    }

    @Test func `a good LDAP directory has nothing to fix`() async throws {
        let examination = try await ldap()
        #expect(examination.problems.isEmpty, "\(examination.findings)")
        for code in [Finding.Code.connection, .lookUp, .paging, .base, .listing, .key, .attribute] {
            #expect(examination.severity(code) == .ok, "\(code)")
        }
    }

    @Test func `an LDAP reader that sees nobody is a problem`() async throws {
        let examination = try await ldap(reader: nil)
        #expect(examination.severity(.readerAnonymous) == .warning, "\(examination.findings)")
        #expect(!examination.problems.isEmpty)
    }

    @Test func `a base that isn't there is a problem, with those there are`() async throws {
        let examination = try await ldap(base: "ou=nowhere,dc=example,dc=com")
        #expect(examination.severity(.base) == .problem, "\(examination.findings)")
        #expect(examination.first(.base)?.advice?.contains("dc=example,dc=com") == true)
    }

    @Test func `a wrong bind password is a problem, and not shown`() async throws {
        let examination = try await ldap(readerPassword: "not-the-secret")
        #expect(examination.severity(.connection) == .problem)
        #expect(!"\(examination)".contains("not-the-secret"))
    }

    @Test func `an attribute that nobody has is said, with the nearest`() async throws {
        let examination = try await ldap(attributes: [AttributeRule("email", from: .columns(["maill"]))])
        #expect(examination.severity(.columnNotSeen) == .warning)
        #expect(examination.first(.columnNotSeen)?.advice == "did you mean \"mail\"?")
    }

    @Test func `a password attribute that the reader doesn't see is a problem`() async throws {
        let examination = try await ldap(password: .column("userPassword"))
        #expect(examination.severity(.passwordsNotSeen) == .problem)
        #expect(examination.first(.passwordsNotSeen)?.advice?.contains("password: bind") == true)
    }

    @Test func `plaintext is a warning`() async throws {
        let examination = try await ldap(more: ["plaintext": .flag(true)])
        #expect(examination.severity(.plaintext) == .warning, "\(examination.findings)")
    }

    @Test func `a server that shows no clock has nothing said of it`() async throws {
        let examination = try await ldap()
        // slapd doesn't; Active Directory does.
        #expect(examination.first(.clock) == nil)
        #expect(examination.first(.clockDiffers) == nil)
    }

    // MARK: Files

    @Test func `a SQLite file in WAL mode, and readable by everybody, is a warning`() async throws {
        let file = try await SQLiteFile(
            "PRAGMA journal_mode = WAL; CREATE TABLE users (id, email, pw); INSERT INTO users VALUES (1, 'a@example.com', 'x');"
        )
        try await ChildProcess.run("chmod", ["644", file.path])
        let options: [String: ConnectorOptions.Value] = [
            "path": .text(file.path), "lookup": .text("SELECT * FROM users WHERE email = ?1"),
            "list": .text("SELECT * FROM users"),
        ]
        let examination = try await examine(type: "sqlite", options)
        #expect(examination.severity(.fileWriteAheadLog) == .warning, "\(examination.findings)")
        #expect(examination.severity(.fileReadableByOthers) == .warning)
        #expect(examination.severity(.file) == .ok)
        try await ChildProcess.run("chmod", ["600", file.path])
        try await file.run("PRAGMA journal_mode = DELETE")
        let better = try await examine(type: "sqlite", options)
        #expect(better.first(.fileWriteAheadLog) == nil)
        #expect(better.first(.fileReadableByOthers) == nil)
    }

    @Test func `a SQLite file that isn't there is a problem`() async throws {
        let examination = try await examine(
            type: "sqlite",
            ["path": .text("/nowhere/users.sqlite"), "lookup": .text("SELECT * FROM users WHERE email = ?1")])
        #expect(examination.severity(.connection) == .problem)
        #expect(examination.problems.count == 1, "\(examination.findings)")
    }

    @Test func `a table without a list says what that is needed for`() async throws {
        let file = try await SQLiteFile("CREATE TABLE users (id, email, pw);")
        let examination = try await examine(
            type: "sqlite", ["path": .text(file.path), "lookup": .text("SELECT * FROM users WHERE email = ?1")])
        #expect(examination.severity(.listing) == .ok)
        #expect(examination.first(.listing)?.what.hasPrefix("no list") == true)
        #expect(examination.severity(.columns) == .ok)
    }

    @Test func `an old CSV file is a warning, and so are lines that can't be read`() async throws {
        let folder = try TemporaryFolder("csv")
        let path = folder.file("users.csv")
        try Data("id,email,pw\n1,a@example.com,x\n2,b@example.com\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -40 * 86_400)], ofItemAtPath: path)
        let examination = try await examine(type: "csv", ["path": .text(path), "match": .texts(["email"])])
        #expect(examination.first(.fileOld)?.what.contains("40 days ago") == true, "\(examination.findings)")
        #expect(examination.first(.rowsBad)?.what.contains("3 (wrong-field-count)") == true)
    }
}
