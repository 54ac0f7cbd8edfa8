import Foundation
import Synchronization

/// A folder for one test, removed with the object.
///
/// All of a process lie in one folder of its own, which is removed when the process is gone, whichever way it went. That
/// one lies in the folder that the environment variable `TEST_TMP` names, or else in the system's.
public final class TemporaryFolder: Sendable {
    private static let root = Result {
        let base = ProcessInfo.processInfo.environment["TEST_TMP"] ?? NSTemporaryDirectory()
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
        // Short names: a socket's path has room for 107 bytes.
        let root = try make("tests", in: base)
        AtExit.run { try? FileManager.default.removeItem(atPath: root) }
        // Again and again, because servers and programs that end a little later still write.
        try ChildProcess.whenThisProcessIsGone(
            "sleep 2; for second in 1 2 3 4 5 6; do sleep 1; rm -rf \"$1\"; done", argument: root)
        return root
    }

    public let path: String

    public init(_ name: String) throws {
        path = try Self.make(name, in: Self.root.get())
    }

    private static func make(_ name: String, in folder: String) throws -> String {
        let path = (folder as NSString).appendingPathComponent("\(name)-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        return path
    }

    public func file(_ name: String) -> String { "\(path)/\(name)" }

    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    deinit {
        remove()
    }
}

/// What has to be done before the process exits, the latest first.
public enum AtExit {
    private static let actions = Mutex<[@Sendable () -> Void]>([])
    private static let isRegistered: Void = {
        atexit {
            let actions = AtExit.actions.withLock { actions in
                defer { actions = [] }
                return actions
            }
            for action in actions.reversed() { action() }
        }
    }()

    public static func run(_ action: @escaping @Sendable () -> Void) {
        _ = isRegistered
        actions.withLock { $0.append(action) }
    }
}
