import ConnectorRegistry
import Foundation
import MigrationCore
import TestSupport
import Testing

/// What is PostgreSQL's own, on a real server.
@Suite struct `the postgres connector` {
    static let settings = ConnectorSettings(timeout: .seconds(30))

    func open(
        _ server: PostgresServer, lookup: String = "SELECT $1 AS id", list: String? = nil, connection: String? = nil,
        settings: ConnectorSettings = settings
    ) throws -> any ListableDirectory {
        try DirectoryContract.open(
            "postgres", values: ["lookup": lookup].merging(list.map { ["list": $0] } ?? [:]) { $1 },
            secrets: ["connection": connection ?? server.connection()], settings: settings)
    }

    func error(
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
}
