/// Telephone numbers as people write them, to the form that Cognito takes (ITU-T E.164).
enum PhoneNumber {
    /// `+`, a country code that doesn't start with 0, at most 15 digits in all.
    static func isE164(_ text: TextBytes) -> Bool {
        guard (3...16).contains(text.count), text[0] == UInt8(ascii: "+"), text[1] != UInt8(ascii: "0") else {
            return false
        }
        return text.dropFirst().allSatisfy(\.isDigit)
    }

    static func isE164(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isE164($0) }
    }

    /// A country's way to write numbers.
    struct Country {
        private let code: [UInt8]
        private let trunk: [UInt8]
        /// What one dials before the country code.
        private let exitCode: [UInt8]

        /// - Parameters:
        ///   - code: digits, such as `49`.
        ///   - trunkPrefix: what a national number starts with at home and not from abroad, such as `0`.
        init(code: String, trunkPrefix: String?) {
            self.code = Array(code.utf8)
            trunk = Array((trunkPrefix ?? "").utf8)
            exitCode = Array((PhoneNumber.exitCodes[code] ?? "00").utf8)
        }

        /// Writes the number with `+` and its country code.
        ///
        /// `+49 (0)170 1234`, `0049 170 1234`, `0170/1234` and `170 1234` are one number with country code 49 and trunk
        /// prefix 0. A blank text, or a country code alone as forms fill it in, is no number: nothing is written. What isn't
        /// a number is written as it is, or without its spaces and punctuation, for the validator to refuse.
        ///
        /// - Parameter target: what was written before stays.
        func write(_ text: TextBytes, _ target: inout GrowingBuffer<UInt8>) {
            let start = target.count
            var hasDigit = false
            var hasParenthesis = false
            if text.isASCII {
                for byte in text where !PhoneNumber.isFiller(byte) {
                    hasDigit = hasDigit || byte.isDigit
                    hasParenthesis = hasParenthesis || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")")
                    target.append(byte)
                }
            } else {
                let number = String(
                    String.UnicodeScalarView(text.string.unicodeScalars.filter { !PhoneNumber.isFiller($0) }))
                hasDigit = number.utf8.contains(where: \.isDigit)
                hasParenthesis = true
                target.append(number)
            }
            // A column with "-" or "none" has no number, and a country code before it would make it look like one.
            guard hasDigit else {
                let isBlank = target.count == start && text.string.unicodeScalars.allSatisfy(PhoneNumber.isBlank)
                target.truncate(to: start)
                if !isBlank { target.append(contentsOf: text) }
                return
            }
            if hasParenthesis { removeParentheses(from: start, &target) }
            let prefix = target.withElements { internationalPrefix($0.part(start..<$0.count)) }
            if let prefix {
                target.replace(start..<(start + prefix), with: [UInt8(ascii: "+")])
                let number = target.count - start - 1
                guard target.has(code, at: start + 1) else { return }
                if number == code.count {
                    target.truncate(to: start)
                    return
                }
                // `+49 030`: no area code starts with 0 where the trunk prefix does.
                let national = start + 1 + code.count
                if trunk.first == UInt8(ascii: "0"), target.has(trunk, at: national) {
                    target.replace(national..<(national + trunk.count), with: [])
                }
                return
            }
            let trunkCount = target.has(trunk, at: start) ? trunk.count : 0
            if target.count == start + trunkCount {
                target.truncate(to: start)
                target.append(contentsOf: text)
            } else {
                target.replace(start..<(start + trunkCount), with: [UInt8(ascii: "+")] + code)
            }
        }

        /// How long the part is that says "a country code follows"; nil if there is none.
        private func internationalPrefix(_ number: TextBytes) -> Int? {
            if exitCode.withUnsafeBufferPointer({ number.hasPrefix($0) }) { return exitCode.count }
            if number.first == UInt8(ascii: "+") { return 1 }
            return number.count > 1 && number[0] == UInt8(ascii: "0") && number[1] == UInt8(ascii: "0") ? 2 : nil
        }

        /// In an international number the first `(0)` is the trunk prefix, which is not dialled.
        private func removeParentheses(from start: Int, _ target: inout GrowingBuffer<UInt8>) {
            let number = target.withElements { Array($0[start...]) }
            func plain(_ number: ArraySlice<UInt8>) -> [UInt8] {
                number.filter { $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: ")") }
            }
            var kept = plain(number[...])
            let isInternational = kept.withUnsafeBufferPointer { internationalPrefix($0) != nil }
            let optional = [UInt8(ascii: "(")] + trunk + [UInt8(ascii: ")")]
            if isInternational, !trunk.isEmpty {
                let range = number.withUnsafeBufferPointer { number in
                    optional.withUnsafeBufferPointer { number.firstIndex(of: $0, from: 0) }
                }
                if let range { kept = plain(number[..<range]) + plain(number[(range + optional.count)...]) }
            }
            target.truncate(to: start)
            target.append(contentsOf: kept)
        }
    }

    /// The number with `+` and its country code, as a text.
    static func international(_ text: String, countryCode: String, trunkPrefix: String?) -> String {
        var text = text
        var target = GrowingBuffer<UInt8>()
        text.withUTF8 { Country(code: countryCode, trunkPrefix: trunkPrefix).write($0, &target) }
        return target.withElements { $0.string }
    }

    /// What one dials before the country code, where it isn't 00.
    ///
    /// - SeeAlso: ITU, "Dialling procedures (international prefix, national (trunk) prefix ...)".
    private static let exitCodes = [
        "1": "011", "7": "810", "61": "0011", "62": "001", "65": "001", "66": "001", "81": "010", "82": "001",
        "254": "000", "255": "000", "256": "000", "375": "810", "852": "001", "886": "002",
    ]

    private static func isFiller(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte &- 0x09 < 5 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "/")
    }

    private static func isFiller(_ scalar: Unicode.Scalar) -> Bool {
        isBlank(scalar) || "-./\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2212}".unicodeScalars.contains(scalar)
    }

    /// White space, and the format characters (direction marks) that copying a number leaves around it.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
    }
}

extension GrowingBuffer<UInt8> {
    fileprivate func has(_ bytes: [UInt8], at index: Int) -> Bool {
        withElements { all in
            bytes.withUnsafeBufferPointer { all.part(min(index, all.count)..<all.count).hasPrefix($0) }
        }
    }

    /// - Parameter bytes: may be shorter or longer than what they replace.
    fileprivate mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) {
        let end = count
        let growth = bytes.count - range.count
        if growth > 0 { append(repeating: 0, count: growth) }
        withMutableElements { all in
            if growth != 0, let tail = all.baseAddress.map({ $0 + range.upperBound }) {
                (tail + growth).update(from: tail, count: end - range.upperBound)
            }
            for (offset, byte) in bytes.enumerated() { all[range.lowerBound + offset] = byte }
        }
        if growth < 0 { truncate(to: end + growth) }
    }
}
