public import MigrationCore

/// A directory of a few rows in memory: for rules that are about what a directory says, not about how it is asked.
///
///     MemoryDirectory("a", columns: ["id", "email"], rows: [["1", "ana@example.com"]], match: ["email"])
public struct MemoryDirectory: ListableDirectory {
    /// How it answers.
    public enum Condition: Sendable {
        case up
        case down(DirectoryError.Code)
        /// It answers at the deadline only, by an error.
        case silent
    }

    public let name: String
    private let columns: ColumnList
    private let rows: [[String?]]
    private let match: [String]
    private let condition: Condition

    /// - Parameter match: the columns that are compared with what was typed, in any case of letters.
    public init(
        _ name: String, columns: [String], rows: [[String?]], match: [String], condition: Condition = .up
    ) {
        self.name = name
        self.columns = ColumnList(columns, isExhaustive: true)
        self.rows = rows
        self.match = match
        self.condition = condition
    }

    public func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        switch condition {
        case .up: break
        case .down(let code): throw DirectoryError(code, directory: name)
        case .silent:
            try? await ContinuousClock().sleep(until: deadline.instant)
            throw DirectoryError(.deadlineExceeded, directory: name)
        }
        let indexes = match.flatMap { columns.indexes(of: $0) }
        let found = rows.filter { row in
            indexes.contains { row[$0]?.lowercased() == identifier.lowercased() }
        }
        switch found.count {
        case 0: return .none
        case 1: return .one(batch(found, end: nil)[0])
        default: return .several(count: found.count)
        }
    }

    public func list(stallLimit: Duration) -> any AsyncSequence<EntryBatch, DirectoryError> {
        OneBatch(batch: batch(rows, end: .complete(count: rows.count, watermark: nil)))
    }

    public func close() async {}

    private func batch(_ rows: [[String?]], end: ListingEnd?) -> EntryBatch {
        var builder = EntryBatch.Builder(columns: columns)
        for row in rows {
            for cell in row {
                if let cell { builder.appendValue(cell) }
                builder.endCell()
            }
            builder.endEntry()
        }
        return builder.take(end: end)
    }

    private struct OneBatch: AsyncSequence, AsyncIteratorProtocol {
        typealias Element = EntryBatch
        typealias Failure = DirectoryError

        var batch: EntryBatch?

        func makeAsyncIterator() -> OneBatch { self }

        mutating func next() async throws(DirectoryError) -> EntryBatch? { batch.take() }

        mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(DirectoryError) -> EntryBatch? { batch.take() }
    }
}

/// The same rows, in a directory that checks passwords itself.
public struct BindingMemoryDirectory: PasswordCheckingDirectory {
    private let rows: MemoryDirectory
    private let answer: @Sendable (Secret) throws(DirectoryError) -> PasswordAnswer

    /// - Parameter answer: what it says to a password, whoever's it is.
    public init(
        _ rows: MemoryDirectory, answer: @escaping @Sendable (Secret) throws(DirectoryError) -> PasswordAnswer
    ) {
        self.rows = rows
        self.answer = answer
    }

    public var name: String { rows.name }

    public func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        try await rows.lookUp(identifier, by: deadline)
    }

    public func check(
        _ password: Secret, of entry: DirectoryEntry, by deadline: Deadline
    ) async throws(DirectoryError) -> PasswordAnswer {
        try answer(password)
    }

    /// Its first column.
    public func nameToCheck(of entry: DirectoryEntry) -> [UInt8]? {
        entry.withFirstValue(0) { Array($0) }
    }

    public func close() async {}
}
