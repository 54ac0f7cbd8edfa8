import Foundation
import Synchronization

/// A folder for one test, removed with the object, and at the latest when the process exits.
///
/// It lies in the folder that the environment variable `TEST_TMP` names, so that a script can clean up after a process
/// that was killed.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init(_ name: String) throws {
        let base = ProcessInfo.processInfo.environment["TEST_TMP"] ?? NSTemporaryDirectory()
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
        // Short: a socket's path has room for 107 bytes.
        path = (base as NSString).appendingPathComponent("\(name)-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        // What lives as long as the process is never freed.
        AtExit.run { [path] in try? FileManager.default.removeItem(atPath: path) }
    }

    public func file(_ name: String) -> String { "\(path)/\(name)" }

    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    deinit {
        remove()
    }
}

/// What has to be done before the process exits.
public enum AtExit {
    private static let actions = Mutex<[@Sendable () -> Void]>([])
    private static let isRegistered: Void = {
        atexit {
            let actions = AtExit.actions.withLock { actions in
                defer { actions = [] }
                return actions
            }
            for action in actions { action() }
        }
    }()

    public static func run(_ action: @escaping @Sendable () -> Void) {
        _ = isRegistered
        actions.withLock { $0.append(action) }
    }
}
