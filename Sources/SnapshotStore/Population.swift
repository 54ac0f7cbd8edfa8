internal import MigrationCore

/// What was read of one directory.
struct Population {
    /// Those that are stored.
    private(set) var columns: [String] = []
    private(set) var isExhaustive = false
    private(set) var ignoresCase = false
    private(set) var counts = SnapshotContents.Counts()
    /// The bad ones included.
    private(set) var rows = 0
    private var list: ColumnList?
    /// Where the stored columns are in the batches of `list`.
    private var indexes: [Int?] = []
    private var passwordIndex: Int?
    private var isComplete = false

    /// Reads a listing to its end and hands its entries to the writer, under each of their names.
    ///
    /// - Throws: the listing's errors; `.missingColumn` and `.badQuery` if a column that decides isn't there or is there
    ///   twice; `.connectionLost` if the listing just stops; the writer's.
    static func read(
        _ listing: any AsyncSequence<EntryBatch, DirectoryError>, _ configuration: ConnectorsConfiguration,
        directory index: Int, writer: SnapshotWriter, maxInFlight: Int, onProgress: (_ rows: Int) -> Void
    ) async throws -> Population {
        let directory = configuration.directories[index]
        let names = CanonicalName(pool: configuration.pool)
        var population = Population()
        try await PopulationMapper(configuration, directory: directory).forEachBatch(
            of: listing, maxInFlight: maxInFlight
        ) { batch, mapped in
            try population.use(batch.columns, configuration, directory)
            try await writer.append(population.records(batch, ComparableNames(of: mapped, names), directory: index))
            population.rows += batch.count + batch.problems.count
            population.counts.badRows += batch.problems.count
            if batch.end != nil { population.isComplete = true }
            onProgress(population.rows)
        }
        try Task.checkCancellation()
        guard population.isComplete else {
            throw DirectoryError(
                .connectionLost, directory: directory.name, detail: "its list stopped before its end")
        }
        return population
    }

    private mutating func use(
        _ list: ColumnList, _ configuration: ConnectorsConfiguration, _ directory: DirectoryConfiguration
    ) throws(DirectoryError) {
        guard list !== self.list else { return }
        let read = configuration.columns(of: directory)
        // Of a server of LDAP any entry may have what this one hasn't.
        let columns = list.isExhaustive ? read.filter { !list.indexes(of: $0).isEmpty } : read
        guard self.list == nil || self.columns == columns else {
            throw DirectoryError(
                .changedMeanwhile, directory: directory.name, detail: "its columns changed in the middle of the list")
        }
        self.list = list
        self.columns = columns
        isExhaustive = list.isExhaustive
        ignoresCase = list.ignoresCase
        indexes = columns.map { list.indexes(of: $0).first }
        passwordIndex = directory.password.stored.flatMap { list.indexes(of: $0.column).first }
    }

    private mutating func records(
        _ batch: EntryBatch, _ names: ComparableNames, directory: Int
    ) -> [SnapshotRecord] {
        var records: [SnapshotRecord] = []
        records.reserveCapacity(batch.count)
        for row in 0..<batch.count {
            let own = names[row]
            guard !own.isEmpty else {
                counts.nameless += 1
                continue
            }
            counts.entries += 1
            let entry = batch[row]
            if let passwordIndex, entry.withFirstValue(passwordIndex, { _ in true }) != nil { counts.withHash += 1 }
            let bytes = SnapshotEntry.bytes(entry, columns: indexes)
            for (number, name) in own.enumerated() {
                records.append(SnapshotRecord(directory: directory, name: name, isFirst: number == 0, entry: bytes))
            }
        }
        return records
    }
}
