/// The `filter:` of connectors.yaml, with `{username}` where the identifier comes.
///
/// The only place where an identifier meets a filter, and where it is escaped, once.
///
/// - SeeAlso: RFC 4515, section 3.
struct LDAPFilter: Sendable, Hashable {
    static let placeholder = "{username}"

    /// Why a text is no filter; the message says what to do.
    struct SyntaxError: Error, Sendable, Hashable {
        let message: String
    }

    /// What stands before, between and after the placeholders.
    private let parts: [String]

    /// - Parameter takesIdentifier: whether `{username}` must be in it; otherwise it must not.
    init(_ text: String, takesIdentifier: Bool) throws(SyntaxError) {
        parts = Self.split(text)
        if takesIdentifier, parts.count == 1 {
            throw SyntaxError(
                message: "the filter has no {username}, so it finds the same for everybody; use {username}")
        }
        if !takesIdentifier, parts.count > 1 {
            throw SyntaxError(message: "the filter finds everybody and takes nobody's name; remove {username}")
        }
        try Self.checkParentheses(text)
        for part in parts { try Self.checkEscapes(part) }
        // Only a value can be escaped; elsewhere an identifier would be part of the filter.
        var before = ""
        for part in parts.dropLast() {
            before += part
            guard !Self.endsInValue(before) else { continue }
            throw SyntaxError(message: "{username} may stand in a value only, after a =, as in (mail={username})")
        }
    }

    /// The filter for what somebody typed.
    func filled(with identifier: String) -> String {
        parts.joined(separator: Self.escaped(identifier))
    }

    /// A value as it stands in a filter.
    static func escaped(_ value: String) -> String {
        var escaped: [UInt8] = []
        for byte in value.utf8 {
            switch byte {
            case 0: escaped += Array(#"\00"#.utf8)
            case UInt8(ascii: "("): escaped += Array(#"\28"#.utf8)
            case UInt8(ascii: ")"): escaped += Array(#"\29"#.utf8)
            case UInt8(ascii: "*"): escaped += Array(#"\2a"#.utf8)
            case UInt8(ascii: "\\"): escaped += Array(#"\5c"#.utf8)
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func split(_ text: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var rest = Substring(text)
        while let character = rest.first {
            if rest.hasPrefix(placeholder) {
                parts.append(part)
                part = ""
                rest = rest.dropFirst(placeholder.count)
            } else {
                part.append(character)
                rest = rest.dropFirst()
            }
        }
        return parts + [part]
    }

    private static func checkParentheses(_ text: String) throws(SyntaxError) {
        var depth = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            guard depth >= 0 else { throw SyntaxError(message: "the filter has a ) without its (") }
            guard byte != 0 else { throw SyntaxError(message: "the filter has a NUL in it") }
        }
        guard depth == 0 else { throw SyntaxError(message: "the filter has a ( without its )") }
    }

    /// Each backslash has its two digits, or an identifier might bring them.
    private static func checkEscapes(_ part: String) throws(SyntaxError) {
        var rest = Array(part.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else { continue }
            guard rest.count >= 2, rest.prefix(2).allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) }) else {
                throw SyntaxError(message: #"after a backslash come two hexadecimal digits, as in \28 for ("#)
            }
            rest = rest.dropFirst(2)
        }
    }

    /// A literal parenthesis in a value is written as `\28`, so the last one begins the component.
    private static func endsInValue(_ text: String) -> Bool {
        text.utf8.reversed().prefix { $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: ")") }.contains(UInt8(ascii: "="))
    }
}
