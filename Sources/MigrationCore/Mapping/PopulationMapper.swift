/// Maps everybody in a directory, batch by batch, by the same rules as one sign-in.
///
///     let mapper = PopulationMapper(configuration, directory: configuration.directories[0])
///     try await mapper.forEachBatch(of: directory.list(stallLimit: .seconds(30)), maxInFlight: 2) { batch, mapped in
///         for row in 0..<mapped.count where mapped.isRejected(row) { report(mapped.rejections(row)) }
///     }
public struct PopulationMapper: Sendable {
    private let directory: DirectoryConfiguration
    private let rules: [AttributeRule]
    private let validator: AttributeValidator
    private let isOnlyDirectory: Bool

    public init(_ configuration: ConnectorsConfiguration, directory: DirectoryConfiguration) {
        self.directory = directory
        rules = configuration.rules(for: directory)
        validator = AttributeValidator(pool: configuration.pool)
        isOnlyDirectory = configuration.directories.count == 1
    }

    /// The rules with column names as indexes, for every batch with this column list.
    public struct Mapping: Sendable {
        fileprivate let plan: EntryPlan

        /// What the batch's entries become in the pool: a fraction of a millisecond of work.
        public func map(_ batch: EntryBatch) -> MappedBatch {
            plan.map(batch)
        }
    }

    /// - Throws: `.missingColumn` if a column that a rule needs isn't there, `.badQuery` if one is there twice.
    public func mapping(for columns: ColumnList) throws(DirectoryError) -> Mapping {
        Mapping(
            plan: try EntryPlan(
                directory, rules: rules, validator: validator, columns: columns, isOnlyDirectory: isOnlyDirectory))
    }

    /// Maps a listing's batches, several at once, and hands them on in the listing's order.
    ///
    /// Memory holds `maxInFlight` batches beyond the listing's own. The mapping runs on the caller's executor pool, in pieces
    /// of one batch.
    ///
    /// - Parameters:
    ///   - maxInFlight: how many batches are worked on at a time, at least 1. Four for each core keep all busy: a listing
    ///     brings up to four at once, and is asked for more while those are mapped.
    ///   - body: gets each batch with what it was mapped to; what it throws ends the listing.
    public func forEachBatch(
        of listing: any AsyncSequence<EntryBatch, DirectoryError>, maxInFlight: Int,
        _ body: (EntryBatch, MappedBatch) async throws -> Void
    ) async throws {
        precondition(maxInFlight > 0)
        try await withThrowingTaskGroup(of: Finished.self) { group in
            var compiled: (columns: ColumnList, mapping: Mapping)?
            var order = Order()
            for try await batch in listing {
                let mapping: Mapping
                if let compiled, compiled.columns === batch.columns {
                    mapping = compiled.mapping
                } else {
                    mapping = try self.mapping(for: batch.columns)
                    compiled = (batch.columns, mapping)
                }
                while order.waitingCount >= maxInFlight, let finished = try await group.next() {
                    for finished in order.take(finished) { try await body(finished.batch, finished.mapped) }
                }
                let number = order.start()
                group.addTask { Finished(number: number, batch: batch, mapped: mapping.map(batch)) }
            }
            while let finished = try await group.next() {
                for finished in order.take(finished) { try await body(finished.batch, finished.mapped) }
            }
        }
    }

    private struct Finished: Sendable {
        let number: Int
        let batch: EntryBatch
        let mapped: MappedBatch
    }

    /// Puts what was finished in any order back into the one in which it was started.
    private struct Order {
        private var started = 0
        private var handedOn = 0
        private var early: [Finished] = []

        /// Those that were started and not handed on.
        var waitingCount: Int { started - handedOn }

        mutating func start() -> Int {
            started += 1
            return started - 1
        }

        /// What can be handed on now.
        mutating func take(_ finished: Finished) -> [Finished] {
            early.append(finished)
            var ready: [Finished] = []
            while let index = early.firstIndex(where: { $0.number == handedOn }) {
                ready.append(early.remove(at: index))
                handedOn += 1
            }
            return ready
        }
    }
}
