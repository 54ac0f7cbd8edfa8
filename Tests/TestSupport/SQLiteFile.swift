import Foundation

/// A SQLite file that a test fills, with the `sqlite3` program.
public final class SQLiteFile: Sendable {
    public let path: String
    private let folder: TemporaryFolder

    /// - Throws: skips the test if the program isn't installed.
    public init(_ sql: String) async throws {
        try Requirement.require(
            ChildProcess.find("sqlite3") != nil, orSkip: "sqlite3 is not installed (apt install sqlite3)")
        folder = try TemporaryFolder("sqlite")
        path = folder.file("users.sqlite")
        try await run(sql)
    }

    @discardableResult
    public func run(_ sql: String) async throws -> String {
        try await ChildProcess.run("sqlite3", ["-bail", path], input: sql)
    }

    /// A path beside it.
    public func sibling(_ name: String) -> String { folder.file(name) }
}
