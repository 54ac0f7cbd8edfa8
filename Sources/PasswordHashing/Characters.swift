/// A part of a stored value. Its indexes are those of the whole, so a part also says where it is.
typealias Characters = Slice<UnsafeRawBufferPointer>

extension Slice<UnsafeRawBufferPointer> {
    /// What follows `prefix`, or nil without it.
    func after(_ prefix: String) -> Characters? {
        starts(with: prefix.utf8) ? dropFirst(prefix.utf8.count) : nil
    }

    /// The fields between separators, empty ones too.
    func fields(separatedBy separator: Unicode.Scalar) -> [Characters] {
        split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false)
    }

    /// A number without sign or leading zero, of at most ten digits.
    func number() throws(Refusal) -> Int {
        guard (1...10).contains(count), allSatisfy(\.isDigit), count == 1 || first != UInt8(ascii: "0") else {
            throw .malformed
        }
        return reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// `number()`, at least 1.
    func positiveNumber() throws(Refusal) -> Int {
        let number = try number()
        guard number >= 1 else { throw .malformed }
        return number
    }

    /// All are of `./0-9A-Za-z`.
    var isCryptText: Bool {
        allSatisfy { $0.isDigit || $0.isLetter || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }
    }

    var isPrintable: Bool { allSatisfy { (0x20...0x7E).contains($0) } }

    var string: String { String(decoding: self, as: UTF8.self) }

    /// This text with constants in place of `parts`, character by character: layout, lengths and cost stay.
    ///
    /// The constants are hexadecimal digits, which every alphabet of salts and digests has. Padding stays.
    func replacing(_ parts: Characters...) -> String { replacing(parts) }

    func replacing(_ parts: [Characters]) -> String {
        let constants = Array("5a0c7e1f93b6d248".utf8)
        var bytes = Array(self)
        for part in parts {
            for index in part.indices where part[index] != UInt8(ascii: "=") {
                bytes[index - startIndex] = constants[(index - part.startIndex) % constants.count]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    var isHexDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }
}

extension Slice<UnsafeRawBufferPointer> {
    /// The hash that `body` reads of another text that this one holds; its dummy is this one with constants for `parts`.
    func withDummy(
        replacing parts: Characters..., reading body: () throws(Refusal) -> StoredHash
    ) throws(Refusal) -> StoredHash {
        let hash = try body()
        return hash.within(dummy: hash.dummy == nil ? nil : replacing(parts))
    }
}

/// Reads a text that was put together. The hash must not point into it.
func withCharacters<Value>(
    _ text: String, _ body: (Characters) throws(Refusal) -> Value
) throws(Refusal) -> Value {
    var text = text
    let result = text.withUTF8 { bytes in
        Result { () throws(Refusal) in try body(UnsafeRawBufferPointer(bytes)[...]) }
    }
    return try result.get()
}
