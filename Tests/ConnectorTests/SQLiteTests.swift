import Foundation
import MigrationCore
import SQLiteAccess
import TestSupport
import Testing

/// What is SQLite's own, on real files.
@Suite struct `the sqlite connector` {
    private func open(
        _ path: String, lookup: String = "SELECT * FROM users WHERE id = ?1", list: String? = nil
    ) throws -> any ListableDirectory {
        try DirectoryContract.open(
            "sqlite", values: ["lookup": lookup].merging(list.map { ["list": $0] } ?? [:]) { $1 }, paths: ["path": path]
        )
    }

    private func error(
        _ path: String, lookup: String = "SELECT * FROM users WHERE id = ?1", list: String? = nil,
        by deadline: Deadline = .after(.seconds(20))
    ) async throws -> DirectoryError? {
        let directory = try open(path, lookup: lookup, list: list)
        let error = await #expect(throws: DirectoryError.self) {
            if list == nil {
                _ = try await directory.lookUp("x", by: deadline)
            } else {
                _ = try await directory.readAll()
            }
        }
        await directory.close()
        return error
    }

    private static let users = "CREATE TABLE users (id text, name text); INSERT INTO users VALUES ('x', 'before');"

    // MARK: The file

    @Test func `a file that isn't there is no directory, and isn't made`() async throws {
        let folder = try TemporaryFolder("sqlite")
        let error = try await error(folder.file("missing.sqlite"))
        #expect(error?.code == .notADirectory)
        #expect(error?.detail.contains("no such file") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.file("missing.sqlite")))
    }

    @Test func `a folder is no directory`() async throws {
        let folder = try TemporaryFolder("sqlite")
        let error = try await error(folder.path)
        #expect(error?.code == .notADirectory)
        #expect(error?.detail.contains("not a file") == true)
    }

    @Test func `a file that is no database is no directory`() async throws {
        let folder = try TemporaryFolder("sqlite")
        try Data("id,name\nx,y\n".utf8).write(to: URL(fileURLWithPath: folder.file("users.csv")))
        let error = try await error(folder.file("users.csv"))
        #expect(error?.code == .notADirectory)
        #expect(error?.nativeCode == "26")
    }

    @Test func `a damaged file is an outage`() async throws {
        let file = try await SQLiteFile(
            Self.users + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
                + " INSERT INTO users SELECT 'user' || i, printf('%.100c', 'x') FROM n;")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
        bytes.replaceSubrange(8192..<(bytes.count - 8192), with: Data(repeating: 0xAA, count: bytes.count - 16384))
        try bytes.write(to: URL(fileURLWithPath: file.path))
        #expect(try await error(file.path)?.code == .badData)
    }

    @Test func `a file is found by its path, whatever that looks like`() async throws {
        let file = try await SQLiteFile(Self.users)
        let path = file.sibling("file:users?mode=memory&x=%41.sqlite")
        try FileManager.default.copyItem(atPath: file.path, toPath: path)
        let directory = try open(path)
        #expect(try await directory.found("x", column: "name") == .somebody(["before"]))
        await directory.close()
    }

    @Test func `a file that was replaced is read anew`() async throws {
        let file = try await SQLiteFile(Self.users)
        let other = try await SQLiteFile(Self.users + "UPDATE users SET name = 'after';")
        let directory = try open(file.path)
        #expect(try await directory.found("x", column: "name") == .somebody(["before"]))
        #expect(rename(other.path, file.path) == 0)
        #expect(try await directory.found("x", column: "name") == .somebody(["after"]))
        await directory.close()
    }

    @Test func `a change to the file is seen, also one of its columns`() async throws {
        let file = try await SQLiteFile(Self.users)
        let directory = try open(file.path)
        #expect(try await directory.found("x", column: "name") == .somebody(["before"]))
        try await file.run(
            "UPDATE users SET name = 'after'; ALTER TABLE users ADD COLUMN mail text DEFAULT 'x@example.com';")
        #expect(try await directory.found("x", column: "name") == .somebody(["after"]))
        #expect(try await directory.found("x", column: "mail") == .somebody(["x@example.com"]))
        await directory.close()
    }

    @Test func `a locked file is waited for until the deadline`() async throws {
        let file = try await SQLiteFile(Self.users)
        let lock = try Lock(file.path)
        let deadline = Deadline.after(.milliseconds(500))
        let error = try await error(file.path, by: deadline)
        #expect(error?.code == .deadlineExceeded)
        #expect(error?.detail.contains("locked") == true)
        expectPrompt(after: deadline)

        let directory = try open(file.path)
        let lookUp = Task { try await directory.found("x", column: "name") }
        try await Task.sleep(for: .milliseconds(100))
        lock.release()
        #expect(try await lookUp.value == .somebody(["before"]))
        await directory.close()
    }

    @Test func `cancelling the task ends the wait for a locked file`() async throws {
        let file = try await SQLiteFile(Self.users)
        let lock = try Lock(file.path)
        let directory = try open(file.path)
        let deadline = Deadline.after(.seconds(20))
        let lookUp = Task { try await directory.lookUp("x", by: deadline) }
        try await Task.sleep(for: .milliseconds(100))
        lookUp.cancel()
        await #expect(throws: DirectoryError(.cancelled, directory: "sqlite")) { _ = try await lookUp.value }
        #expect(!deadline.hasPassed())
        await directory.close()
        lock.release()
    }

    /// What a writer holds while it writes: SQLite's PENDING, RESERVED and SHARED bytes.
    ///
    /// By an open file description, because a lock of this process itself would hold nobody up.
    private final class Lock {
        private let descriptor: CInt

        init(_ path: String) throws {
            descriptor = Foundation.open(path, O_RDWR | O_CLOEXEC)
            // https://www.sqlite.org/src/file/src/os.h: PENDING_BYTE is 1 GiB, 512 bytes of locks are from there.
            var range = flock(
                l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0x4000_0000, l_len: 512, l_pid: 0)
            let setOpenFileLock: CInt = 37  // F_OFD_SETLK
            guard fcntl(descriptor, setOpenFileLock, &range) == 0 else { throw POSIXError(.EACCES) }
        }

        func release() {
            close(descriptor)
        }
    }

    // MARK: Queries

    @Test(arguments: [
        "SELEC ?1", "SELECT * FROM no_such_table WHERE id = ?1", "SELECT no_such_column FROM users WHERE id = ?1",
        "SELECT ?1, ?2", "SELECT 1", "SELECT ?1; SELECT 2", "SELECT ?1; x", "", "-- nothing", "ATTACH ?1 AS other",
        "UPDATE users SET name = ?1", "UPDATE users SET name = ?1 RETURNING id", "DELETE FROM users WHERE id = ?1",
        "DROP TABLE users", "PRAGMA query_only = OFF", "BEGIN",
    ])
    func `a query that can't be a look-up is a bad query`(_ lookup: String) async throws {
        let file = try await SQLiteFile(Self.users)
        #expect(try await error(file.path, lookup: lookup)?.code == .badQuery)
        #expect(try await file.run("SELECT * FROM users") == "x|before\n")
    }

    @Test(arguments: ["SELECT ?1", "SELECT 1; SELECT 2", "DELETE FROM users RETURNING id", "SELECT * FROM nowhere", ""])
    func `a query that can't be a listing is a bad query`(_ list: String) async throws {
        let file = try await SQLiteFile(Self.users)
        #expect(try await error(file.path, list: list)?.code == .badQuery)
        #expect(try await file.run("SELECT * FROM users") == "x|before\n")
    }

    @Test func `comments and a semicolon may follow the query`() async throws {
        let file = try await SQLiteFile(Self.users)
        let directory = try open(
            file.path, lookup: "SELECT * FROM users WHERE id = ?1; -- that's all\n ; /* really */ ")
        #expect(try await directory.found("x") == .somebody(["x"]))
        await directory.close()
    }

    @Test func `nothing is written, whoever tries`() async throws {
        let file = try await SQLiteFile(Self.users)
        let connection = try SQLiteConnection(path: file.path, access: .readOnly)
        for statement in ["DELETE FROM users", "PRAGMA query_only = OFF; DELETE FROM users", "VACUUM"] {
            #expect(throws: SQLiteError.self) { try connection.execute(statement) }
        }
        #expect(try await file.run("SELECT * FROM users") == "x|before\n")
    }

    // MARK: Values

    @Test func `numbers come as text, blobs as bytes, NULL as nothing`() async throws {
        let file = try await SQLiteFile(
            """
            CREATE TABLE users (id, whole, fraction, bytes, absent, empty, emptyblob, cut);
            INSERT INTO users VALUES ('x', 42, 1.5, x'00ff80', NULL, '', x'', 'a' || char(0) || 'b');
            """)
        let directory = try open(file.path)
        guard case .one(let entry) = try await directory.lookUp("x", by: .after(.seconds(20))) else {
            Issue.record("not found")
            return
        }
        #expect(entry.columns.names == ["id", "whole", "fraction", "bytes", "absent", "empty", "emptyblob", "cut"])
        #expect(entry.texts(named: "whole") == ["42"])
        #expect(entry.texts(named: "fraction") == ["1.5"])
        #expect(entry.withFirstValue(3) { Array($0) } == [0x00, 0xFF, 0x80])
        #expect(["absent", "empty", "emptyblob"].map { entry.texts(named: $0) } == [[], [], []])
        #expect(entry.texts(named: "cut") == ["a\u{0}b"], "a value goes to its length, not to a NUL")
        await directory.close()
    }

    @Test func `a NUL doesn't make somebody else of an identifier`() async throws {
        let file = try await SQLiteFile(Self.users)
        let directory = try open(file.path, lookup: "SELECT * FROM users WHERE id LIKE ?1")
        #expect(try await directory.found("x") == .somebody(["x"]))
        #expect(try await directory.found("x\u{0}anything") == .nobody)
        await directory.close()
    }

    @Test func `an empty identifier is a text, not NULL`() async throws {
        let file = try await SQLiteFile(Self.users)
        let directory = try open(file.path, lookup: "SELECT typeof(?1) AS id")
        #expect(try await directory.found("") == .somebody(["text"]))
        await directory.close()
    }

    @Test func `a listing is of one moment`() async throws {
        let file = try await SQLiteFile(
            "PRAGMA journal_mode = WAL; CREATE TABLE users (id integer, state text);"
                + " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
                + " INSERT INTO users SELECT i, 'before' FROM n;")
        let directory = try open(file.path, list: "SELECT * FROM users")
        var states: Set<String?> = []
        var count = 0
        for try await batch in directory.list(stallLimit: .seconds(20)) {
            if count == 0 { try await file.run("UPDATE users SET state = 'after'; DELETE FROM users WHERE id > 4000;") }
            for row in 0..<batch.count { states.formUnion(batch[row].texts(1)) }
            count += batch.count
            #expect(batch.end == nil || batch.end?.watermark?.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/) != nil)
        }
        #expect(states == ["before"])
        #expect(count == 5000)
        await directory.close()
    }
}
