#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A regular expression, compiled once: POSIX extended syntax (regex(7)), over bytes.
///
/// The C library's matcher never goes back to try another way: a backtracking one can be kept busy for hours by forty
/// letters, and no deadline stops it. So what needs backtracking, or means something else in other dialects, is refused when
/// the file is checked: back-references, `\d`, `(?...)`, `*?`, `++`. Over bytes a dot or `[^a]` is one byte of a letter
/// beyond ASCII; what is found is widened to whole characters.
///
/// Its code is its text.
public final class RegularExpression: Sendable, Hashable, Codable {
    /// Why a text is no pattern, and what to write instead.
    public struct SyntaxError: Error, Sendable, Hashable {
        public let message: String
    }

    /// The longest pattern, in bytes.
    static let maxBytes = 1000

    /// The longest text that is searched, in bytes. Where a pattern may begin anywhere the time grows with the square of the
    /// length: 26 ms for this one, measured with `([a-z]+)@` and no @.
    static let maxTextBytes = 4096

    /// As many groups as a replacement can name.
    static let maxGroups = 9

    public let pattern: String
    public let isCaseSensitive: Bool
    /// How many groups it has, at most `maxGroups` of which can be asked for.
    let groupCount: Int

    // Written in init only, freed in deinit; POSIX has regexec be safe on one expression from several threads.
    nonisolated(unsafe) private let expression: UnsafeMutablePointer<regex_t>

    /// - Parameter isCaseSensitive: otherwise ASCII letters of both cases are alike.
    public init(_ pattern: String, isCaseSensitive: Bool = true) throws(SyntaxError) {
        try Self.check(pattern)
        let expression = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
        expression.initialize(to: regex_t())
        let code = regcomp(expression, pattern, REG_EXTENDED | (isCaseSensitive ? 0 : REG_ICASE))
        guard code == 0 else {
            let message = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
                _ = regerror(code, expression, text.baseAddress, text.count)
                return text.baseAddress.map { String(cString: $0) } ?? ""
            }
            expression.deallocate()
            throw SyntaxError(message: "it is no POSIX extended regular expression: \(message)")
        }
        self.pattern = pattern
        self.isCaseSensitive = isCaseSensitive
        groupCount = Int(expression.pointee.re_nsub)
        self.expression = expression
    }

    deinit {
        regfree(expression)
        expression.deallocate()
    }

    /// Whether the pattern is found in a text of any length; nil if the matcher has no memory to say.
    func isFound(in text: TextBytes) -> Bool? {
        guard let base = text.baseAddress else { return false }
        var range = regmatch_t(rm_so: 0, rm_eo: regoff_t(text.count))
        switch base.withMemoryRebound(
            to: CChar.self, capacity: text.count, { regexec(expression, $0, 0, &range, REG_STARTEND) })
        {
        case 0: return true
        case CInt(_REG_NOMATCH.rawValue): return false
        default: return nil
        }
    }

    enum Search {
        /// What the whole pattern matched, then what each group did; nil for one that took no part.
        case found([Range<Int>?])
        case notFound
        /// The text is longer than `maxTextBytes`, or the matcher has no memory to say.
        case tooMuch
    }

    /// The leftmost match from `start` on, of those the longest; whole characters.
    ///
    /// - Parameters:
    ///   - start: a character's first byte. `^` still is the text's beginning, not this.
    ///   - groups: how many of the groups are asked for; each costs time.
    func search(_ text: TextBytes, from start: Int = 0, groups: Int) -> Search {
        guard text.count <= Self.maxTextBytes, let base = text.baseAddress else {
            return text.isEmpty ? .notFound : .tooMuch
        }
        return withUnsafeTemporaryAllocation(of: regmatch_t.self, capacity: 1 + groups) { matches in
            matches.initialize(repeating: regmatch_t())
            matches[0].rm_so = regoff_t(start)
            matches[0].rm_eo = regoff_t(text.count)
            // REG_STARTEND reads by length: there is no NUL at the end, and there may be one inside.
            let code = base.withMemoryRebound(to: CChar.self, capacity: text.count) {
                regexec(expression, $0, matches.count, matches.baseAddress, REG_STARTEND)
            }
            switch code {
            case 0:
                return .found(
                    matches.map { match in
                        match.rm_so < 0 ? nil : text.wholeCharacters(Int(match.rm_so)..<Int(match.rm_eo))
                    })
            case CInt(_REG_NOMATCH.rawValue):
                return .notFound
            default:
                return .tooMuch
            }
        }
    }

    // MARK: Equality and form

    public static func == (left: RegularExpression, right: RegularExpression) -> Bool {
        left.pattern.hasSameScalars(as: right.pattern) && left.isCaseSensitive == right.isCaseSensitive
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(pattern)
    }

    private enum CodingKeys: CodingKey {
        case pattern, isCaseSensitive
    }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            container.decode(String.self, forKey: .pattern),
            isCaseSensitive: container.decode(Bool.self, forKey: .isCaseSensitive))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(pattern, forKey: .pattern)
        try container.encode(isCaseSensitive, forKey: .isCaseSensitive)
    }

    // MARK: What is taken

    /// Refuses what other dialects know and this one would silently take for something else.
    private static func check(_ pattern: String) throws(SyntaxError) {
        guard !pattern.isEmpty else { throw SyntaxError(message: "it is empty") }
        guard pattern.utf8.count <= maxBytes, !pattern.utf8.contains(0) else {
            throw SyntaxError(message: "it is longer than \(maxBytes) bytes, or has a NUL in it")
        }
        var isQuantified = false
        // Whether a letter beyond ASCII came last.
        var wasLong = false
        var rest = Array(pattern.utf8)[...]
        while let byte = rest.popFirst() {
            let wasQuantified = isQuantified
            isQuantified = false
            let isLong = wasLong
            wasLong = byte >= 0x80
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { throw SyntaxError(message: "it ends with a backslash") }
                guard !"0123456789".utf8.contains(escaped) else {
                    throw SyntaxError(message: "back-references are not taken here")
                }
                let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(escaped | 0x20)
                guard !isLetter || "wWsSbB".utf8.contains(escaped) else {
                    throw SyntaxError(
                        message:
                            "\\\(Character(Unicode.Scalar(escaped))) is not known here; write a bracket expression, "
                            + "such as [0-9]")
                }
            case UInt8(ascii: "["):
                let end = skippingBracket(rest)
                guard rest[..<end.startIndex].allSatisfy({ $0 < 0x80 }) else {
                    throw SyntaxError(message: "brackets hold ASCII only here; write (ä|ö) for [äö]")
                }
                rest = end
            case UInt8(ascii: "(") where rest.first == UInt8(ascii: "?"):
                throw SyntaxError(message: "(?...) is not known here; write plain groups")
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
                guard !isLong else {
                    throw SyntaxError(
                        message:
                            "a quantifier after a letter beyond ASCII would be for its last byte; write (ä)+ for ä+")
                }
                guard !wasQuantified else {
                    throw SyntaxError(message: "two quantifiers follow each other; lazy ones (*?) are not known here")
                }
                isQuantified = true
                if byte == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")) {
                    let counts = rest[..<end].split(separator: UInt8(ascii: ","))
                    guard counts.allSatisfy({ Int(String(decoding: $0, as: UTF8.self)).map { $0 <= 255 } ?? true })
                    else { throw SyntaxError(message: "a count over 255 is not taken here") }
                    rest = rest[(end + 1)...]
                }
            default:
                break
            }
        }
    }

    /// What follows a bracket expression whose `[` was taken.
    private static func skippingBracket(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text
        if rest.first == UInt8(ascii: "^") { rest.removeFirst() }
        // A `]` that comes first is itself.
        if rest.first == UInt8(ascii: "]") { rest.removeFirst() }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "]") { return rest }
            // [:alpha:], [.x.] and [=x=] have their own end.
            if byte == UInt8(ascii: "["), let kind = rest.first, ":.=".utf8.contains(kind) {
                rest.removeFirst()
                while let inner = rest.popFirst() {
                    if inner == kind, rest.first == UInt8(ascii: "]") {
                        rest.removeFirst()
                        break
                    }
                }
            }
        }
        return rest
    }
}

extension TextBytes {
    /// A range widened to the characters (Unicode scalars) that it has a part of.
    fileprivate func wholeCharacters(_ range: Range<Int>) -> Range<Int> {
        // An empty one is between two characters, or inside one.
        var start = range.lowerBound
        while start > 0, start < count, self[start] & 0xC0 == 0x80 { start -= 1 }
        guard !range.isEmpty else { return start..<start }
        var end = range.upperBound
        while end < count, self[end] & 0xC0 == 0x80 { end += 1 }
        return start..<end
    }
}
