/// What `replace` puts where its pattern was found: text with `\1` to `\9` for the pattern's groups, `\0` for all of it, and
/// `\\` for a backslash.
public struct Replacement: Sendable, Hashable, Codable {
    enum Part: Sendable, Hashable, Codable {
        case literal(String)
        case group(Int)
    }

    let parts: [Part]

    public struct SyntaxError: Error, Sendable, Hashable {
        public let message: String
    }

    /// - Parameter groupCount: how many groups the pattern has.
    public init(_ text: String, groupCount: Int) throws(SyntaxError) {
        var parts: [Part] = []
        var literal = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                literal.unicodeScalars.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "\\":
                literal.append("\\")
            case let digit? where ("0"..."9").contains(digit):
                let group = Int(digit.value) - 0x30
                guard group <= groupCount else {
                    throw SyntaxError(message: "\\\(group) is a group that the pattern doesn't have")
                }
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                parts.append(.group(group))
            default:
                throw SyntaxError(message: "a backslash stands before a group's number; write \\\\ for one itself")
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        self.parts = parts
    }

    /// The highest group it names.
    var lastGroup: Int {
        parts.reduce(0) { last, part in
            if case .group(let number) = part { max(last, number) } else { last }
        }
    }
}

extension RegularExpression {
    /// Writes a text with every match replaced, from left to right.
    ///
    /// - Returns: what is wrong with the text, if it can't be searched.
    func replace(in text: TextBytes, with replacement: Replacement, _ target: inout GrowingBuffer<UInt8>)
        -> AttributeRuleCode?
    {
        let groups = replacement.lastGroup
        var start = 0
        search: while start < text.count {
            let ranges: [Range<Int>?]
            switch search(text, from: start, groups: groups) {
            case .found(let found): ranges = found
            case .notFound: break search
            case .tooMuch: return .patternLimit
            }
            // The pattern itself always took part.
            let match = ranges[0].map { max($0.lowerBound, start)..<max($0.upperBound, start) } ?? start..<start
            target.append(contentsOf: text.part(start..<match.lowerBound))
            for part in replacement.parts {
                switch part {
                case .literal(let literal):
                    target.append(literal)
                case .group(let number):
                    guard ranges.indices.contains(number), let range = ranges[number] else { continue }
                    target.append(contentsOf: text.part(range))
                }
            }
            start = match.upperBound
            if match.isEmpty {
                // Nothing was taken, so the character here goes on as it is.
                let next = text.nextCharacter(after: start)
                target.append(contentsOf: text.part(start..<next))
                start = next
            }
        }
        if start < text.count { target.append(contentsOf: text.part(start..<text.count)) }
        return nil
    }

    /// Writes what a group matched; nothing where the pattern isn't found, or the group took no part.
    ///
    /// - Returns: what is wrong with the text, if it can't be searched.
    func extract(group: Int, from text: TextBytes, _ target: inout GrowingBuffer<UInt8>) -> AttributeRuleCode? {
        switch search(text, groups: group) {
        case .found(let ranges):
            if let range = ranges[group] { target.append(contentsOf: text.part(range)) }
            return nil
        case .notFound:
            return nil
        case .tooMuch:
            return .patternLimit
        }
    }
}

extension TextBytes {
    /// Where the character after the one at `index` begins.
    fileprivate func nextCharacter(after index: Int) -> Int {
        var next = index + 1
        while next < count, self[next] & 0xC0 == 0x80 { next += 1 }
        return Swift.min(next, count)
    }
}
