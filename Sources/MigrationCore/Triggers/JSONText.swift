/// Why bytes are not an event that we can read. The message is for an operator; it never holds a value.
public struct InvalidEvent: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// JSON text that was checked once (RFC 8259), with the places of its values: what a splice needs.
///
/// A decoder would lose what it doesn't know and write the rest its own way; Cognito gets back the bytes that it sent.
struct JSONText: Sendable {
    static let maxDepth = 128

    enum Kind: Sendable, Hashable {
        case object, array, string, number, boolean, null
    }

    struct Value: Sendable, Hashable {
        let kind: Kind
        let range: Range<Int>
    }

    struct Member: Sendable {
        /// The key's UTF-16 code units: a key is compared as it was meant, escapes resolved, without normalisation.
        let key: [UInt16]
        let value: Value

        func isNamed(_ name: String) -> Bool {
            key.elementsEqual(name.utf16)
        }
    }

    let bytes: [UInt8]
    let root: Value

    init(_ bytes: [UInt8]) throws(InvalidEvent) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw InvalidEvent("the event is not UTF-8")
        }
        var scanner = Scanner(bytes: bytes)
        let root = try scanner.value(depth: 0)
        scanner.skipSpace()
        guard scanner.position == bytes.count else {
            throw InvalidEvent("there is something after the JSON value, at byte \(scanner.position)")
        }
        self.bytes = bytes
        self.root = root
    }

    /// The members of an object, in order, the repeated ones each time.
    func members(of object: Value) -> [Member] {
        precondition(object.kind == .object)
        var scanner = Scanner(bytes: bytes, position: object.range.lowerBound + 1)
        var members: [Member] = []
        while true {
            scanner.skipSpace()
            guard bytes[scanner.position] != UInt8(ascii: "}") else { return members }
            if bytes[scanner.position] == UInt8(ascii: ",") {
                scanner.position += 1
                scanner.skipSpace()
            }
            // Checked in init: what follows is a key, a colon and a value.
            guard let keyRange = try? scanner.string() else { return members }
            scanner.skipSpace()
            scanner.position += 1
            guard let value = try? scanner.value(depth: 0) else { return members }
            members.append(Member(key: codeUnits(ofStringAt: keyRange), value: value))
        }
    }

    /// The text of a string; nil if it has a lone surrogate, which is not text.
    func text(of value: Value) -> String? {
        precondition(value.kind == .string)
        return String(validating: codeUnits(ofStringAt: value.range), as: UTF16.self)
    }

    private func codeUnits(ofStringAt range: Range<Int>) -> [UInt16] {
        let content = bytes[range.dropFirst().dropLast()]
        guard content.contains(UInt8(ascii: "\\")) else {
            return Array(String(decoding: content, as: UTF8.self).utf16)
        }
        var units: [UInt16] = []
        units.reserveCapacity(content.count)
        var rest = content
        while let escape = rest.firstIndex(of: UInt8(ascii: "\\")) {
            units.append(contentsOf: String(decoding: rest[..<escape], as: UTF8.self).utf16)
            let letter = rest[escape + 1]
            rest = rest[(escape + 2)...]
            switch letter {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                let unit = rest.prefix(4).reduce(0) { $0 << 4 | UInt16(Scanner.hexDigit($1) ?? 0) }
                units.append(unit)
                rest = rest.dropFirst(4)
            default: units.append(UInt16(letter))
            }
        }
        units.append(contentsOf: String(decoding: rest, as: UTF8.self).utf16)
        return units
    }
}

extension JSONText {
    /// Walks over the text and checks its grammar.
    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        mutating func skipSpace() {
            while position < bytes.count {
                let byte = bytes[position]
                guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
                position += 1
            }
        }

        /// Goes on to the next byte of a string that means something: a quote, a backslash or a control character. Most
        /// of an event is such text, and an event may have 6 MB.
        private mutating func skipText() {
            bytes.withUnsafeBufferPointer { bytes in
                var place = position
                while place < bytes.count {
                    let byte = bytes[place]
                    if byte == 0x22 || byte == 0x5C || byte < 0x20 { break }
                    place += 1
                }
                position = place
            }
        }

        private var next: UInt8? {
            position < bytes.count ? bytes[position] : nil
        }

        private func unexpected() -> InvalidEvent {
            next == nil
                ? InvalidEvent("the JSON text ends too early")
                : InvalidEvent("the event is not JSON, at byte \(position)")
        }

        private mutating func take(_ byte: UInt8) throws(InvalidEvent) {
            guard next == byte else { throw unexpected() }
            position += 1
        }

        /// One value, with the white space before it.
        mutating func value(depth: Int) throws(InvalidEvent) -> Value {
            skipSpace()
            let start = position
            let kind: Kind
            switch next {
            case UInt8(ascii: "{"):
                kind = .object
                try object(depth: depth + 1)
            case UInt8(ascii: "["):
                kind = .array
                try array(depth: depth + 1)
            case UInt8(ascii: "\""):
                kind = .string
                _ = try string()
            case UInt8(ascii: "t"):
                kind = .boolean
                try literal("true")
            case UInt8(ascii: "f"):
                kind = .boolean
                try literal("false")
            case UInt8(ascii: "n"):
                kind = .null
                try literal("null")
            default:
                kind = .number
                try number()
            }
            return Value(kind: kind, range: start..<position)
        }

        private mutating func object(depth: Int) throws(InvalidEvent) {
            guard depth <= JSONText.maxDepth else { throw tooDeep }
            position += 1
            skipSpace()
            if next == UInt8(ascii: "}") {
                position += 1
                return
            }
            while true {
                skipSpace()
                _ = try string()
                skipSpace()
                try take(UInt8(ascii: ":"))
                _ = try value(depth: depth)
                skipSpace()
                if next == UInt8(ascii: ",") {
                    position += 1
                    continue
                }
                return try take(UInt8(ascii: "}"))
            }
        }

        private mutating func array(depth: Int) throws(InvalidEvent) {
            guard depth <= JSONText.maxDepth else { throw tooDeep }
            position += 1
            skipSpace()
            if next == UInt8(ascii: "]") {
                position += 1
                return
            }
            while true {
                _ = try value(depth: depth)
                skipSpace()
                if next == UInt8(ascii: ",") {
                    position += 1
                    continue
                }
                return try take(UInt8(ascii: "]"))
            }
        }

        private var tooDeep: InvalidEvent {
            InvalidEvent("the event is nested deeper than \(JSONText.maxDepth) levels")
        }

        /// A string with its quotes; returns its range.
        mutating func string() throws(InvalidEvent) -> Range<Int> {
            let start = position
            try take(UInt8(ascii: "\""))
            while true {
                skipText()
                guard let byte = next else { throw unexpected() }
                position += 1
                switch byte {
                case UInt8(ascii: "\""):
                    return start..<position
                case UInt8(ascii: "\\"):
                    guard let letter = next else { throw unexpected() }
                    position += 1
                    if letter == UInt8(ascii: "u") {
                        for _ in 0..<4 {
                            guard let digit = next, Self.hexDigit(digit) != nil else { throw unexpected() }
                            position += 1
                        }
                    } else if !"\"\\/bfnrt".utf8.contains(letter) {
                        position -= 1
                        throw unexpected()
                    }
                default:
                    position -= 1
                    throw unexpected()
                }
            }
        }

        private mutating func literal(_ word: StaticString) throws(InvalidEvent) {
            for index in 0..<word.utf8CodeUnitCount {
                try take(word.utf8Start[index])
            }
        }

        private mutating func number() throws(InvalidEvent) {
            if next == UInt8(ascii: "-") { position += 1 }
            if next == UInt8(ascii: "0") {
                position += 1
            } else {
                try digits()
            }
            if next == UInt8(ascii: ".") {
                position += 1
                try digits()
            }
            if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
                position += 1
                if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
                try digits()
            }
        }

        private mutating func digits() throws(InvalidEvent) {
            let start = position
            while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
            guard position > start else { throw unexpected() }
        }

        static func hexDigit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
            default: nil
            }
        }
    }
}
