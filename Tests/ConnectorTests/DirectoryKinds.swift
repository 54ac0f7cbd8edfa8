import ConnectorRegistry
import Foundation
import MigrationCore
import Synchronization
import TestSupport
import Testing

extension DirectoryContract {
    /// Every kind of directory, for the contract suite.
    static let all = [postgres, ldap, sqlite, csv]

    static func open(
        _ kind: String, values: [String: String] = [:], more: [String: ConnectorOptions.Value] = [:],
        secrets: [String: String] = [:], paths: [String: String] = [:], flags: [String: Bool] = [:],
        settings: ConnectorSettings = ConnectorSettings(timeout: Sanitizer.patience + .seconds(10))
    ) throws -> any ListableDirectory {
        let options = values.mapValues { ConnectorOptions.Value.text($0) }
            .merging(flags.mapValues { .flag($0) }) { $1 }.merging(more) { $1 }
        return try open(kind, options: ConnectorOptions(options), secrets: secrets, paths: paths, settings: settings)
    }

    static func open(
        _ kind: String, options: ConnectorOptions, secrets: [String: String] = [:], paths: [String: String] = [:],
        settings: ConnectorSettings = ConnectorSettings(timeout: Sanitizer.patience + .seconds(10))
    ) throws -> any ListableDirectory {
        let kind = try #require(ConnectorRegistry.kind(named: kind))
        return try kind.open(
            name: kind.typeName,
            options: ResolvedConnectorOptions(options, secrets: secrets.mapValues { Secret($0) }, paths: paths),
            settings: settings)
    }
}

// MARK: - PostgreSQL

extension DirectoryContract {
    private static let postgresTable = Task {
        _ = try await PostgresServer.shared().run(sql(table: "people"))
    }

    /// The shared server, with the table `people`.
    static func postgresServer() async throws -> PostgresServer {
        let server = try await PostgresServer.shared()
        try await postgresTable.value
        return server
    }

    static let postgres = DirectoryContract(kind: "postgres") { fixture, settings in
        let server = try await postgresServer()
        var values = ["lookup": "SELECT * FROM people WHERE login = $1 ORDER BY id"]
        switch fixture {
        case .people: values["list"] = "SELECT * FROM people ORDER BY id"
        case .endlessLookUp: values["lookup"] = "SELECT $1, pg_sleep(600)"
        case .numbered(let count):
            values["list"] = "SELECT i AS number, repeat('x', 100) AS text FROM generate_series(1, \(count)) i"
        case .stallingList:
            values["list"] =
                "SELECT i, CASE WHEN i > 20000 THEN pg_sleep(600)::text END FROM generate_series(1, 20001) i"
        case .withoutList: break
        }
        return try open("postgres", values: values, secrets: ["connection": server.connection()], settings: settings)
    } openMovable: {
        let server = try await PostgresServer.separate()
        try await server.run(sql(table: "people"))
        let directory = try open(
            "postgres", values: ["lookup": "SELECT * FROM people WHERE login = $1"],
            secrets: ["connection": server.connection()])
        return Movable(
            directory: directory, takeAway: { try await server.stop() }, bringBack: { try await server.start() })
    }
}

// MARK: - LDAP

extension DirectoryContract {
    /// A million would take a minute to load.
    static let ldapPopulation = 50_000

    private static let ldapStartedServer = Task {
        var ldif = people(in: "people")
        for count in [0, 1, 511, 512, 513, 1024, 5000, 10_000, ldapPopulation] {
            ldif += container("n\(count)")
            let text = String(repeating: "x", count: 100)
            for number in 1..<(count + 1) {
                ldif += """
                    dn: cn=\(number),ou=n\(count),\(LDAPServer.suffix)
                    objectClass: applicationProcess
                    objectClass: testPerson
                    cn: \(number)
                    number: \(number)
                    text: \(text)


                    """
            }
        }
        return try await LDAPServer(ldif: ldif + LDAPPeople.ldif)
    }

    /// The shared server, with all that the tests look for.
    static func ldapServer() async throws -> LDAPServer {
        try await ldapStartedServer.value
    }

    static func container(_ name: String) -> String {
        "dn: ou=\(name),\(LDAPServer.suffix)\nobjectClass: organizationalUnit\nou: \(name)\n\n"
    }

    private static func people(in name: String) -> String {
        container(name)
            + people.map { person in
                "dn: cn=\(person.id),ou=\(name),\(LDAPServer.suffix)\nobjectClass: applicationProcess\n"
                    + "objectClass: testPerson\ncn: \(person.id)\nid: \(person.id)\n"
                    + [("login", person.login), ("name", person.name ?? ""), ("note", person.note ?? "")]
                    .filter { !$0.1.isEmpty }.map { LDAPServer.line($0.0, $0.1.utf8) }.joined() + "\n"
            }.joined()
    }

    private static let relays = Mutex<[FaultProxy]>([])

    private static func relay(to server: LDAPServer, limit: Int) throws -> String {
        let relay = try FaultProxy(to: server.plainPort, .stalling(after: limit))
        relays.withLock { $0.append(relay) }
        return "ldap://127.0.0.1:\(relay.port)"
    }

    /// A directory of a server, read by its reader over TLS unless said otherwise.
    static func openLDAP(
        _ server: LDAPServer, url: String? = nil, base: String = "ou=people", filter: String = "(login={username})",
        listFilter: String? = nil, values: [String: String] = [:], secrets: [String: String]? = nil,
        flags: [String: Bool] = [:], authority: String? = nil,
        settings: ConnectorSettings = ConnectorSettings(timeout: Sanitizer.patience + .seconds(10))
    ) throws -> any ListableDirectory {
        var all = [
            "url": url ?? server.tlsURL, "base": "\(base),\(LDAPServer.suffix)", "filter": filter,
            "bind_dn": LDAPServer.readerDN,
        ].merging(values) { $1 }
        if let listFilter { all["list_filter"] = listFilter }
        return try open(
            "ldap", values: all.filter { !$0.value.isEmpty },
            secrets: secrets ?? ["bind_password": LDAPServer.password],
            paths: ["ca_file": authority ?? server.certificateAuthority], flags: flags, settings: settings)
    }

    static let ldap = DirectoryContract(
        kind: "ldap", hasAllColumns: false, population: ldapPopulation
    ) { fixture, settings in
        let server = try await ldapServer()
        let everybody = "(objectClass=testPerson)"
        return switch fixture {
        case .people: try openLDAP(server, listFilter: everybody, settings: settings)
        case .endlessLookUp:
            // The answer to the reader's bind passes.
            try openLDAP(server, url: relay(to: server, limit: 100), flags: ["plaintext": true], settings: settings)
        case .numbered(let count):
            try openLDAP(server, base: "ou=n\(count)", listFilter: everybody, settings: settings)
        case .stallingList:
            try openLDAP(
                server, url: relay(to: server, limit: 1_200_000), base: "ou=n5000", listFilter: everybody,
                flags: ["plaintext": true], settings: settings)
        case .withoutList: try openLDAP(server, settings: settings)
        }
    } openMovable: {
        let server = try await LDAPServer(ldif: people(in: "people"))
        return Movable(
            directory: try openLDAP(server), takeAway: { server.stop() }, bringBack: { try await server.start() })
    }
}

// MARK: - SQLite

extension DirectoryContract {
    private static let sqliteFile = Task { try await SQLiteFile(sql(table: "people")) }

    static let sqlite = DirectoryContract(kind: "sqlite") { fixture, settings in
        let file = try await sqliteFile.value
        func numbers(_ condition: String) -> String {
            "WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers \(condition))"
        }
        var values = ["lookup": "SELECT * FROM people WHERE login = ?1 ORDER BY id"]
        switch fixture {
        case .people: values["list"] = "SELECT * FROM people ORDER BY id"
        case .endlessLookUp: values["lookup"] = numbers("") + " SELECT max(i) FROM numbers WHERE ?1 <> ''"
        case .numbered(let count):
            values["list"] =
                numbers("WHERE i < \(count)") + " SELECT i AS number, printf('%.100c', 'x') AS text FROM numbers"
                + " WHERE i <= \(count)"
        case .stallingList: values["list"] = numbers("") + " SELECT i FROM numbers WHERE i <= 20000"
        case .withoutList: break
        }
        return try open("sqlite", values: values, paths: ["path": file.path], settings: settings)
    } openMovable: {
        let file = try await SQLiteFile(sql(table: "people"))
        let directory = try open(
            "sqlite", values: ["lookup": "SELECT * FROM people WHERE login = ?1"], paths: ["path": file.path])
        return Movable(
            directory: directory,
            takeAway: { try FileManager.default.moveItem(atPath: file.path, toPath: file.sibling("away")) },
            bringBack: { try FileManager.default.moveItem(atPath: file.sibling("away"), toPath: file.path) })
    }
}

// MARK: - CSV

extension DirectoryContract {
    private static let csvPeople = Result { try CSVFixture(DirectoryContract.csv) }
    // A hole of half a terabyte is a line that doesn't end.
    private static let csvEndless = Result { try CSVFixture("id,login\n1,", hole: 1 << 39) }
    private static let csvStalling = Result {
        try CSVFixture("number\n" + (1...20_000).map { "\($0)\n" }.joined(), hole: 1 << 39)
    }
    private static let csvNumbered = Mutex<[Int: Task<CSVFixture, any Error>]>([:])

    private static func csvNumbered(_ count: Int) async throws -> CSVFixture {
        try await csvNumbered.withLock { files in
            if let file = files[count] { return file }
            let row = "%.0f," + String(repeating: "x", count: 100)
            let file = Task { try await CSVFixture("number,text\n", count: count, row: row) }
            files[count] = file
            return file
        }.value
    }

    static let csv = DirectoryContract(kind: "csv", listsByQuery: false) { fixture, settings in
        let (file, match) =
            switch fixture {
            case .people, .withoutList: (try csvPeople.get(), "login")
            case .endlessLookUp: (try csvEndless.get(), "login")
            case .stallingList: (try csvStalling.get(), "number")
            case .numbered(let count): (try await csvNumbered(count), "number")
            }
        return try open(
            "csv", values: ["match": match], more: ["case_sensitive": .flag(true)], paths: ["path": file.path],
            settings: settings)
    } openMovable: {
        let file = try CSVFixture(DirectoryContract.csv)
        let directory = try open("csv", values: ["match": "login"], paths: ["path": file.path])
        return Movable(
            directory: directory,
            takeAway: { try FileManager.default.moveItem(atPath: file.path, toPath: file.path + ".away") },
            bringBack: { try FileManager.default.moveItem(atPath: file.path + ".away", toPath: file.path) })
    }
}
