import ConnectorRegistry
import Foundation
import MigrationCore
import TestSupport
import Testing

/// What is PostgreSQL's own, on a real server.
@Suite struct `the postgres connector` {
    private static let settings = ConnectorSettings(timeout: .seconds(30))

    private func open(
        _ server: PostgresServer, lookup: String = "SELECT $1 AS id", list: String? = nil, connection: String? = nil,
        settings: ConnectorSettings = settings
    ) throws -> any ListableDirectory {
        try DirectoryContract.open(
            "postgres", values: ["lookup": lookup].merging(list.map { ["list": $0] } ?? [:]) { $1 },
            secrets: ["connection": connection ?? server.connection()], settings: settings)
    }

    private func error(
        _ server: PostgresServer, lookup: String = "SELECT $1 AS id", list: String? = nil, connection: String? = nil,
        by deadline: Deadline = .after(.seconds(20))
    ) async throws -> DirectoryError? {
        let directory = try open(server, lookup: lookup, list: list, connection: connection)
        let error = await #expect(throws: DirectoryError.self) {
            if list == nil {
                _ = try await directory.lookUp("somebody", by: deadline)
            } else {
                _ = try await directory.readAll()
            }
        }
        await directory.close()
        return error
    }

    private struct NotOne: Error {}

    private func entry(
        _ server: PostgresServer, _ lookup: String, identifier: String = "somebody"
    ) async throws -> DirectoryEntry {
        let directory = try open(server, lookup: lookup)
        let lookup = try await directory.lookUp(identifier, by: .after(.seconds(20)))
        await directory.close()
        guard case .one(let entry) = lookup else { throw NotOne() }
        return entry
    }

    // MARK: TLS

    @Test func `verify-full accepts the server's name and address`() async throws {
        let server = try await DirectoryContract.postgresServer()
        for host in ["localhost", "127.0.0.1"] {
            let directory = try open(
                server,
                lookup: "SELECT $1 AS id, version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl",
                connection: """
                    host=\(host) port=\(server.port) user=postgres password='\(PostgresServer.password)' dbname=postgres \
                    sslmode=verify-full sslrootcert=\(server.certificateAuthority)
                    """)
            #expect(try await directory.found("x") == .somebody(["x"]))
            await directory.close()
        }
    }

    @Test func `a certificate of somebody else's is refused`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let error = try await error(
            server, connection: server.connection("sslmode=verify-full sslrootcert=\(server.strangeAuthority)"))
        #expect(error?.code == .tls)
        #expect(error?.detail.contains("certificate verify failed") == true)
    }

    @Test func `a certificate for another name is refused`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let error = try await error(
            server,
            connection: """
                host=db.example.com hostaddr=127.0.0.1 port=\(server.port) user=postgres \
                password='\(PostgresServer.password)' sslmode=verify-full sslrootcert=\(server.certificateAuthority)
                """)
        #expect(error?.code == .tls)
        #expect(error?.detail.contains("db.example.com") == true)
    }

    // MARK: The connection and nothing else

    @Test func `the environment says nothing`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let home = try TemporaryFolder("home")
        let passwordFile = home.file("pgpass")
        try Data("*:*:*:*:\(PostgresServer.password)\n".utf8).write(to: URL(fileURLWithPath: passwordFile))
        #expect(chmod(passwordFile, 0o600) == 0)
        let withPassword = server.connection()
        let withoutPassword = "host=127.0.0.1 port=\(server.port) user=postgres dbname=postgres"
        // In a process of its own: other tests connect at the same time.
        await #expect(processExitsWith: .success) {
            [
                passwordFile = passwordFile as String, withPassword = withPassword as String,
                withoutPassword = withoutPassword as String
            ] in
            // Each of these alone would lead elsewhere, or let somebody in without a password.
            let variables = [
                "PGHOST": "198.51.100.1", "PGHOSTADDR": "198.51.100.1", "PGPORT": "1", "PGDATABASE": "nowhere",
                "PGPASSWORD": PostgresServer.password, "PGSERVICE": "nowhere", "PGSSLMODE": "verify-full",
                "PGOPTIONS": "-c search_path=nowhere", "PGTZ": "Asia/Tokyo", "PGREQUIREPEER": "nobody",
                "PGPASSFILE": passwordFile,
            ]
            func open(_ connection: String) throws -> any ListableDirectory {
                for (name, value) in variables { setenv(name, value, 1) }
                return try DirectoryContract.open(
                    "postgres",
                    values: [
                        "lookup": """
                        SELECT $1 AS id, current_setting('search_path') AS path, current_setting('TimeZone') AS zone
                        """
                    ], secrets: ["connection": connection])
            }
            let directory = try open(withPassword)
            guard case .one(let entry) = try await directory.lookUp("x", by: .after(.seconds(20))) else {
                Issue.record("not found")
                return
            }
            #expect(entry.texts(named: "path") == ["\"$user\", public"])
            #expect(entry.texts(named: "zone") != ["Asia/Tokyo"])
            await directory.close()
            let other = try open(withoutPassword)
            await #expect(throws: DirectoryError(.readerRefused, directory: "postgres")) {
                _ = try await other.lookUp("x", by: .after(.seconds(20)))
            }
            await other.close()
        }
    }

    @Test func `opening a directory leaves the environment to the next one's secrets`() async {
        // In a process of its own, where nobody connects meanwhile.
        await #expect(processExitsWith: .success) {
            setenv("PGPASSWORD", "x", 1)
            let opener = DirectoryOpener(
                kinds: ConnectorRegistry.kinds, baseFolder: "",
                environment: { getenv($0).map { String(cString: $0) } },
                readFile: { (path) throws(SecretTemplate.Unresolved) in
                    throw SecretTemplate.Unresolved(message: path)
                })
            let configurations = ["first", "second"].map { name in
                let options = [
                    "connection": "host=\(name).invalid user=reader password=${env:PGPASSWORD}",
                    "lookup": "SELECT $1 AS id",
                ]
                return DirectoryConfiguration(
                    name: name, type: "postgres", options: ConnectorOptions(options.mapValues { .text($0) }),
                    key: "id", password: .column("hash"))
            }
            let configuration = ConnectorsConfiguration(directories: configurations)
            let directories = try opener.open(configuration, maxConnections: 1)
            #expect(directories.map(\.name) == ["first", "second"])
            for directory in directories { await directory.close() }
        }
    }

    @Test func `a program of a test hears nothing of libpq's variables`() async {
        await #expect(processExitsWith: .success) {
            setenv("PGSERVICE", "nowhere", 1)
            let variables = try await ChildProcess.run("env", []).split(separator: "\n")
            #expect(variables.contains { $0.hasPrefix("PATH=") })
            #expect(!variables.contains { $0.hasPrefix("PG") })
        }
    }

    @Test func `a wrong password is refused, and shown nowhere`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let error = try await error(server, connection: server.connection(password: "opensesame"))
        #expect(error?.code == .readerRefused)
        #expect(error?.nativeCode == "28P01")
        #expect(error.map { "\($0) \($0.detail)" }?.contains("opensesame") == false)
    }

    @Test func `a database that isn't there is no directory`() async throws {
        let server = try await DirectoryContract.postgresServer()
        #expect(try await error(server, connection: server.connection(database: "nowhere"))?.code == .notADirectory)
    }

    @Test func `of several hosts the first that answers is used`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let directory = try open(
            server,
            connection: """
                host=127.0.0.1,nowhere.invalid,localhost port=\(try FreePort.next()),1,\(server.port) user=postgres \
                password='\(PostgresServer.password)' dbname=postgres
                """)
        #expect(try await directory.found("x") == .somebody(["x"]))
        await directory.close()
    }

    @Test func `an address that says nothing leaves time for the next`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let peer = try LoopbackPeer(.silent)
        let directory = try open(
            server,
            connection: """
                host=localhost,localhost hostaddr=127.0.0.1,127.0.0.1 port=\(peer.port),\(server.port) user=postgres \
                password='\(PostgresServer.password)' dbname=postgres
                """)
        guard case .one = try await directory.lookUp("x", by: .after(.seconds(6))) else {
            Issue.record("not found")
            return
        }
        await directory.close()
        withExtendedLifetime(peer) {}
    }

    @Test func `hosts that all say nothing are left at the deadline`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let peers = try (1...3).map { _ in try LoopbackPeer(.silent) }
        let deadline = Deadline.after(.milliseconds(600))
        let error = try await error(
            server,
            connection: """
                host=127.0.0.1,127.0.0.1,127.0.0.1 port=\(peers.map { "\($0.port)" }.joined(separator: ",")) \
                user=reader password=x
                """, by: deadline)
        #expect(error?.code == .deadlineExceeded)
        expectPrompt(after: deadline)
        withExtendedLifetime(peers) {}
    }

    @Test func `of several hosts that can't answer, each says why`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let error = try await error(
            server,
            connection: """
                host=127.0.0.1,127.0.0.1 port=\(server.port),\(try FreePort.next()) user=postgres \
                password='\(PostgresServer.password)' dbname=postgres target_session_attrs=standby
                """)
        #expect(error?.code == .unreachable)
        #expect(error?.detail.contains("hot standby") == true)
        #expect(error?.detail.contains("refused") == true)
    }

    @Test func `a host that refuses the password is the last one asked`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let error = try await error(
            server,
            connection: """
                host=127.0.0.1,127.0.0.1 port=\(server.port),\(try FreePort.next()) user=postgres password=wrong
                """)
        #expect(error?.nativeCode == "28P01")
    }

    // MARK: Peers that aren't there, or don't talk

    @Test func `no server is unreachable`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let error = try await error(
            server, connection: "host=127.0.0.1 port=\(try FreePort.next()) user=reader password=x")
        #expect(error?.code == .unreachable)
        #expect(error?.isTransient == true)
    }

    @Test func `a host that doesn't exist is unreachable`() async throws {
        let server = try await DirectoryContract.postgresServer()
        #expect(
            try await error(server, connection: "host=nowhere.invalid user=reader password=x")?.code == .unreachable)
    }

    @Test(arguments: [
        LoopbackPeer.Manner.silent,
        // An authentication request that never ends, and the server's yes to TLS.
        .dripping(Array("N".utf8) + [UInt8](repeating: 0, count: 64)), .dripping(Array("S".utf8)),
        .dripping(Array("R".utf8) + [0, 0, 0x20, 0, 0, 0, 0, 10]),
    ])
    func `a peer that doesn't get to the point is left at the deadline`(_ manner: LoopbackPeer.Manner) async throws {
        let server = try await DirectoryContract.postgresServer()
        let peer = try LoopbackPeer(manner)
        for mode in ["disable", "prefer", "require"] {
            let deadline = Deadline.after(.milliseconds(400))
            let error = try await error(
                server, connection: "host=127.0.0.1 port=\(peer.port) user=reader password=x sslmode=\(mode)",
                by: deadline)
            // One that says something wrong may be left earlier.
            #expect(error?.code != nil)
            #expect(deadline.instant.duration(to: .now) < busyMachine)
            if case .silent = manner { #expect(error?.code == .deadlineExceeded) }
        }
        withExtendedLifetime(peer) {}
    }

    @Test func `a server that was restarted between look-ups is asked again`() async throws {
        let server = try await PostgresServer.separate()
        let directory = try open(server)
        #expect(try await directory.found("x") == .somebody(["x"]))
        try await server.restart()
        #expect(try await directory.found("y") == .somebody(["y"]))
        await directory.close()
    }

    @Test func `a connection that the server ended is made anew`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let directory = try open(server, lookup: "SELECT pg_backend_pid() AS id WHERE $1 <> ''")
        guard case .somebody(let pid) = try await directory.found("x") else {
            Issue.record("not found")
            return
        }
        #expect(try await directory.found("x") == .somebody(pid), "the connection is kept")
        try await server.run("SELECT pg_terminate_backend(\(pid[0] ?? ""))")
        let next = try await directory.found("x")
        #expect(next != .somebody(pid))
        #expect(next != .nobody)
        await directory.close()
    }

    @Test func `the server doesn't work on for nobody`() async throws {
        let server = try await DirectoryContract.postgresServer()
        let directory = try open(
            server, lookup: "SELECT $1 AS id, pg_sleep(600) AS nobody_waits_for_this",
            settings: ConnectorSettings(timeout: .milliseconds(700)))
        await #expect(throws: DirectoryError(.deadlineExceeded, directory: "postgres")) {
            _ = try await directory.lookUp("x", by: .after(.seconds(20)))
        }
        await directory.close()
        var running = "1"
        let patience = Deadline.after(.seconds(10))
        while running != "0", !patience.hasPassed() {
            running = try await server.run(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE query LIKE '%nobody_waits_for_this%' AND state = 'active' AND pid <> pg_backend_pid()
                """
            ).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        #expect(running == "0")
    }

    // MARK: Queries

    @Test(arguments: [
        "SELEC $1", "SELECT * FROM no_such_table WHERE x = $1", "SELECT no_such_column FROM people WHERE login = $1",
        "SELECT $1, $2", "SELECT 1 WHERE $1 = ''; SELECT 2", "",
        "SELECT FROM people WHERE login = $1", "SET search_path = public", "COPY people TO STDOUT",
        "UPDATE people SET note = $1", "UPDATE people SET note = $1 RETURNING id",
        "DELETE FROM people WHERE login = $1",
    ])
    func `a query that can't be a look-up is a bad query`(_ lookup: String) async throws {
        let server = try await DirectoryContract.postgresServer()
        let before = try await server.run("SELECT count(*) FROM people WHERE note = 'somebody'")
        #expect(try await error(server, lookup: lookup)?.code == .badQuery)
        #expect(try await server.run("SELECT count(*) FROM people WHERE note = 'somebody'") == before)
    }

    @Test func `the parameter has the type that its place gives it, as a literal has in psql`() async throws {
        let server = try await DirectoryContract.postgresServer()
        try await server.run(
            """
            CREATE EXTENSION IF NOT EXISTS citext;
            CREATE TABLE typed (id integer, email citext, since date);
            INSERT INTO typed VALUES (42, 'Ana@Example.com', '2026-01-31');
            """)
        for (column, identifier) in [("email", "ANA@example.COM"), ("id", "42"), ("since", "2026-01-31")] {
            let directory = try open(server, lookup: "SELECT * FROM typed WHERE \(column) = $1")
            guard case .one = try await directory.lookUp(identifier, by: .after(.seconds(10))) else {
                Issue.record("\(column) was not found")
                continue
            }
            await directory.close()
        }
    }

    /// A type, and text that isn't one of its values: SQLSTATE 22P02, 22003, 22007, 22008, 22023.
    @Test(arguments: [
        ("integer", "ana"), ("integer", "99999999999999"), ("uuid", "ana"), ("date", "ana"), ("date", "2026-13-31"),
        ("bytea", "\\xz"), ("inet", "ana"),
    ])
    func `an identifier that the parameter's type can't hold is nobody's`(
        _ type: String, _ identifier: String
    ) async throws {
        let server = try await DirectoryContract.postgresServer()
        let directory = try open(server, lookup: "SELECT '1' AS id WHERE $1 = NULL::\(type)")
        for _ in 1...2 { #expect(try await directory.found(identifier) == .nobody) }
        await directory.close()
    }

    /// The parameter's type holds the identifier; what can't be converted is something else.
    @Test(arguments: [
        ("SELECT $1::text::integer AS id", "ana"), ("SELECT $1::integer * 1000000 AS id", "42000"),
        ("SELECT $1 AS id, 'x'::integer", "ana"), ("SELECT * FROM people WHERE login::integer = $1", "1"),
        ("SELECT to_date($1, 'YYYY-MM-DD') AS id", "2026-13-31"),
    ])
    func `a value that can't be converted says nothing about anybody`(
        _ lookup: String, _ identifier: String
    ) async throws {
        let directory = try await open(DirectoryContract.postgresServer(), lookup: lookup)
        await #expect(throws: DirectoryError(.badData, directory: "postgres")) {
            _ = try await directory.lookUp(identifier, by: .after(.seconds(10)))
        }
        await directory.close()
    }

    @Test(arguments: [
        "SELEC 1", "SELECT * FROM no_such_table", "SELECT $1::text", "SELECT FROM people", "SET search_path = public",
        "COPY people TO STDOUT", "UPDATE people SET note = 'x' RETURNING id", "SELECT 1; SELECT 2",
    ])
    func `a query that can't be a listing is a bad query`(_ list: String) async throws {
        #expect(try await error(DirectoryContract.postgresServer(), list: list)?.code == .badQuery)
    }

    @Test func `a listing that breaks off is an error`() async throws {
        let error = try await error(
            DirectoryContract.postgresServer(), list: "SELECT 1 / (5000 - i) AS id FROM generate_series(1, 10000) i")
        #expect(error?.code == .badData)
        #expect(error?.nativeCode == "22012")
    }

    @Test func `a table that the reader may not read is a refusal`() async throws {
        let server = try await DirectoryContract.postgresServer()
        try await server.run(
            """
            CREATE ROLE reader_of_nothing LOGIN PASSWORD 'reader';
            CREATE TABLE hidden (id text);
            """)
        let error = try await error(
            server, lookup: "SELECT * FROM hidden WHERE id = $1",
            connection: server.connection(user: "reader_of_nothing", password: "reader"))
        #expect(error?.code == .permissionDenied)
        #expect(error?.nativeCode == "42501")
    }

    @Test func `an error shows nothing of what was typed`() async throws {
        let error = try await error(DirectoryContract.postgresServer(), lookup: "SELECT $1::text::integer AS id")
        #expect(error?.code == .badData)
        #expect(error.map { "\($0) \($0.detail)" }?.contains("somebody") == false)
    }

    @Test func `a character that the database can't hold is in nobody's name`() async throws {
        let server = try await DirectoryContract.postgresServer()
        try await server.run("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        try await server.run(
            "SET client_encoding = 'UTF8'; CREATE TABLE people (id text); INSERT INTO people VALUES ('zoë')",
            database: "latin")
        let directory = try open(
            server, lookup: "SELECT * FROM people WHERE id = $1", connection: server.connection(database: "latin"))
        #expect(try await directory.found("zoë") == .somebody(["zoë"]))
        #expect(try await directory.found("用户") == .nobody)
        #expect(try await directory.found("zoë") == .somebody(["zoë"]))
        await directory.close()
        // Here it is the query that can't be asked: that says nothing about anybody.
        let error = try await error(
            server, lookup: "SELECT * FROM people WHERE id = $1 OR id = '用户'",
            connection: server.connection(database: "latin"))
        #expect(error?.code == .badData)
    }

    @Test func `a look-up only reads, has a limit, and leaves the session as it was`() async throws {
        let directory = try await open(
            DirectoryContract.postgresServer(),
            lookup: """
                SELECT $1 AS id, current_setting('transaction_read_only') AS reads,
                    current_setting('default_transaction_read_only') AS session,
                    current_setting('statement_timeout') AS timeout
                """)
        for _ in 1...2 {
            guard case .one(let entry) = try await directory.lookUp("x", by: .after(.seconds(20))) else {
                Issue.record("not found")
                return
            }
            #expect(entry.texts(named: "reads") == ["on"])
            #expect(entry.texts(named: "session") == ["off"])
            #expect(entry.texts(named: "timeout") == ["30s"])
        }
        await directory.close()
    }

    @Test func `many rows are counted only so far`() async throws {
        let directory = try await open(
            DirectoryContract.postgresServer(), lookup: "SELECT $1 AS id, generate_series(1, 1000000000)")
        guard case .several(let count) = try await directory.lookUp("x", by: .after(.seconds(20))) else {
            Issue.record("not several")
            return
        }
        #expect(count >= 2)
        await directory.close()
    }

    // MARK: Values

    @Test func `values are as psql shows them`() async throws {
        let entry = try await entry(
            DirectoryContract.postgresServer(),
            """
            SELECT $1 AS id, true AS yes, 42 AS number, 1.50::numeric AS price, NULL AS nothing, '' AS empty,
                DATE '2026-01-31' AS day, '\\xDEAD'::bytea AS bytes, '{"a": 1}'::jsonb AS json, 'x' AS id
            """)
        #expect(
            entry.columns.names == ["id", "yes", "number", "price", "nothing", "empty", "day", "bytes", "json", "id"])
        #expect(entry.texts(named: "id") == ["somebody", "x"])
        #expect(
            ["yes", "number", "price", "nothing", "empty", "day", "bytes", "json"].map { entry.texts(named: $0) }
                == [["t"], ["42"], ["1.50"], [], [], ["2026-01-31"], ["\\xdead"], ["{\"a\": 1}"]])
    }

    @Test func `an array is several values, whatever its elements are`() async throws {
        let server = try await DirectoryContract.postgresServer()
        try await server.run(
            """
            CREATE TYPE mood AS ENUM ('so so', 'fine'); CREATE DOMAIN labels AS text[];
            CREATE TABLE arrays (id text, moods mood[], labels labels, composite people[]);
            INSERT INTO arrays VALUES ('x', '{"so so",fine}', '{a,b}', ARRAY[ROW(1, 'a', 'b', NULL)::people]);
            """)
        let values = try await entry(
            server,
            """
            SELECT $1 AS id, ARRAY['a', 'b,c', 'say "hi"', 'back\\slash', NULL, 'NULL', '', ' {x} '] AS texts,
                ARRAY[[1, 2], [3, 4]] AS numbers, '{}'::text[] AS none, '[0:1]={x,y}'::text[] AS bounds,
                ARRAY['(1,1),(0,0)'::box, '(3,3),(2,2)'::box] AS boxes, '{not an array}'::text AS text,
                '1 2'::int2vector AS vector, ARRAY['用户', 'Юлия'] AS scripts
            """)
        #expect(values.texts(named: "texts") == ["a", "b,c", "say \"hi\"", "back\\slash", "NULL", " {x} "])
        #expect(values.texts(named: "numbers") == ["1", "2", "3", "4"])
        #expect(values.texts(named: "none") == [])
        #expect(values.texts(named: "bounds") == ["x", "y"])
        #expect(values.texts(named: "boxes") == ["(1,1),(0,0)", "(3,3),(2,2)"])
        #expect(values.texts(named: "text") == ["{not an array}"])
        #expect(values.texts(named: "vector") == ["1 2"])
        #expect(values.texts(named: "scripts") == ["用户", "Юлия"])

        let own = try await entry(server, "SELECT * FROM arrays WHERE id = $1", identifier: "x")
        #expect(own.texts(named: "moods") == ["so so", "fine"])
        #expect(own.texts(named: "labels") == ["a", "b"])
        #expect(own.texts(named: "composite") == ["(1,a,b,)"])
        let directory = try open(server, list: "SELECT * FROM arrays")
        #expect(try await directory.readAll(column: "moods").texts == [["so so", "fine"]])
        await directory.close()
    }

    // MARK: Listing

    @Test func `a listing is of one moment`() async throws {
        let server = try await DirectoryContract.postgresServer()
        try await server.run(
            "CREATE TABLE moving AS SELECT i AS id, 'before' AS state FROM generate_series(1, 20000) i")
        let directory = try open(server, list: "SELECT * FROM moving ORDER BY id")
        var states: Set<String?> = []
        var count = 0
        var end: ListingEnd?
        for try await batch in directory.list(stallLimit: .seconds(20)) {
            if count == 0 {
                try await server.run("UPDATE moving SET state = 'after'; DELETE FROM moving WHERE id > 19000")
            }
            for row in 0..<batch.count { states.formUnion(batch[row].texts(1)) }
            count += batch.count
            end = batch.end
        }
        #expect(states == ["before"])
        #expect(count == 20_000)
        #expect(end?.watermark?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil)
        await directory.close()
    }

    @Test func `rows larger than a batch pass, one a batch`() async throws {
        let directory = try await open(
            DirectoryContract.postgresServer(), list: "SELECT repeat('x', 1000000) AS text FROM generate_series(1, 5)")
        var counts: [Int] = []
        for try await batch in directory.list(stallLimit: .seconds(20)) {
            counts.append(batch.count)
            if batch.count > 0 { #expect(batch[0].withFirstValue(0) { $0.count } == 1_000_000) }
        }
        #expect(counts == [1, 1, 1, 1, 1, 0])
        await directory.close()
    }

    // MARK: Configuration

    @Test(arguments: [
        ("host=db.example.com service=mine", DirectoryError.Code.notADirectory, "service="),
        ("host=db.example.com sslmode=verify-full", .tls, "sslrootcert"),
        ("postgresql://db.example.com/?sslmode=verify-ca", .tls, "sslrootcert"),
        ("hunter2", .notADirectory, "libpq URI"), ("postgresql://u:hunter2@127.0.0.1:99999x/", .notADirectory, ""),
        ("host=127.0.0.1 port=hunter2 user=x", .notADirectory, ""),
    ])
    func `a connection that can't be one is refused without being shown`(
        _ connection: String, _ code: DirectoryError.Code, _ words: String
    ) async throws {
        let error = await #expect(throws: DirectoryError.self) {
            let directory = try DirectoryContract.open(
                "postgres", values: ["lookup": "SELECT $1"], secrets: ["connection": connection])
            _ = try await directory.lookUp("x", by: .after(.seconds(5)))
        }
        #expect(error?.code == code)
        #expect(words.isEmpty || error?.detail.contains(words) == true)
        #expect(error?.detail.contains("hunter2") == false)
    }
}
