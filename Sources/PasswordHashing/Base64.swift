/// Base64 as directories write it: `-_` are `+/`; bits that a last character has to spare are not looked at.
enum Base64 {
    enum Padding {
        /// None, or as much as is due.
        case optional
        case none
    }

    /// - Parameter dotIsPlus: passlib's alphabet, which has `.` where others have `+`.
    static func decode(
        _ text: Characters, padding: Padding = .optional, dotIsPlus: Bool = false
    ) throws(Refusal) -> [UInt8] {
        var text = text
        if padding == .optional, text.count.isMultiple(of: 4) {
            for _ in 0..<2 where text.last == UInt8(ascii: "=") { text.removeLast() }
        }
        guard text.count % 4 != 1 else { throw .malformed }

        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var bits: UInt32 = 0
        var bitCount = 0
        for character in text {
            guard let value = value(of: character, dotIsPlus: dotIsPlus) else { throw .malformed }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return bytes
    }

    private static func value(of character: UInt8, dotIsPlus: Bool) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        case UInt8(ascii: ".") where dotIsPlus: 62
        default: nil
        }
    }
}

/// Hexadecimal digits, in either case, also mixed.
enum Hex {
    static func decode(_ text: Characters) throws(Refusal) -> [UInt8] {
        guard text.count.isMultiple(of: 2) else { throw .malformed }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8?
        for character in text {
            guard let value = value(of: character) else { throw .malformed }
            if let first = high.take() {
                bytes.append(first << 4 | value)
            } else {
                high = value
            }
        }
        return bytes
    }

    /// Writes `bytes` in lower case; `output` has two bytes for each.
    static func encode(_ bytes: some Sequence<UInt8>, to output: UnsafeMutableRawBufferPointer) {
        let digits = Array("0123456789abcdef".utf8)
        var index = output.startIndex
        for byte in bytes {
            output[index] = digits[Int(byte >> 4)]
            output[index + 1] = digits[Int(byte & 15)]
            index += 2
        }
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
