public import MigrationCore
public import Threads

/// Reads what a snapshot says of itself, for `cache inspect` and `doctor`. Blocks for a few milliseconds.
public enum SnapshotInspector {
    /// - Throws: `.missing`, `.unreadable`, `.damaged`, `.otherFormat` or `.otherKey`.
    public static func contents(of path: String, key: Secret) throws(SnapshotProblem) -> SnapshotContents {
        _ = try FileState(path: path)
        do throws(SnapshotFile.Failure) {
            return try SnapshotFile(path: path, key: key).header.contents
        } catch {
            if case .problem(let problem) = error { throw problem }
            throw .unreadable
        }
    }

    /// A snapshot beside the configuration.
    public static func inspection(
        of place: SnapshotPlace, _ configuration: ConnectorsConfiguration, clock: any WallClock = SystemWallClock()
    ) -> SnapshotInspection {
        let outcome = Result { () throws(SnapshotProblem) in try contents(of: place.path, key: place.key) }
        let stored = (try? outcome.get())?.directories ?? []
        let covered = configuration.directories.filter { directory in
            let fingerprint = SnapshotFingerprint.text(configuration, directory: directory)
            return stored.contains { $0.name == directory.name && $0.fingerprint == fingerprint }
        }
        return SnapshotInspection(
            configuration, at: place, outcome, covered: Set(covered.map(\.name)), now: clock.now)
    }
}
