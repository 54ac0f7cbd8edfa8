internal import Synchronization
public import Logging
public import MigrationCore
public import Threads

/// The encrypted file of look-ups, for directories that are down or retired.
///
/// Whatever is wrong with the file, it says nothing (nil) and warns once: `snapshot` with a `reason`, the code of a
/// `SnapshotProblem`. A file that is put in its place is opened within a second.
public struct SnapshotStore: LookupStore {
    private let pool: ConnectionPool<SnapshotReader>
    private let watchdog: Watchdog
    private let opening = Opening()

    /// Nothing is opened before it is needed, or `openSoon()` is called.
    ///
    /// - Parameters:
    ///   - clock: for how often the file is looked at; deadlines are of real time.
    ///   - wallClock: for the snapshot's age.
    public init(
        _ configuration: ConnectorsConfiguration, at place: SnapshotPlace, logger: Logger,
        clock: any MonotonicClock = ContinuousClock(), wallClock: any WallClock = SystemWallClock(),
        watchdog: Watchdog = .shared
    ) {
        let source = SnapshotSource(
            configuration: configuration, place: place, logger: logger, clock: clock, wallClock: wallClock)
        self.watchdog = watchdog
        // One thread: a look-up takes microseconds, and one file has one standing.
        pool = ConnectionPool(directory: "snapshot", limit: 1, threadName: "snapshot", watchdog: watchdog) {
            SnapshotReader(source, on: $0)
        }
    }

    public func lookUp(_ identifier: String, in directory: String, by deadline: Deadline) async -> Lookup? {
        let pool = pool
        // A disk that hangs doesn't hear of deadlines.
        return await answer(
            by: deadline.instant, watchdog: watchdog, late: { nil },
            work: {
                let found = try? await pool.withConnection(by: deadline) { reader throws(DirectoryError) in
                    await reader.lookUp(identifier, in: directory, by: deadline)
                }
                return found ?? nil
            })
    }

    /// Opens the file in the background, so that what is wrong with it is said at the start, and the first look-up is quick.
    public func openSoon() {
        let pool = pool
        opening.start {
            let deadline = Deadline.after(.seconds(10))
            try? await pool.withConnection(by: deadline) { reader throws(DirectoryError) in
                await reader.look(by: deadline)
            }
        }
    }

    public func close() async {
        await pool.close()
        await opening.finish()
    }
}

/// The opening in the background; whoever closes waits for it.
private final class Opening: Sendable {
    private let task = Mutex<Task<Void, Never>?>(nil)

    func start(_ work: @escaping @Sendable () async -> Void) {
        task.withLock { task in
            if task == nil { task = Task { await work() } }
        }
    }

    func finish() async {
        await task.withLock { $0 }?.value
    }
}
