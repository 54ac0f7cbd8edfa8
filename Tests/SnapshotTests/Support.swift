import Foundation
import Logging
import MigrationCore
import SnapshotStore
import Synchronization
import TestSupport
import Threads

/// A wall clock that stands where a test puts it.
final class StandingClock: WallClock {
    private let time: Mutex<UnixTime>

    init(_ time: UnixTime = UnixTime(milliseconds: 1_790_000_000_000)) {
        self.time = Mutex(time)
    }

    var now: UnixTime { time.withLock { $0 } }

    func move(by duration: Duration) {
        time.withLock { $0.sinceEpoch += duration }
    }
}

/// Keeps the log lines of a test: message, reason and directory.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(lines: self) }
    }

    fileprivate func append(_ line: String) {
        lines.withLock { $0.append(line) }
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = event.metadata ?? [:]
            let words = ["reason", "directory"].compactMap { metadata[$0].map { "\($0)" } }
            lines.append(([event.level.rawValue, "\(event.message)"] + words).joined(separator: " "))
        }
    }
}

/// A pool that is signed in to by email, in any case of letters.
enum World {
    static let key = Secret("0123456789abcdef0123456789abcdef")
    static let columns = ["id", "login", "email", "confirmed", "name", "pw", "disabled"]

    static func person(_ id: Int, _ email: String?, hash: String? = "$2b$04$stored") -> [String?] {
        ["\(id)", "login\(id)", email, "2026-01-01", "Name \(id)", hash, "0"]
    }

    static func directory(
        _ name: String = "customers", password: PasswordSource = .column("pw"), isRetired: Bool = false,
        list: String = "SELECT 1"
    ) -> DirectoryConfiguration {
        DirectoryConfiguration(
            name: name, type: "sqlite", options: ConnectorOptions(["list": .text(list)]), key: "id", password: password,
            disabled: FlagRule(column: "disabled"), isRetired: isRetired)
    }

    static func configuration(
        _ directories: [DirectoryConfiguration] = [directory()], pool: UserPoolSettings? = nil,
        attributes: [AttributeRule] = attributes, username: AttributeRule? = nil
    ) -> ConnectorsConfiguration {
        ConnectorsConfiguration(
            userPool: UserPoolReference(id: "eu-west-1_Ex4mple", settings: pool), directories: directories,
            username: username, attributes: attributes)
    }

    static let attributes = [
        AttributeRule("email", from: .columns(["email"])),
        AttributeRule("email_verified", from: .columns(["confirmed"]), transforms: [.present]),
        AttributeRule("name", from: .columns(["name"])),
    ]

    static func pool(
        by usernameAttributes: [UserPoolSettings.NameAttribute] = [], aliases: [UserPoolSettings.NameAttribute] = [],
        isCaseSensitive: Bool = false
    ) -> UserPoolSettings {
        // Through JSON: its own initializer is the core's.
        let list = { (names: [UserPoolSettings.NameAttribute]) in
            names.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        }
        let json = """
            {"usernameAttributes":[\(list(usernameAttributes))],"aliasAttributes":[\(list(aliases))],\
            "isCaseSensitive":\(isCaseSensitive)}
            """
        return (try? JSONDecoder().decode(UserPoolSettings.self, from: Data(json.utf8))) ?? .assumed(hasUsername: true)
    }
}

/// A snapshot in a folder of its own, and stores that read it.
final class Fixture: Sendable {
    let folder: TemporaryFolder
    let clock = StandingClock()

    init() throws {
        folder = try TemporaryFolder("snapshot")
    }

    var path: String { folder.file("lookups.snapshot") }

    @discardableResult
    func build(
        _ directories: [any ListableDirectory], _ configuration: ConnectorsConfiguration = World.configuration(),
        to other: String? = nil, key: Secret = World.key, previous: (path: String, key: Secret)? = nil
    ) async throws -> [SnapshotBuilder.Outcome] {
        try await SnapshotBuilder(configuration, clock: clock).build(
            directories, into: other ?? path, key: key, previous: previous ?? (path, key))
    }

    func store(
        _ configuration: ConnectorsConfiguration = World.configuration(), key: Secret = World.key,
        maxAge: Duration = .seconds(24 * 3600), log: LogLines = LogLines(),
        clock: any MonotonicClock = ContinuousClock()
    ) -> SnapshotStore {
        SnapshotStore(
            configuration, at: SnapshotPlace(path: path, key: key, maxAge: maxAge), logger: log.logger, clock: clock,
            wallClock: self.clock)
    }
}

/// What a look-up came to, with all that is known of the entry: `id=1 name=Name 1`.
func described(_ lookup: Lookup?) -> String {
    switch lookup {
    case nil: return "nothing"
    case .some(.none): return "none"
    case .several(let count): return "several \(count)"
    case .one(let entry):
        return entry.columns.names.enumerated().map { index, name in
            "\(name)=" + entry.texts(index).map { $0 ?? "?" }.joined(separator: "|")
        }.joined(separator: " ")
    }
}

extension SnapshotStore {
    func find(_ identifier: String, in directory: String = "customers") async -> String {
        described(await lookUp(identifier, in: directory, by: .after(.seconds(5))))
    }
}
