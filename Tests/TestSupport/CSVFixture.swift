import Foundation

/// A CSV file for one test.
public final class CSVFixture: Sendable {
    public let path: String
    private let folder: TemporaryFolder

    public init(bytes: [UInt8]) throws {
        folder = try TemporaryFolder("csv")
        path = folder.file("users.csv")
        try write(bytes)
    }

    /// - Parameter hole: so many bytes follow that take no room on the disk and read as NULs.
    public convenience init(_ text: String, hole: Int = 0) throws {
        try self.init(bytes: Array(text.utf8))
        if hole > 0 {
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try handle.truncate(atOffset: UInt64(text.utf8.count + hole))
            try handle.close()
        }
    }

    /// - Parameters:
    ///   - count: how many rows follow the text.
    ///   - row: a row, with `%.0f` where its number goes, from 1.
    public convenience init(_ text: String, count: Int, row: String) async throws {
        try self.init(text)
        // By a program: in a test's own thread a million take seconds that others wait.
        try await ChildProcess.run("sh", ["-c", "seq -f \"$1\" 1 \"$2\" >> \"$3\"", "seq", row, String(count), path])
    }

    /// Writes other bytes into the same file.
    public func write(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    /// Puts another file in its place.
    public func replace(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// A path beside it.
    public func sibling(_ name: String) -> String { folder.file(name) }
}
