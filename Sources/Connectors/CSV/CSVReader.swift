import MigrationCore
import Threads

/// A file and its thread: one with an index for look-ups, or one that reads a listing.
actor CSVReader: ListingConnection, LookUpConnection {
    /// Records that are counted before a look-up has seen enough.
    private static let maxCounted = 512

    nonisolated let place: PooledThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { place.executor.asUnownedSerialExecutor() }

    private struct Listing {
        let table: CSVTable
        let reader: RecordReader
        var fields: RecordFields
        var builder: EntryBatch.Builder
        var count = 0
    }

    private let source: CSVSource
    /// The file as it was last seen, its index finished or not.
    private var indexed: IndexedTable?
    /// The index of a file that isn't there any more: freed before another is made, in as many steps as it takes.
    private var dropped: IdentifierIndex?
    private var listing: Listing?

    init(_ source: CSVSource, on place: PooledThread) {
        self.source = source
        self.place = place
    }

    func finish() {
        indexed = nil
        dropped = nil
        listing = nil
    }

    /// The records of the file, as it is now, that have the identifier in one of the columns.
    func lookUp(_ identifier: String, by deadline: Deadline) throws(DirectoryError) -> Lookup {
        let goesOn = goesOn(until: deadline)
        let folded = source.rule.fold(identifier)
        while true {
            // The deadline's passing ends this, however often the file changes.
            guard goesOn() else { throw stopped("") }
            try bringIndexUpToDate(while: goesOn)
            guard var indexed = indexed.take() else { throw error(.cancelled, "") }
            let answer: Lookup
            do throws(DirectoryError) {
                defer { self.indexed = indexed }
                answer = try find(folded, in: &indexed, while: goesOn)
            } catch {
                // What was written to in the middle may look like anything.
                guard indexed.table.file.isUnchanged else { continue }
                throw error
            }
            if indexed.table.file.isUnchanged { return answer }
        }
    }

    private func find(
        _ identifier: [UInt8], in indexed: inout IndexedTable, while goesOn: () -> Bool
    ) throws(DirectoryError) -> Lookup {
        let columns = indexed.table.columns
        var count = 0
        var builder = EntryBatch.Builder(columns: columns)
        var problem: String?
        do throws(IndexedTable.Failure) {
            try indexed.forEachMatch(of: identifier, while: goesOn) { fields, record, offset in
                count += 1
                if count == 1, let column = builder.append(&fields, of: record) {
                    problem = "the column \"\(columns.names[column])\" of the record at byte \(offset)"
                }
                return count < Self.maxCounted
            }
        } catch {
            // Two are several, however many more there may be.
            if case .reading(.stopped) = error, place.interruption.reason == nil, count > 1 {
                return .several(count: count)
            }
            throw directoryError(error, "")
        }
        if count > 1 { return .several(count: count) }
        // Somebody is there, so this is no denial.
        if let problem { throw error(.badData, "\(problem) isn't \(source.format.encoding.rawValue)") }
        return count == 0 ? .none : .one(builder.take()[0])
    }

    private func bringIndexUpToDate(while goesOn: () -> Bool) throws(DirectoryError) {
        while true {
            let state = try currentState(while: goesOn)
            if indexed?.isUpToDate(state) != true {
                guard dropIndex(while: goesOn) else { throw stopped("") }
                indexed = IndexedTable(try openTable(while: goesOn), source)
            }
            do throws(IndexedTable.Failure) {
                try indexed?.build(while: goesOn)
            } catch {
                let percent = indexed?.percentDone ?? 0
                // What was found to be wrong stays so until the file changes; reading it all again would find the same.
                if case .reading(.file) = error { dropIndex(while: goesOn) }
                // What was written to in the middle may look like anything.
                if indexed?.table.file.isUnchanged == false, goesOn() { continue }
                throw directoryError(
                    error, "\(percent) % of the file was indexed by the deadline; the next look-up goes on from there")
            }
            // Another file may be there by now, or what was read have been changed.
            if let file = indexed?.table.file, file.isUnchanged, try currentState(while: goesOn) == file.state {
                return
            }
            guard goesOn() else { throw stopped("the file changes all the time") }
            dropIndex(while: goesOn)
        }
    }

    /// Frees the index a piece at a time, for the sake of the deadline.
    ///
    /// - Returns: false if some of it is left for the next call.
    @discardableResult
    private func dropIndex(while goesOn: () -> Bool) -> Bool {
        if let indexed = indexed.take() { dropped = indexed.takeIndex() }
        while dropped?.freePiece() == true {
            guard goesOn() else { return false }
        }
        dropped = nil
        return true
    }
}

// MARK: - Listing

extension CSVReader {
    func nextBatches(by deadline: Deadline) throws(DirectoryError) -> [EntryBatch] {
        let goesOn = goesOn(until: deadline)
        guard goesOn() else { throw stopped("") }
        if listing == nil { listing = try startListing(while: goesOn) }
        guard var listing = listing.take() else { throw error(.cancelled, "") }
        let isMore: Bool
        do throws(DirectoryError) {
            isMore = try fill(&listing, while: goesOn)
        } catch {
            // What was written to in the middle may look like anything.
            if error.code == .badData { try checkUnchanged(listing.table.file) }
            throw error
        }
        // After reading: a change before it is in what was read.
        try checkUnchanged(listing.table.file)
        guard isMore else {
            return [
                listing.builder.take(
                    end: .complete(count: listing.count, watermark: listing.table.file.state.modified))
            ]
        }
        let batch = listing.builder.take()
        self.listing = listing
        return [batch]
    }

    private func checkUnchanged(_ file: CSVFile) throws(DirectoryError) {
        guard file.isUnchanged, (try? FileState(path: source.path)) == file.state else {
            throw error(.changedMeanwhile, "the file was changed or replaced while it was read")
        }
    }

    private func startListing(while goesOn: () -> Bool) throws(DirectoryError) -> Listing {
        let table = try openTable(while: goesOn)
        let reader = RecordReader(table.file, delimiter: source.format.delimiter)
        reader.seek(to: table.firstRecord, line: table.firstLine)
        return Listing(
            table: table, reader: reader, fields: RecordFields(source.format),
            builder: EntryBatch.Builder(columns: table.columns))
    }

    /// - Returns: false at the file's end.
    private func fill(_ listing: inout Listing, while goesOn: () -> Bool) throws(DirectoryError) -> Bool {
        let names = listing.table.columns.names
        do throws(RecordReader.Failure) {
            while let record = try listing.reader.next(while: goesOn) {
                listing.count += 1
                switch record.content {
                case .tooLong:
                    listing.builder.dropEntry(RowProblem(.tooLong, position: record.line))
                case .bytes(let range):
                    listing.reader.withBytes(range) { bytes in
                        switch listing.fields.split(bytes, expected: names.count) {
                        case .wrongFieldCount:
                            listing.builder.dropEntry(RowProblem(.wrongFieldCount, position: record.line))
                        case .badQuoting:
                            listing.builder.dropEntry(RowProblem(.badQuoting, position: record.line))
                        case nil:
                            guard let column = listing.builder.append(&listing.fields, of: bytes) else { return }
                            listing.builder.dropEntry(
                                RowProblem(.notUTF8, column: names[column], position: record.line))
                        }
                    }
                }
                if listing.builder.isFull { return true }
            }
            return false
        } catch {
            throw directoryError(.reading(error), "")
        }
    }
}

extension EntryBatch.Builder {
    /// Appends a record as an entry.
    ///
    /// - Returns: nil, or the column that is no text; nothing of the record counts then before `dropEntry(_:)`.
    fileprivate mutating func append(_ fields: inout RecordFields, of record: UnsafeRawBufferPointer) -> Int? {
        for column in 0..<fields.count {
            guard fields.withText(column, of: record, { appendValue($0) }) != nil else { return column }
            endCell()
        }
        endEntry()
        return nil
    }
}

// MARK: - Errors

extension CSVReader {
    private func openTable(while goesOn: () -> Bool) throws(DirectoryError) -> CSVTable {
        do throws(CSVTable.Failure) {
            return try CSVTable(source, while: goesOn)
        } catch {
            switch error {
            case .unfit(let code, let detail): throw self.error(code, "\(source.path): \(detail)")
            case .reading(let failure): throw directoryError(.reading(failure), "")
            }
        }
    }

    private func currentState(while goesOn: () -> Bool) throws(DirectoryError) -> FileState {
        do throws(FileState.Problem) {
            return try FileState(path: source.path)
        } catch {
            dropIndex(while: goesOn)
            throw directoryError(.reading(.file(error)), "")
        }
    }

    private func goesOn(until deadline: Deadline) -> () -> Bool {
        { [interruption = place.interruption] in interruption.reason == nil && !deadline.hasPassed() }
    }

    private func error(_ code: DirectoryError.Code, _ detail: String) -> DirectoryError {
        DirectoryError(code, directory: source.name, detail: detail)
    }

    private func stopped(_ detail: String) -> DirectoryError {
        switch place.interruption.reason {
        case .closed: error(.cancelled, "the directory was closed")
        case .cancelled: error(.cancelled, "")
        case nil: error(.deadlineExceeded, detail)
        }
    }

    private func directoryError(_ failure: IndexedTable.Failure, _ ifStopped: String) -> DirectoryError {
        switch failure {
        case .tooMany:
            error(.badData, "\(source.path) has more values than an index has room for")
        case .reading(.stopped):
            stopped(ifStopped)
        case .reading(.unterminatedQuote(let line)):
            error(.badData, "\(source.path): a quote that is opened in the record of line \(line) is never closed")
        case .reading(.file(.missing)):
            error(.notADirectory, "no such file: \(source.path)")
        case .reading(.file(.notAFile)):
            error(.notADirectory, "not a file: \(source.path)")
        case .reading(.file(.noPermission)):
            error(.permissionDenied, "no permission to read \(source.path)")
        case .reading(.file(.other(let code))):
            DirectoryError(
                .unexpected, directory: source.name, detail: "\(source.path) can't be read", nativeCode: "errno \(code)"
            )
        }
    }
}
