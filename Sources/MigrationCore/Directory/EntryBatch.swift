/// The columns that the entries of a batch share, in order, each with the name the directory shows.
///
/// A class because its identity matters: what was compiled against one list (column names become indexes) is good for
/// every batch that has the same list, so a connector hands out the same object for as long as the columns stay.
public final class ColumnList: Sendable {
    public let names: [String]
    /// Whether these are all the columns there are (a table), or only those that some entry had (LDAP). In a table a name
    /// that isn't there is a mistake; elsewhere it is an absent value.
    public let isExhaustive: Bool
    /// Whether `mail` and `MAIL` are one name, as in LDAP (RFC 4512, 2.5). In a table they are two.
    public let ignoresCase: Bool

    public init(_ names: [String], isExhaustive: Bool, ignoresCase: Bool = false) {
        self.names = names
        self.isExhaustive = isExhaustive
        self.ignoresCase = ignoresCase
    }

    /// All the columns of that name: none, one, or several where a query's result has it twice.
    public func indexes(of name: String) -> [Int] {
        let exact = names.indices.filter { names[$0] == name }
        guard exact.isEmpty, ignoresCase else { return exact }
        let lowercased = name.lowercased()
        return names.indices.filter { names[$0].lowercased() == lowercased }
    }
}

/// A row that can't be an entry.
public struct RowProblem: Sendable, Hashable {
    public enum Reason: String, Sendable, Hashable {
        /// Bytes that are no text in the directory's encoding, or a NUL in a file of text.
        case notUTF8 = "not-utf8"
        case tooLong = "too-long"
        case wrongFieldCount = "wrong-field-count"
        /// Something follows a closing quote that is neither a delimiter nor the line's end.
        case badQuoting = "bad-quoting"
    }

    public let reason: Reason
    public let column: String?
    /// Where it is: the row's number in the listing, from 1, or the line of a file.
    public let position: Int

    public init(_ reason: Reason, column: String? = nil, position: Int) {
        self.reason = reason
        self.column = column
        self.position = position
    }
}

/// Up to 512 entries or 256 KiB of values: one column list, one byte buffer, offsets. A `String` is made only when a
/// rule asks for one.
///
/// Each entry has one cell a column; a cell has no value (absent), one, or several. Values are bytes as the directory
/// gave them: UTF-8 text, unless the directory holds something else.
public struct EntryBatch: Sendable {
    public static let maxEntries = 512
    public static let maxBytes = 256 * 1024

    public let columns: ColumnList
    /// Rows that can't be entries. They stop nothing.
    public let problems: [RowProblem]
    /// Set on the last batch of a listing, which may be empty otherwise.
    public let end: ListingEnd?

    /// The number of entries.
    public let count: Int
    private let bytes: [UInt8]
    /// Where each value ends in `bytes`; a value starts where the one before it ends.
    private let valueEnds: [UInt32]
    /// Where each cell's values end in `valueEnds`, row by row.
    private let cellEnds: [UInt32]

    /// What its values and offsets take in memory.
    var byteCount: Int {
        bytes.count + (valueEnds.count + cellEnds.count) * MemoryLayout<UInt32>.stride
    }

    public subscript(row: Int) -> DirectoryEntry {
        precondition(row >= 0 && row < count)
        return DirectoryEntry(batch: self, row: row)
    }

    /// Indexes of the cell's values.
    func values(row: Int, column: Int) -> Range<Int> {
        precondition(columns.names.indices.contains(column))
        let cell = row * columns.names.count + column
        return Int(cell == 0 ? 0 : cellEnds[cell - 1])..<Int(cellEnds[cell])
    }

    func withBytes<Result>(ofValue value: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let range = Int(value == 0 ? 0 : valueEnds[value - 1])..<Int(valueEnds[value])
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}

extension EntryBatch {
    /// The batch as it lies in memory, for loops over many entries.
    struct Storage {
        let bytes: UnsafeBufferPointer<UInt8>
        let valueEnds: UnsafeBufferPointer<UInt32>
        let cellEnds: UnsafeBufferPointer<UInt32>
        let columnCount: Int

        /// Indexes of a cell's values.
        @inline(__always)
        func values(row: Int, column: Int) -> Range<Int> {
            let cell = row * columnCount + column
            return Int(cell == 0 ? 0 : cellEnds[cell - 1])..<Int(cellEnds[cell])
        }

        @inline(__always)
        func value(_ index: Int) -> UnsafeBufferPointer<UInt8> {
            UnsafeBufferPointer(rebasing: bytes[Int(index == 0 ? 0 : valueEnds[index - 1])..<Int(valueEnds[index])])
        }
    }

    /// - Parameter body: gets what is valid until it returns.
    @inline(__always)
    func withStorage<Result>(_ body: (Storage) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { bytes in
            valueEnds.withUnsafeBufferPointer { valueEnds in
                cellEnds.withUnsafeBufferPointer { cellEnds in
                    body(
                        Storage(
                            bytes: bytes, valueEnds: valueEnds, cellEnds: cellEnds, columnCount: columns.names.count))
                }
            }
        }
    }
}

extension EntryBatch {
    /// Fills a batch, cell by cell in the columns' order, and starts over when it is taken.
    ///
    ///     builder.appendValue(bytes)      // any number a cell
    ///     builder.endCell()               // once a column
    ///     builder.endEntry()              // after the last column
    ///     if builder.isFull { yield(builder.take(end: nil)) }
    ///
    /// Ten million values a listing pass through here, so it is compiled into its callers.
    public struct Builder: Sendable {
        public let columns: ColumnList
        @usableFromInline var entryCount = 0
        @usableFromInline var bytes = Appended<UInt8>()
        @usableFromInline var valueEnds = Appended<UInt32>()
        @usableFromInline var cellEnds = Appended<UInt32>()
        @usableFromInline var problems: [RowProblem] = []

        public init(columns: ColumnList) {
            self.columns = columns
        }

        /// The entries so far.
        @inlinable public var count: Int { entryCount }

        public var isEmpty: Bool { count == 0 && problems.isEmpty }

        @inlinable public var isFull: Bool {
            count + problems.count >= EntryBatch.maxEntries || bytes.count >= EntryBatch.maxBytes
        }

        @inlinable
        public mutating func appendValue(_ value: UnsafeRawBufferPointer) {
            bytes.append(contentsOf: value)
            valueEnds.append(UInt32(truncatingIfNeeded: bytes.count))
        }

        public mutating func appendValue(_ text: String) {
            var text = text
            text.withUTF8 { appendValue(UnsafeRawBufferPointer($0)) }
        }

        @inlinable
        public mutating func endCell() {
            cellEnds.append(UInt32(truncatingIfNeeded: valueEnds.count))
        }

        @inlinable
        public mutating func endEntry() {
            entryCount += 1
            assert(cellEnds.count == count * columns.names.count, "an entry has one cell a column")
        }

        /// Drops what was appended since the last `endEntry()` and notes why.
        public mutating func dropEntry(_ problem: RowProblem) {
            cellEnds.count = count * columns.names.count
            valueEnds.count = Int(cellEnds.last ?? 0)
            bytes.count = Int(valueEnds.last ?? 0)
            problems.append(problem)
        }

        /// The batch so far. The builder is empty afterwards, with the same columns.
        public mutating func take(end: ListingEnd? = nil) -> EntryBatch {
            // The offsets are of 32 bits: one entry after 256 KiB would have to be of 4 GiB.
            precondition(bytes.count <= UInt32.max, "an entry of 4 GiB")
            let batch = EntryBatch(
                columns: columns, problems: problems, end: end, count: count, bytes: bytes.elements,
                valueEnds: valueEnds.elements, cellEnds: cellEnds.elements)
            // The next batch will be about as large: growing in steps copies it several times.
            let isLast = end != nil
            entryCount = 0
            problems = []
            bytes = Appended(capacity: isLast ? 0 : bytes.count)
            valueEnds = Appended(capacity: isLast ? 0 : valueEnds.count)
            cellEnds = Appended(capacity: isLast ? 0 : cellEnds.count)
            return batch
        }
    }

    /// An array that is longer than what was appended to it, so that appending is a copy and an addition.
    @usableFromInline
    struct Appended<Element: FixedWidthInteger & Sendable>: Sendable {
        /// Those from `count` on mean nothing.
        @usableFromInline var elements: [Element]
        @usableFromInline var count = 0

        @usableFromInline
        init(capacity: Int = 0) {
            // An eighth more: batches differ a little.
            elements = Array(repeating: 0, count: capacity + capacity / 8)
        }

        var last: Element? { count == 0 ? nil : elements[count - 1] }

        @inlinable
        mutating func append(_ element: Element) {
            if count == elements.count { grow(by: 1) }
            let count = count
            elements.withUnsafeMutableBufferPointer { $0[count] = element }
            self.count = count + 1
        }

        @inlinable
        mutating func append(contentsOf source: UnsafeRawBufferPointer) where Element == UInt8 {
            guard let start = source.baseAddress else { return }
            if source.count > elements.count - count { grow(by: source.count) }
            let count = count
            elements.withUnsafeMutableBytes { target in
                // There is room: the line above has seen to it.
                target.baseAddress.unsafelyUnwrapped.advanced(by: count)
                    .copyMemory(from: start, byteCount: source.count)
            }
            self.count = count + source.count
        }

        @usableFromInline
        mutating func grow(by more: Int) {
            elements += Array(repeating: 0, count: max(elements.count, more, 16))
        }
    }
}
