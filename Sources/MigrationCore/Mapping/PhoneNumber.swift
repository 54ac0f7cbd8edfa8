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
    /// `+49 (0)170 1234`, `0049 170 1234`, `0170/1234` and `170 1234` are one number with country code 49 and trunk prefix
    /// 0. What isn't a number comes back without its spaces and punctuation, for the validator to refuse.
    ///
    /// - Parameters:
    ///   - countryCode: digits, such as `49`.
    ///   - trunkPrefix: what a national number starts with at home and not from abroad, such as `0`.
    static func international(_ text: String, countryCode: String, trunkPrefix: String?) -> String {
        var number = text.filter { !$0.isWhitespace && !"-./\u{2010}\u{2011}\u{2012}\u{2013}".contains($0) }
        if let trunkPrefix, number.hasPrefix("+") || number.hasPrefix("00") {
            number = number.removingFirst("(\(trunkPrefix))")
        }
        number.removeAll { "()".contains($0) }
        if number.hasPrefix("+") { return number }
        if number.hasPrefix("00") { return "+" + number.dropFirst(2) }
        if let trunkPrefix, !trunkPrefix.isEmpty, number.hasPrefix(trunkPrefix) {
            number.removeFirst(trunkPrefix.count)
        }
        return "+" + countryCode + number
    }
}

extension String {
    fileprivate func removingFirst(_ part: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        var text = self
        text.removeSubrange(range)
        return text
    }
}
