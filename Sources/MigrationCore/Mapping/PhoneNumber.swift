/// Telephone numbers as people write them, to the form that Cognito takes (ITU-T E.164).
enum PhoneNumber {
    /// `+`, a country code that doesn't start with 0, at most 15 digits in all.
    static func isE164(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst()
        return text.utf8.first == UInt8(ascii: "+") && (2...15).contains(digits.count)
            && digits.first != UInt8(ascii: "0")
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// The number with `+` and its country code.
    ///
    /// `+49 (0)170 1234`, `0049 170 1234`, `0170/1234` and `170 1234` are one number with country code 49 and trunk
    /// prefix 0. A blank text, or a country code alone as forms fill it in, is no number: empty. What isn't a number
    /// comes back as it is, or without its spaces and punctuation, for the validator to refuse.
    ///
    /// - Parameters:
    ///   - countryCode: digits, such as `49`.
    ///   - trunkPrefix: what a national number starts with at home and not from abroad, such as `0`.
    static func international(_ text: String, countryCode: String, trunkPrefix: String?) -> String {
        let trunk = trunkPrefix ?? ""
        var number = String(String.UnicodeScalarView(text.unicodeScalars.filter { !isFiller($0) }))
        // A column with "-" or "none" has no number, and a country code before it would make it look like one.
        guard number.utf8.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return number.isEmpty && text.unicodeScalars.allSatisfy(isBlank) ? "" : text
        }
        let exitCode = exitCodes[countryCode] ?? "00"
        func isInternational(_ number: String) -> Bool {
            number.hasPrefix("+") || number.hasPrefix("00") || number.hasPrefix(exitCode)
        }
        if isInternational(number.withoutParentheses), !trunk.isEmpty { number = number.removingFirst("(\(trunk))") }
        number = number.withoutParentheses
        if isInternational(number) {
            let prefix = number.hasPrefix(exitCode) ? exitCode : number.hasPrefix("+") ? "+" : "00"
            number = "+" + number.dropFirst(prefix.count)
            if number == "+" + countryCode { return "" }
            // `+49 030`: no area code starts with 0 where the trunk prefix does.
            if trunk.hasPrefix("0"), number.hasPrefix("+" + countryCode + trunk) {
                number = "+" + countryCode + number.dropFirst(1 + countryCode.count + trunk.count)
            }
            return number
        }
        if number.hasPrefix(trunk) { number.removeFirst(trunk.count) }
        return number.isEmpty ? text : "+" + countryCode + number
    }

    /// What one dials before the country code, where it isn't 00.
    ///
    /// - SeeAlso: ITU, "Dialling procedures (international prefix, national (trunk) prefix ...)".
    private static let exitCodes = ["1": "011", "7": "810", "61": "0011", "81": "010"]

    private static func isFiller(_ scalar: Unicode.Scalar) -> Bool {
        isBlank(scalar) || "-./\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2212}".unicodeScalars.contains(scalar)
    }

    /// White space, and the format characters (direction marks) that copying a number leaves around it.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
    }
}

extension String {
    fileprivate var withoutParentheses: String { filter { !"()".contains($0) } }

    fileprivate func removingFirst(_ part: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        var text = self
        text.removeSubrange(range)
        return text
    }
}
