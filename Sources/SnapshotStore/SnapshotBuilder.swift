public import MigrationCore
public import Threads

/// Reads every directory's list into one snapshot.
///
/// A retired directory can't be read: its entries come from a snapshot that is there already, mapped anew by the
/// configuration as it is.
public struct SnapshotBuilder: Sendable {
    /// Why there is no new snapshot. The old one, if any, is as it was.
    public enum Failure: Error, Sendable, Equatable {
        /// A directory can't be read to its end, or lacks a column that decides.
        case directory(DirectoryError)
        /// A retired directory's entries are nowhere to be had; nil: the snapshot is good and has none of them.
        case retired(directory: String, SnapshotProblem?)
        /// In the system's words.
        case cannotWrite(String)
        case cancelled
    }

    /// What became of one directory.
    public struct Outcome: Sendable, Hashable {
        public let directory: String
        public let isRetired: Bool
        /// Whether its passwords could be checked only by itself (`password: bind`).
        public let checksPasswords: Bool
        public var counts: SnapshotContents.Counts
        /// Of a retired directory: columns that are read, and that the snapshot at hand doesn't have.
        public let missingColumns: [String]
    }

    /// How far it is.
    public struct Progress: Sendable, Hashable {
        public let directory: String
        /// Rows of it so far.
        public let rows: Int
        /// Rows of all so far.
        public let totalRows: Int
    }

    private static let stallLimit = Duration.seconds(60)
    /// Batches that are mapped at a time.
    private static let maxInFlight = 8

    private let configuration: ConnectorsConfiguration
    private let clock: any WallClock

    public init(_ configuration: ConnectorsConfiguration, clock: any WallClock = SystemWallClock()) {
        self.configuration = configuration
        self.clock = clock
    }

    /// Writes the file, of mode 0600, and puts it in its place when it is whole.
    ///
    /// - Parameters:
    ///   - directories: as many as the configuration has, in its order; retired ones aren't asked.
    ///   - previous: the snapshot with the retired directories' entries; may be the one that is replaced.
    ///   - onProgress: told of each batch.
    public func build(
        _ directories: [any ListableDirectory], into path: String, key: Secret, previous: (path: String, key: Secret),
        onProgress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws(Failure) -> [Outcome] {
        precondition(directories.count == configuration.directories.count)
        let writer: SnapshotWriter
        let carried: PreviousSnapshot
        do {
            writer = try SnapshotWriter(path: path, key: key, directories: configuration.directories.map(\.name))
            carried = try PreviousSnapshot(path: previous.path, key: previous.key)
        } catch {
            throw Failure(error, directory: "")
        }
        let result = await build(directories, writer, carried, onProgress)
        await carried.close()
        await writer.close()
        return try result.get()
    }

    private func build(
        _ directories: [any ListableDirectory], _ writer: SnapshotWriter, _ carried: PreviousSnapshot,
        _ onProgress: @escaping @Sendable (Progress) -> Void
    ) async -> Result<[Outcome], Failure> {
        let builtAt = clock.now
        var read: [SnapshotContents.Directory] = []
        var outcomes: [Outcome] = []
        var rows = 0
        for (index, settings) in configuration.directories.enumerated() {
            do {
                var kept: SnapshotContents.Directory?
                if settings.isRetired {
                    kept = try await carried.directory(named: settings.name)
                    guard kept != nil else { throw Failure.retired(directory: settings.name, nil) }
                }
                let listedAt = kept.map { UnixTime(milliseconds: $0.listedAt) } ?? clock.now
                let listing: any AsyncSequence<EntryBatch, DirectoryError> =
                    if let kept { CarriedEntries(kept, in: carried) } else {
                        directories[index].list(stallLimit: Self.stallLimit)
                    }
                let population = try await Population.read(
                    listing, configuration, directory: index, writer: writer, maxInFlight: Self.maxInFlight
                ) { [rows] in
                    onProgress(Progress(directory: settings.name, rows: $0, totalRows: rows + $0))
                }
                rows += population.rows
                var counts = population.counts
                if let kept {
                    counts.nameless += kept.counts.nameless
                    counts.badRows = kept.counts.badRows
                }
                read.append(
                    SnapshotContents.Directory(
                        name: settings.name,
                        fingerprint: SnapshotFingerprint.text(configuration, directory: settings),
                        listedAt: listedAt, columns: population.columns, isExhaustive: population.isExhaustive,
                        ignoresCase: population.ignoresCase, counts: counts))
                let missing = kept.map { kept in
                    configuration.columns(of: settings).filter { !kept.columns.contains($0) }
                }
                outcomes.append(
                    Outcome(
                        directory: settings.name, isRetired: settings.isRetired,
                        checksPasswords: settings.password == .bind, counts: counts, missingColumns: missing ?? []))
            } catch {
                return .failure(Failure(error, directory: settings.name))
            }
        }
        do {
            let contents = read
            let shared = try await writer.finish { sharedNames in
                var directories = contents
                for (index, count) in sharedNames.enumerated() { directories[index].counts.sharedNames = count }
                return SnapshotContents(builtAt: builtAt, directories: directories)
            }
            for (index, count) in shared.enumerated() { outcomes[index].counts.sharedNames = count }
        } catch {
            return .failure(Failure(error, directory: ""))
        }
        return .success(outcomes)
    }
}

extension SnapshotBuilder.Failure {
    fileprivate init(_ error: any Error, directory: String) {
        switch error {
        case let failure as SnapshotBuilder.Failure: self = failure
        case let error as DirectoryError: self = error.code == .cancelled ? .cancelled : .directory(error)
        case let problem as SnapshotProblem: self = .retired(directory: directory, problem)
        case let failure as SnapshotWriter.Failure:
            switch failure {
            case .cannotWrite(let reason): self = .cannotWrite(reason)
            case .cancelled: self = .cancelled
            }
        case is CancellationError: self = .cancelled
        default: preconditionFailure("an error that nothing here throws: \(error)")
        }
    }
}
