#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A regular expression of `names:`, compiled once: POSIX extended syntax (regex(7)), over bytes.
///
/// What is matched is typed by anybody. The C library's matcher takes time in proportion to the text; a backtracking one
/// can be kept busy for hours by forty letters, and no deadline stops it. So what needs backtracking, or means something
/// else in other dialects, is refused when the file is checked: back-references, `\d`, `(?...)`, `*?`, `++`.
public final class NamePattern: Sendable {
    /// Why a text is no pattern, and what to write instead.
    public struct SyntaxError: Error, Sendable, Hashable {
        public let message: String
    }

    /// The longest pattern, in bytes.
    static let maxBytes = 1000

    // Written in init only, freed in deinit; POSIX has regexec be safe on one expression from several threads.
    nonisolated(unsafe) private let expression: UnsafeMutablePointer<regex_t>

    /// - Parameter isCaseSensitive: as the pool is; otherwise ASCII letters of both cases are alike.
    public init(_ pattern: String, isCaseSensitive: Bool) throws(SyntaxError) {
        try Self.check(pattern)
        let flags = REG_EXTENDED | REG_NOSUB | (isCaseSensitive ? 0 : REG_ICASE)
        let expression = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
        expression.initialize(to: regex_t())
        let code = regcomp(expression, pattern, flags)
        guard code == 0 else {
            let message = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
                _ = regerror(code, expression, text.baseAddress, text.count)
                return text.baseAddress.map { String(cString: $0) } ?? ""
            }
            expression.deallocate()
            throw SyntaxError(message: "it is no POSIX extended regular expression: \(message)")
        }
        self.expression = expression
    }

    deinit {
        regfree(expression)
        expression.deallocate()
    }

    /// Whether the pattern is found in a name; nil if the matcher has no memory to say.
    ///
    /// - Parameter name: without a NUL, where the C library would stop reading.
    func isFound(in name: String) -> Bool? {
        switch regexec(expression, name, 0, nil, 0) {
        case 0: true
        case CInt(_REG_NOMATCH.rawValue): false
        default: nil
        }
    }

    /// Refuses what other dialects know and this one would silently take for something else.
    private static func check(_ pattern: String) throws(SyntaxError) {
        guard !pattern.isEmpty else { throw SyntaxError(message: "it is empty") }
        guard pattern.utf8.count <= maxBytes, !pattern.utf8.contains(0) else {
            throw SyntaxError(message: "it is longer than \(maxBytes) bytes, or has a NUL in it")
        }
        var isQuantified = false
        var rest = Array(pattern.utf8)[...]
        while let byte = rest.popFirst() {
            let wasQuantified = isQuantified
            isQuantified = false
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
                rest = skippingBracket(rest)
            case UInt8(ascii: "(") where rest.first == UInt8(ascii: "?"):
                throw SyntaxError(message: "(?...) is not known here; write plain groups")
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
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
