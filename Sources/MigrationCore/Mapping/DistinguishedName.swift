/// The text form of an LDAP distinguished name, such as `CN=Sales,OU=Groups,DC=example,DC=com`.
///
/// - SeeAlso: RFC 4514 §3; §2.4 there for escapes and the form `#hexstring`; RFC 2253 §4 for what older servers write and
///   is read here too: spaces around `=`, `,` and `+`, semicolons, quotes.
enum DistinguishedName {
    /// The value of a name's first RDN, without its escapes; of an RDN of several, the first one's.
    ///
    /// - Returns: nil for what isn't a distinguished name to its end, and for a value that isn't text.
    static func firstValue(of text: String) -> String? {
        var text = text
        return text.withUTF8 { firstValue(of: $0) }
    }

    /// The same, of UTF-8.
    static func firstValue(of bytes: UnsafeBufferPointer<UInt8>) -> String? {
        var parser = Parser(bytes)
        guard let first = parser.attributeValue() else { return nil }
        while parser.skipSeparator() {
            guard parser.attributeValue() != nil else { return nil }
        }
        guard parser.isAtEnd else { return nil }
        return switch first {
        case .text(let bytes): String(validating: bytes, as: UTF8.self)
        case .encoded(let bytes): BERString.text(bytes)
        }
    }

    private enum Value {
        case text([UInt8])
        /// BER, from the form `#hexstring`.
        case encoded([UInt8])
    }

    private struct Parser {
        private let bytes: UnsafeBufferPointer<UInt8>
        private var index = 0

        init(_ bytes: UnsafeBufferPointer<UInt8>) {
            self.bytes = bytes
        }

        var isAtEnd: Bool { index == bytes.count }

        private var next: UInt8? { isAtEnd ? nil : bytes[index] }

        private mutating func skip(_ characters: StaticString) -> Bool {
            guard let next, characters.contains(next) else { return false }
            index += 1
            return true
        }

        private mutating func skipSpaces() {
            while skip(" ") {}
        }

        /// Between the parts of an RDN, and between RDNs.
        mutating func skipSeparator() -> Bool { skip(",;+") }

        /// `CN=Sales`, up to what follows it; nil if there is none here.
        mutating func attributeValue() -> Value? {
            skipSpaces()
            guard skipType() else { return nil }
            skipSpaces()
            guard skip("=") else { return nil }
            skipSpaces()
            if skip("#") { return hexString() }
            if skip("\"") { return quoted() }
            return string()
        }

        /// A name (`ou`, `employeeNumber`) or a number of OIDs (`2.5.4.11`).
        private mutating func skipType() -> Bool {
            let start = index
            guard let first = next else { return false }
            let isNumber = first.isDigit
            guard isNumber || first.isLetter else { return false }
            while let byte = next, isNumber ? byte.isDigit || byte == UInt8(ascii: ".") : byte.isKeyCharacter {
                index += 1
            }
            guard isNumber else { return true }
            let arcs = bytes[start..<index].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            return arcs.count > 1 && arcs.allSatisfy { !$0.isEmpty }
        }

        private mutating func string() -> Value? {
            var value: [UInt8] = []
            // Spaces at the end are none of the value's, unless they are escaped.
            var kept = 0
            while let byte = next {
                switch byte {
                case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "+"):
                    return .text(Array(value[..<kept]))
                case UInt8(ascii: "\\"):
                    index += 1
                    guard let escaped = escaped() else { return nil }
                    value.append(escaped)
                    kept = value.count
                case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), 0:
                    return nil
                default:
                    index += 1
                    value.append(byte)
                    if byte != UInt8(ascii: " ") { kept = value.count }
                }
            }
            return .text(Array(value[..<kept]))
        }

        /// After a backslash: a special character, or a byte as two hex digits.
        private mutating func escaped() -> UInt8? {
            if let byte = next, StaticString(" \"#+,;<=>\\").contains(byte) {
                index += 1
                return byte
            }
            return hexPair()
        }

        private mutating func quoted() -> Value? {
            var value: [UInt8] = []
            while let byte = next {
                index += 1
                switch byte {
                case UInt8(ascii: "\""):
                    skipSpaces()
                    return .text(value)
                case UInt8(ascii: "\\"):
                    guard let escaped = escaped() else { return nil }
                    value.append(escaped)
                default:
                    value.append(byte)
                }
            }
            return nil
        }

        private mutating func hexString() -> Value? {
            var value: [UInt8] = []
            while let byte = hexPair() { value.append(byte) }
            skipSpaces()
            return value.isEmpty ? nil : .encoded(value)
        }

        private mutating func hexPair() -> UInt8? {
            guard index + 1 < bytes.count, let high = bytes[index].hexDigit, let low = bytes[index + 1].hexDigit
            else { return nil }
            index += 2
            return high << 4 | low
        }
    }
}

/// A string type of ASN.1 in the Basic Encoding Rules: the value behind `#` in a distinguished name.
///
/// - SeeAlso: ITU-T X.690 §8.1; X.680 §8.6 for the tags.
private enum BERString {
    /// - Returns: nil for what isn't one string, whole and of a definite length.
    static func text(_ encoded: [UInt8]) -> String? {
        var rest = encoded[...]
        guard let tag = rest.popFirst(), let length = length(&rest), length == rest.count else { return nil }
        switch tag {
        // OCTET STRING, UTF8String
        case 0x04, 0x0C:
            return String(validating: rest, as: UTF8.self)
        // NumericString, PrintableString, IA5String, VisibleString: ASCII
        case 0x12, 0x13, 0x16, 0x1A:
            return rest.allSatisfy { $0 < 0x80 } ? String(validating: rest, as: UTF8.self) : nil
        // BMPString, UniversalString: big-endian numbers of 2 and 4 bytes
        case 0x1E:
            guard let units = numbers(of: 2, in: rest) else { return nil }
            return String(validating: units.map { UInt16(truncatingIfNeeded: $0) }, as: UTF16.self)
        case 0x1C:
            guard let units = numbers(of: 4, in: rest) else { return nil }
            return String(validating: units, as: UTF32.self)
        default:
            return nil
        }
    }

    private static func length(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard let first = rest.popFirst() else { return nil }
        if first < 0x80 { return Int(first) }
        // Four bytes of length would be more than a name can hold.
        let count = Int(first & 0x7F)
        guard (1...3).contains(count), rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }

    private static func numbers(of size: Int, in bytes: ArraySlice<UInt8>) -> [UInt32]? {
        guard bytes.count.isMultiple(of: size) else { return nil }
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map { start in
            bytes[start..<(start + size)].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }
}

extension StaticString {
    /// Whether an ASCII character is one of this text's.
    fileprivate func contains(_ byte: UInt8) -> Bool {
        withUTF8Buffer { $0.contains(byte) }
    }
}

extension UInt8 {
    /// Whether it is an ASCII digit.
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    /// Whether it is an ASCII letter.
    var isLetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }

    /// RFC 4512 §1.4: letters, digits and hyphens.
    fileprivate var isKeyCharacter: Bool { isLetter || isDigit || self == UInt8(ascii: "-") }

    fileprivate var hexDigit: UInt8? {
        if isDigit { return self - UInt8(ascii: "0") }
        let letter = (self | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : nil
    }
}
