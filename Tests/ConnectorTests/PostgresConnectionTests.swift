import ConnectorRegistry
import Foundation
import MigrationCore
import TestSupport
import Testing

/// How it connects: to whom, with what, and what becomes of a peer that isn't there.
extension `the postgres connector` {
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
        let peer = try FaultProxy(.silent)
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
        let peers = try (1...3).map { _ in try FaultProxy(.silent) }
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
        FaultProxy.Behaviour.silent,
        // An authentication request that never ends, and the server's yes to TLS.
        .babbling(Array("N".utf8) + [UInt8](repeating: 0, count: 64)), .babbling(Array("S".utf8)),
        .babbling(Array("R".utf8) + [0, 0, 0x20, 0, 0, 0, 0, 10]),
    ])
    func `a peer that doesn't get to the point is left at the deadline`(_ manner: FaultProxy.Behaviour) async throws {
        let server = try await DirectoryContract.postgresServer()
        let peer = try FaultProxy(manner)
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

    // MARK: Configuration

    @Test(arguments: [
        ("host=db.example.com service=mine", DirectoryError.Code.notADirectory, "service="),
        ("host=db.example.com sslmode=verify-full", .tls, "sslrootcert"),
        ("postgresql://db.example.com/?sslmode=verify-ca", .tls, "sslrootcert"),
        ("host=db.example.com sslmode=verify-ca sslrootcert=system", .tls, "sslmode=verify-full"),
        ("host=db.example.com sslmode=require sslrootcert=system", .tls, "sslmode=verify-full"),
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
