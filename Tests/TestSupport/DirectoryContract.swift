public import MigrationCore
public import Testing

/// What a kind of directory brings so that the contract suite can be run on it.
public struct DirectoryContract: Sendable, CustomTestStringConvertible {
    /// What a directory that the suite opens holds and does.
    public enum Fixture: Sendable {
        /// `people`: found by their login, listed by their id.
        case people
        /// A look-up that goes on for ever.
        case endlessLookUp
        /// A listing of so many entries, with a `number` from 1 and a `text` of 100 characters.
        case numbered(Int)
        /// A listing that stalls for ever after at least one batch.
        case stallingList
        /// No query for a listing, where there are queries.
        case withoutList
    }

    /// A directory that can go away under the suite's eyes.
    public struct Movable: Sendable {
        public let directory: any ListableDirectory
        public let takeAway: @Sendable () async throws -> Void
        public let bringBack: @Sendable () async throws -> Void

        public init(
            directory: any ListableDirectory, takeAway: @escaping @Sendable () async throws -> Void,
            bringBack: @escaping @Sendable () async throws -> Void
        ) {
            self.directory = directory
            self.takeAway = takeAway
            self.bringBack = bringBack
        }
    }

    public let kind: String
    /// Whether it needs a query for a listing; a file has only one way to be read.
    public let listsByQuery: Bool
    /// Whether all entries have all columns, or each only those that it has a value for.
    public let hasAllColumns: Bool
    /// How many entries a large listing has: a million, unless the kind takes too long to hold them.
    public let population: Int
    public let open: @Sendable (Fixture, ConnectorSettings) async throws -> any ListableDirectory
    public let openMovable: @Sendable () async throws -> Movable

    public init(
        kind: String, hasAllColumns: Bool = true, population: Int = 1_000_000, listsByQuery: Bool = true,
        open: @escaping @Sendable (Fixture, ConnectorSettings) async throws -> any ListableDirectory,
        openMovable: @escaping @Sendable () async throws -> Movable
    ) {
        self.kind = kind
        self.listsByQuery = listsByQuery
        self.hasAllColumns = hasAllColumns
        self.population = population
        self.open = open
        self.openMovable = openMovable
    }

    public var testDescription: String { kind }

    /// Opens a directory, and closes it after `body`.
    public func with(
        _ fixture: Fixture, settings: ConnectorSettings = ConnectorSettings(timeout: .seconds(30)),
        _ body: (any ListableDirectory) async throws -> Void
    ) async throws {
        let directory = try await open(fixture, settings)
        do {
            try await body(directory)
        } catch {
            await directory.close()
            throw error
        }
        await directory.close()
    }
}

extension DirectoryContract {
    /// Somebody in the fixture `people`. An empty text is kept as one, and is absent in an entry.
    public struct Person: Sendable {
        public var id: Int
        public var login: String
        public var name: String?
        public var note: String?
    }

    /// The columns of `people`, in order.
    public static let columns = ["id", "login", "name", "note"]

    public static let scripts: [String] = ["Ada Example", "Юлия Пример", "用户示例", "مستخدم مثال"]
    /// As long as the pool allows a name to be, by characters.
    public static let longLogins: [String] = ["ä", "ж", "漢", "ﷺ", "😀", "e\u{301}"].map {
        String(repeating: $0, count: 128)
    }

    public static let people: [Person] = {
        var people = scripts.enumerated().map { number, name in
            Person(id: number + 1, login: name.lowercased(), name: name, note: nil)
        }
        people.append(Person(id: 10, login: "empty", name: "", note: ""))
        people.append(Person(id: 11, login: "twin", name: "First Twin", note: nil))
        people.append(Person(id: 12, login: "twin", name: "Second Twin", note: nil))
        people.append(
            Person(id: 13, login: "o'neill", name: "O'Neill", note: "a \"quote\", a back\\slash, a\ttab,\na line"))
        for (number, login) in longLogins.enumerated() {
            people.append(Person(id: 20 + number, login: login, name: nil, note: "long"))
        }
        return people
    }()

    /// Statements that make the table `name` and fill it with `people`, as PostgreSQL and SQLite both read them.
    public static func sql(table name: String) -> String {
        func literal(_ text: String?) -> String {
            text.map { "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'" }
                ?? "NULL"
        }
        let rows = people.map { person in
            "(\(person.id), \(literal(person.login)), \(literal(person.name)), \(literal(person.note)))"
        }
        return """
            CREATE TABLE \(name) (id integer, login text, name text, note text);
            INSERT INTO \(name) VALUES \(rows.joined(separator: ",\n"));

            """
    }

    /// `people` as a CSV file, which has no way to write that a value is absent but an empty one.
    public static let csv: String = {
        func field(_ text: String?) -> String {
            guard let text, text.contains(where: { "\",\n".contains($0) }) else { return text ?? "" }
            return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        }
        let rows = people.map { [String($0.id), $0.login, field($0.name), field($0.note)].joined(separator: ",") }
        return ([columns.joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
    }()

    /// What people type who would like to be somebody else, or to break something.
    public static let hostileIdentifiers: [String] = [
        "*)(uid=*", "' OR '1'='1", "x'; DROP TABLE people; --", "\" OR \"\"=\"", "%", "_", "*", "?1", "$1", "\\", "\\'",
        ":login",
        "", " ", "\u{1}\u{1F}\u{7F}", "\r\n", "\u{0}", "twin\u{0}", "twin\u{0}x", "\u{202E}nipt", "\u{FEFF}twin",
        "\u{FFFD}",
        "TWIN", " twin", "twin ", String(repeating: "a", count: 100_000), String(repeating: "'", count: 5_000),
    ]
}

extension DirectoryEntry {
    /// The values of a column by its name.
    public func texts(named name: String) -> [String?] {
        columns.indexes(of: name).flatMap { texts($0) }
    }
}
