/// The fields of one record, as places in its bytes. Used again for the next record, so that it allocates nothing.
struct RecordFields: Sendable {
    private struct Field {
        var start: Int
        var end: Int
        var hasDoubledQuotes = false
    }

    enum Problem: Sendable, Hashable {
        case wrongFieldCount
        case badQuoting
    }

    private let format: CSVFormat
    private var fields: [Field] = []
    /// Nothing in the record needs decoding.
    private var isPlain = false
    private var unquoted: [UInt8] = []
    private var text: [UInt8] = []

    init(_ format: CSVFormat) {
        self.format = format
    }

    var count: Int { fields.count }

    /// Finds the fields of a record.
    ///
    /// - Parameters:
    ///   - record: without its line's end.
    ///   - expected: how many there should be; any number if nil.
    mutating func split(_ record: UnsafeRawBufferPointer, expected: Int?) -> Problem? {
        fields.removeAll(keepingCapacity: true)
        isPlain = record.isPlainASCII
        let delimiter = format.delimiter
        var place = 0
        while true {
            if let expected, fields.count == expected { return .wrongFieldCount }
            if place < record.count, record[place] == CSVFormat.quote {
                var field = Field(start: place + 1, end: place + 1)
                place += 1
                while true {
                    guard let quote = record.firstIndex(of: CSVFormat.quote, from: place) else { return .badQuoting }
                    field.end = quote
                    place = quote + 1
                    guard place < record.count, record[place] == CSVFormat.quote else { break }
                    field.hasDoubledQuotes = true
                    place += 1
                }
                fields.append(field)
                if place == record.count { break }
                guard record.has(delimiter, at: place) else { return .badQuoting }
                place += delimiter.count
            } else {
                guard let end = record.firstIndex(of: delimiter, from: place) else {
                    fields.append(Field(start: place, end: record.count))
                    break
                }
                fields.append(Field(start: place, end: end))
                place = end + delimiter.count
            }
        }
        return expected.map { fields.count == $0 } == false ? .wrongFieldCount : nil
    }

    /// Calls `body` with a field's text in UTF-8.
    ///
    /// - Returns: nil if its bytes are no text.
    mutating func withText<Result>(
        _ index: Int, of record: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result? {
        let field = fields[index]
        let bytes = UnsafeRawBufferPointer(rebasing: record[field.start..<field.end])
        if !field.hasDoubledQuotes {
            if isPlain { return body(bytes) }
            if format.encoding == .utf8 { return bytes.isText ? body(bytes) : nil }
        }
        text.removeAll(keepingCapacity: true)
        let isText: Bool
        if field.hasDoubledQuotes {
            removeDoubledQuotes(bytes)
            isText = unquoted.withUnsafeBytes { format.encoding.append($0, to: &text) }
        } else {
            isText = format.encoding.append(bytes, to: &text)
        }
        return isText ? text.withUnsafeBytes(body) : nil
    }

    /// Puts the bytes into `unquoted` without the second of two quotes.
    private mutating func removeDoubledQuotes(_ bytes: UnsafeRawBufferPointer) {
        unquoted.removeAll(keepingCapacity: true)
        var isAfterFirst = false
        for byte in bytes {
            let isSecond = isAfterFirst && byte == CSVFormat.quote
            isAfterFirst = byte == CSVFormat.quote && !isSecond
            if !isSecond { unquoted.append(byte) }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// UTF-8 without a NUL.
    fileprivate var isText: Bool { firstIndex(of: 0, from: 0) == nil && isUTF8 }
}
