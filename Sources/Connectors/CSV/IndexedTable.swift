internal import MigrationCore
internal import Threads

/// A file with its index, which is built in as many steps as it takes.
struct IndexedTable {
    enum Failure: Error {
        case reading(RecordReader.Failure)
        /// More values than the index has room for.
        case tooMany
    }

    let table: CSVTable
    private let rule: MatchRule
    /// Reads the whole file once; nil when that is done.
    private var builder: RecordReader?
    /// Reads the records that are looked up.
    private let reader: RecordReader
    private var index: IdentifierIndex
    private var fields: RecordFields
    private var folded: [UInt8] = []

    /// Each of them may need a new piece of the index.
    static let recordsBetweenQuestions = 32

    init(_ table: CSVTable, _ source: CSVSource) {
        self.table = table
        rule = source.rule
        let builder = RecordReader(table.file, delimiter: source.format.delimiter)
        builder.seek(to: table.firstRecord, line: table.firstLine)
        self.builder = builder
        reader = RecordReader(table.file, delimiter: source.format.delimiter, firstRead: 4096)
        index = IdentifierIndex(fileBytes: table.file.state.size)
        fields = RecordFields(source.format)
    }

    /// Whether the index is that of a file in this state. If the file was opened right after a change, it is read once more as
    /// soon as no later change can look like that one.
    func isUpToDate(_ state: FileState, at now: UnixTime = SystemWallClock().now) -> Bool {
        state == table.file.state && (!table.file.wasRecent || state.isRecent(at: now))
    }

    /// How much of the file is in the index, from 0 to 100.
    var percentDone: Int {
        guard let builder, table.file.state.size > 0 else { return 100 }
        return Int(Double(builder.offset) / Double(table.file.state.size) * 100)
    }

    /// Its index, to be freed.
    consuming func takeIndex() -> IdentifierIndex { index }

    /// Goes on with the index until it is done.
    ///
    /// - Throws: `.reading(.stopped)` if `goesOn` said no; the next call goes on from there.
    mutating func build(while goesOn: () -> Bool) throws(Failure) {
        guard let builder else { return }
        var records = 0
        while true {
            // Before the next one is taken, which would be lost. Reading asks, too, but that is thousands of records at once.
            if records.isMultiple(of: Self.recordsBetweenQuestions), !goesOn() { throw .reading(.stopped) }
            records += 1
            guard let record = try Self.next(builder, goesOn) else { break }
            // One that is too long isn't looked at by anybody.
            guard case .bytes(let range) = record.content else { continue }
            guard !index.isFull else { throw .tooMany }
            builder.withBytes(range) { insert($0, at: record.offset) }
        }
        self.builder = nil
    }

    /// Calls `body` for each record that has what was typed in one of the columns, until it returns false.
    ///
    /// - Parameter identifier: folded.
    mutating func forEachMatch(
        of identifier: [UInt8], while goesOn: () -> Bool,
        _ body: (inout RecordFields, UnsafeRawBufferPointer, Int) -> Bool
    ) throws(Failure) {
        var candidates = index.candidates(for: identifier)
        while let offset = try Self.next(&candidates, goesOn) {
            reader.seek(to: offset, line: 1)
            guard let record = try Self.next(reader, goesOn), case .bytes(let range) = record.content else { continue }
            let isMore = reader.withBytes(range) { bytes in
                guard fields.split(bytes, expected: table.columns.names.count) == nil else { return true }
                let isMatch = table.match.contains { fold($0, of: bytes) && folded == identifier }
                return isMatch ? body(&fields, bytes, offset) : true
            }
            if !isMore { return }
        }
    }

    private mutating func insert(_ record: UnsafeRawBufferPointer, at offset: Int) {
        guard fields.split(record, expected: table.columns.names.count) == nil else { return }
        for column in table.match where fold(column, of: record) { index.insert(folded, at: offset) }
    }

    /// Puts what a column has for a name into `folded`.
    ///
    /// - Returns: false if that is no name: no text, empty, or longer than any name.
    private mutating func fold(_ column: Int, of record: UnsafeRawBufferPointer) -> Bool {
        let isName = fields.withText(column, of: record) { text in
            guard MatchRule.isName(text.count) else { return false }
            rule.fold(text, into: &folded)
            return true
        }
        return isName == true
    }

    private static func next(
        _ candidates: inout IdentifierIndex.Candidates, _ goesOn: () -> Bool
    ) throws(Failure) -> Int? {
        do throws(IdentifierIndex.Candidates.Stopped) {
            return try candidates.next(while: goesOn)
        } catch {
            throw .reading(.stopped)
        }
    }

    private static func next(
        _ reader: RecordReader, _ goesOn: () -> Bool
    ) throws(Failure) -> RecordReader.Record? {
        do throws(RecordReader.Failure) {
            return try reader.next(while: goesOn)
        } catch {
            throw .reading(error)
        }
    }
}
