internal import MigrationCore

/// What all connections of a directory share.
struct CSVSource: Sendable {
    let name: String
    let path: String
    /// The columns that are compared with what was typed.
    let match: [String]
    let rule: MatchRule
    let format: CSVFormat
    let timeout: Duration
    let columns = ColumnListCache()
}

/// A file whose first line has been read.
struct CSVTable {
    let file: CSVFile
    let columns: ColumnList
    /// Indexes of the columns that are compared.
    let match: [Int]
    /// Where the first record after the header starts.
    let firstRecord: Int
    /// Its line.
    let firstLine: Int

    enum Failure: Error {
        case reading(RecordReader.Failure)
        /// The file can't be a directory.
        case unfit(DirectoryError.Code, String)
    }

    /// As many as a spreadsheet can have. With more, one row would take longer than a sign-in waits.
    static let maxColumns = 16_384

    /// Opens the file and reads its header.
    init(_ source: CSVSource, while goesOn: () -> Bool) throws(Failure) {
        do throws(FileState.Problem) {
            file = try CSVFile(path: source.path)
        } catch {
            throw .reading(.file(error))
        }
        guard file.state.size <= IdentifierIndex.maxFileBytes else {
            throw .unfit(.badData, "the file has more than 1 TiB")
        }
        let reader = RecordReader(file, delimiter: source.format.delimiter)
        reader.seek(to: try Self.markBytes(file, source.format.encoding), line: 1)
        let header: RecordReader.Record?
        do throws(RecordReader.Failure) {
            header = try reader.next(while: goesOn)
        } catch {
            throw .reading(error)
        }
        guard let header else {
            throw .unfit(.notADirectory, "the file is empty; its first line has to name the columns")
        }
        guard case .bytes(let bytes) = header.content else {
            throw .unfit(.notADirectory, "the first line, which has to name the columns, is longer than 1 MiB")
        }
        let names = try reader.withBytes(bytes) { bytes throws(Failure) in try Self.names(bytes, source.format) }
        columns = source.columns.list(names)
        match = try Self.check(names, source.match)
        firstRecord = reader.offset
        firstLine = reader.line
    }

    /// The length of UTF-8's byte order mark, if there is one.
    private static func markBytes(_ file: CSVFile, _ encoding: CSVEncoding) throws(Failure) -> Int {
        let start: [UInt8]
        do throws(FileState.Problem) {
            start = try file.start()
        } catch {
            throw .reading(.file(error))
        }
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            throw .unfit(.badData, "the file is in UTF-16; save it as UTF-8")
        }
        guard start == [0xEF, 0xBB, 0xBF] else { return 0 }
        guard encoding == .utf8 else {
            throw .unfit(.badData, "the file starts with UTF-8's byte order mark; say encoding: utf-8")
        }
        return 3
    }

    private static func names(_ header: UnsafeRawBufferPointer, _ format: CSVFormat) throws(Failure) -> [String] {
        guard header.firstIndex(of: 0, from: 0) == nil else {
            throw .unfit(.badData, "the first line has a NUL in it: it is no text, or UTF-16; save it as UTF-8")
        }
        guard header.firstIndex(of: CSVFormat.carriageReturn, from: 0) == nil else {
            throw .unfit(
                .badData, "the first line has a carriage return in it; lines have to end with a line feed, or with both"
            )
        }
        var fields = RecordFields(format)
        if fields.split(header, expected: nil) != nil {
            throw .unfit(.badData, "in the first line something follows a closing quote that is no delimiter")
        }
        guard fields.count <= maxColumns else {
            throw .unfit(.badData, "the first line names \(fields.count) columns; there can be \(maxColumns)")
        }
        var names: [String] = []
        for index in 0..<fields.count {
            guard let name = fields.withText(index, of: header, { String(decoding: $0, as: UTF8.self) }) else {
                throw .unfit(
                    .badData, "the name of column \(index + 1) isn't \(format.encoding.rawValue); change encoding:")
            }
            names.append(name)
        }
        return names
    }

    /// The indexes of the columns that are compared.
    private static func check(_ names: [String], _ match: [String]) throws(Failure) -> [Int] {
        var indexes: [Int] = []
        // First, and without the names that there are: in a file without a header they are somebody's values.
        for name in match {
            guard let index = names.firstIndex(where: { $0.hasSameBytes(as: name) }) else {
                throw .unfit(
                    .missingColumn,
                    "match: the first line, which has to name the columns, doesn't name \"\(name)\"; is delimiter: right?"
                )
            }
            if !indexes.contains(index) { indexes.append(index) }
        }
        var places: [[UInt8]: Int] = [:]
        for (index, name) in names.enumerated() {
            guard !name.isEmpty else { throw .unfit(.badData, "column \(index + 1) has no name in the first line") }
            if let other = places.updateValue(index, forKey: Array(name.utf8)) {
                throw .unfit(.badData, "columns \(other + 1) and \(index + 1) both have the name \"\(name)\"")
            }
        }
        return indexes
    }
}

extension String {
    /// Swift's `==` takes canonically equivalent texts for the same.
    fileprivate func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
