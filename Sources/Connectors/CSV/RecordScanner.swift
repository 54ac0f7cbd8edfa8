/// Finds where a record ends, in whatever pieces its bytes come; holds none of them.
///
/// A quote opens a field only where one starts; elsewhere in a field without quotes it is a character like another, as
/// spreadsheets read it.
///
/// - SeeAlso: RFC 4180, section 2.
struct RecordScanner: Sendable {
    private let delimiter: [UInt8]
    private var isQuoted = false
    /// The line feeds so far that are part of a field.
    private(set) var lineFeeds = 0

    init(delimiter: [UInt8]) {
        self.delimiter = delimiter
    }

    enum Result: Sendable, Hashable {
        /// The place of the record's line feed, or of the file's end.
        case end(Int)
        /// It goes on. Everything before this place has been looked at; the next call starts from here, with at least
        /// `memory` bytes before it.
        case more(from: Int)
        /// The file ends inside a quoted field.
        case unterminated
    }

    /// What a call may look at before the place it starts from: a delimiter's bytes.
    static let memory = 4

    /// - Parameters:
    ///   - bytes: a part of the file.
    ///   - start: where the record starts in it; negative if it starts before `bytes`.
    ///   - from: where to go on.
    ///   - isLast: whether the file ends with `bytes`.
    mutating func scan(_ bytes: UnsafeRawBufferPointer, start: Int, from: Int, isLast: Bool) -> Result {
        var place = from
        // The line's end is looked for once, not again after each quote in it.
        var lineEnd: Int?
        var isLineEndKnown = false
        while true {
            if isQuoted {
                guard let quote = bytes.firstIndex(of: CSVFormat.quote, from: place) else {
                    countLineFeeds(bytes, from: place, to: bytes.count)
                    return isLast ? .unterminated : .more(from: bytes.count)
                }
                countLineFeeds(bytes, from: place, to: quote)
                guard quote + 1 < bytes.count || isLast else { return .more(from: quote) }
                let isDoubled = quote + 1 < bytes.count && bytes[quote + 1] == CSVFormat.quote
                isQuoted = isDoubled
                place = isDoubled ? quote + 2 : quote + 1
            } else {
                if !isLineEndKnown || lineEnd.map({ $0 < place }) == true {
                    lineEnd = bytes.firstIndex(of: CSVFormat.lineFeed, from: place)
                    isLineEndKnown = true
                }
                guard let quote = bytes.firstIndex(of: CSVFormat.quote, from: place, to: lineEnd) else {
                    if let lineEnd { return .end(lineEnd) }
                    return isLast ? .end(bytes.count) : .more(from: bytes.count)
                }
                isQuoted = quote == start || bytes.has(delimiter, at: quote - delimiter.count)
                place = quote + 1
            }
        }
    }

    /// Makes ready for the next record.
    mutating func reset() {
        isQuoted = false
        lineFeeds = 0
    }

    private mutating func countLineFeeds(_ bytes: UnsafeRawBufferPointer, from: Int, to end: Int) {
        var place = from
        while let found = bytes.firstIndex(of: CSVFormat.lineFeed, from: place, to: end) {
            lineFeeds += 1
            place = found + 1
        }
    }
}
