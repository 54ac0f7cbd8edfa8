extension MappingReader {
    /// A size such as `512KiB`, `32MiB` or `1GiB`, in bytes.
    mutating func byteCount(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(key) else { return nil }
        guard let count = Self.parseByteCount(text) else {
            problems.error(position(of: key), "\(key) should be a size such as 512KiB, 32MiB or 1GiB")
            return nil
        }
        guard range.contains(count) else {
            problems.error(
                position(of: key),
                "\(key) should be from \(Self.text(ofBytes: range.lowerBound)) to "
                    + "\(Self.text(ofBytes: range.upperBound))")
            return nil
        }
        return count
    }

    private static let byteUnits = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]

    static func parseByteCount(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), number < 1 << 30,
            let unit = byteUnits.first(where: { $0.0 == text.dropFirst(digits.count) })
        else { return nil }
        return number * unit.1
    }

    static func text(ofBytes count: Int) -> String {
        // Every count is a multiple of one byte.
        let unit = byteUnits.last { count >= $0.1 && count % $0.1 == 0 } ?? byteUnits[0]
        return "\(count / unit.1)\(unit.0)"
    }

    /// A number over 0 and up to 1, such as `0.5`.
    mutating func share(_ key: String) -> Double? {
        guard let text = text(key) else { return nil }
        let isDecimal = text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || Character(Unicode.Scalar($0)).isNumber }
        guard isDecimal, let share = Double(text), share > 0, share <= 1 else {
            problems.error(position(of: key), "\(key) should be a number over 0 and up to 1, such as 0.5")
            return nil
        }
        return share
    }

    /// Text of a form that a pattern knows.
    ///
    /// - Parameter form: the form in words, with an example.
    mutating func text(_ key: String, like pattern: NamePattern?, _ form: String) -> String? {
        guard let text = text(key) else { return nil }
        if pattern?.isFound(in: text) == false {
            problems.error(position(of: key), "\(key) should be \(form)")
        }
        return text
    }

    /// A section whose keys are the user's own names, each with one text.
    mutating func textMap(_ key: String, example: String) -> [(key: ConfigurationNode.Member, text: String)]? {
        guard let node = node(key) else { return nil }
        guard let reader = MappingReader(node, name: key, example: example, problems: problems) else { return nil }
        return reader.allMembers.compactMap { member in
            switch member.value {
            case .scalar(let text, _): return text.isEmpty ? nil : (member, text)
            case .refused: return nil
            case .sequence, .mapping:
                problems.error(
                    member.value.position,
                    "\(key): \(excerpt(member.key)) is \(member.value.kindName), and should be a single value")
                return nil
            }
        }
    }
}
