public import Logging
public import MigrationCore
internal import SnapshotStore

extension ConnectorsConfiguration {
    /// Opens the snapshot of this configuration, in the background.
    ///
    /// A file that isn't there, or is no good, is a warning in the log and nothing more.
    public func lookupStore(logger: Logger) -> (SnapshotPlace) -> any LookupStore {
        { place in
            let store = SnapshotStore(self, at: place, logger: logger)
            store.openSoon()
            return store
        }
    }
}
