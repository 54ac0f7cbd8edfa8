/// One step on the way from a directory's value to the pool's.
///
/// Each takes the values that there are, none of them empty, and gives those that go on; none is an absent value.
/// `join` makes one of several; `present`, `boolean` and `default` may make one of none.
public enum Transform: Sendable, Hashable, Codable {
    case trim
    case lowercase
    case uppercase
    case collapseWhitespace
    case prefix(String)
    case suffix(String)
    /// The part at `index`, from 0; from the end if negative.
    case split(separator: String, index: Int)
    case join(String)
    /// The value of a table; a value that isn't in it becomes absent.
    case lookup([String: String])
    /// A phone number as people write it in a country, to E.164.
    case e164(countryCode: String, trunkPrefix: String?)
    /// `true` for a true-like value, `false` for a false-like or absent one.
    case boolean
    /// `true` if there is a value, else `false`.
    case present
    /// The value of a distinguished name's first RDN, unescaped; what isn't such a name becomes absent.
    case rdn
    /// At most so many bytes of UTF-8, cut between characters.
    case truncate(Int)
    /// What an absent value becomes.
    case `default`(String)

    /// The name in connectors.yaml.
    public var name: String {
        switch self {
        case .trim: "trim"
        case .lowercase: "lowercase"
        case .uppercase: "uppercase"
        case .collapseWhitespace: "collapse_whitespace"
        case .prefix: "prefix"
        case .suffix: "suffix"
        case .split: "split"
        case .join: "join"
        case .lookup: "lookup"
        case .e164: "e164"
        case .boolean: "boolean"
        case .present: "present"
        case .rdn: "rdn"
        case .truncate: "truncate"
        case .default: "default"
        }
    }

    func apply(to values: [String]) -> [String] {
        switch self {
        case .trim:
            return values.map { $0.trimmed() }.filter { !$0.isEmpty }
        case .lowercase:
            return values.map { $0.lowercased() }
        case .uppercase:
            return values.map { $0.uppercased() }
        case .collapseWhitespace:
            return values.map { $0.collapsingWhitespace() }.filter { !$0.isEmpty }
        case .prefix(let prefix):
            return values.map { prefix + $0 }
        case .suffix(let suffix):
            return values.map { $0 + suffix }
        case .split(let separator, let index):
            return values.compactMap { value in
                let parts = value.splitting(at: separator)
                let place = index < 0 ? parts.count + index : index
                return parts.indices.contains(place) && !parts[place].isEmpty ? parts[place] : nil
            }
        case .join(let separator):
            return values.isEmpty ? [] : [values.joined(separator: separator)]
        case .lookup(let table):
            return values.compactMap { table[$0] }.filter { !$0.isEmpty }
        case .e164(let countryCode, let trunkPrefix):
            return values.map { PhoneNumber.international($0, countryCode: countryCode, trunkPrefix: trunkPrefix) }
                .filter { !$0.isEmpty }
        case .boolean:
            return [values.first.map { isTrueLike($0) ? "true" : "false" } ?? "false"]
        case .present:
            return [values.isEmpty ? "false" : "true"]
        case .rdn:
            return values.compactMap { DistinguishedName.firstValue(of: $0) }.filter { !$0.isEmpty }
        case .truncate(let count):
            return values.map { $0.truncated(toUTF8Bytes: count) }.filter { !$0.isEmpty }
        case .default(let value):
            return values.isEmpty && !value.isEmpty ? [value] : values
        }
    }
}

extension String {
    func truncated(toUTF8Bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var bytes = 0
        return String(
            prefix { character in
                bytes += character.utf8.count
                return bytes <= limit
            })
    }

    fileprivate func splitting(at separator: String) -> [String] {
        guard !separator.isEmpty else { return [self] }
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        parts.append(String(rest))
        return parts
    }
}

/// Whether a flag's text means yes: false-like are the empty text, `0`, `f`, `false`, `n`, `no`, `off` in any case, and
/// every other is true-like.
func isTrueLike(_ text: String) -> Bool {
    !["", "0", "f", "false", "n", "no", "off"].contains(text.lowercased())
}
