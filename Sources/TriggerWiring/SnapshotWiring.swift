public import Logging
public import MigrationCore
internal import SnapshotStore

extension DirectoryOpener {
    /// The snapshot of a configuration; nil without `cache.snapshot`.
    ///
    /// It is opened in the background. A file that isn't there, or is no good, is a warning in the log and nothing more.
    public func lookupStore(
        _ configuration: ConnectorsConfiguration, logger: Logger
    ) throws(Failure) -> (any LookupStore)? {
        guard let place = try snapshot(configuration) else { return nil }
        let store = SnapshotStore(configuration, at: place, logger: logger)
        store.openSoon()
        return store
    }
}
