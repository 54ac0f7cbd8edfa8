import Foundation
import Testing

/// What a test needs and a machine may not have.
public enum Requirement {
    public struct Missing: Error, CustomStringConvertible {
        public let description: String
    }

    /// Skips the test with the reason, unless `isMet`; fails it where the environment says `REQUIRE_SERVERS=1`.
    public static func require(_ isMet: Bool, orSkip reason: String) throws {
        if isMet { return }
        if ProcessInfo.processInfo.environment["REQUIRE_SERVERS"] == "1" { throw Missing(description: reason) }
        // Its default is a macro, which only a test target can expand.
        let here = SourceLocation(fileID: #fileID, filePath: #filePath, line: #line, column: #column)
        try Test.cancel(Comment(rawValue: reason), sourceLocation: here)
    }
}
