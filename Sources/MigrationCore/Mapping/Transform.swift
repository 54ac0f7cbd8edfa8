internal import Threads

/// One step on the way from a directory's value to the pool's.
///
/// Each takes the values that there are, none of them empty, and gives those that go on; none is an absent value.
/// `join` makes one of several; `present`, `boolean` and `default` may make one of none. A value that a step can't read at
/// all (`date`, `epoch`, `rdn`) is not absent: it ends the way, by the name of a rule.
public enum Transform: Sendable, Hashable, Codable {
    case trim
    case lowercase
    case uppercase
    case collapseWhitespace
    /// Unicode Normalization Form C.
    case nfc
    case prefix(String)
    case suffix(String)
    /// Every match of a regular expression replaced.
    case replace(RegularExpression, Replacement)
    /// What the regular expression matched, or its group of that number; without a match the value becomes absent.
    case extract(RegularExpression, group: Int)
    /// The part at `index`, from 0; from the end if negative.
    case split(separator: String, index: Int)
    case join(String)
    /// The value of a table; a value that isn't in it becomes absent.
    case lookup(LookupTable)
    /// A phone number as people write it in a country, to E.164.
    case e164(countryCode: String, trunkPrefix: String?)
    /// A day, in one of several forms, to `YYYY-MM-DD`.
    case date(DateReader)
    /// An instant in any form that `InstantText` reads, to whole seconds since 1970; one that means never becomes absent.
    case epoch
    /// `true` for a true-like value, `false` for a false-like or absent one.
    case boolean
    /// `true` if there is a value, else `false`.
    case present
    /// The value of a distinguished name's first RDN, unescaped.
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
        case .nfc: "nfc"
        case .prefix: "prefix"
        case .suffix: "suffix"
        case .replace: "replace"
        case .extract: "extract"
        case .split: "split"
        case .join: "join"
        case .lookup: "lookup"
        case .e164: "e164"
        case .date: "date"
        case .epoch: "epoch"
        case .boolean: "boolean"
        case .present: "present"
        case .rdn: "rdn"
        case .truncate: "truncate"
        case .default: "default"
        }
    }

    /// What becomes of an entry's values; none if one of them can't be read.
    func apply(to values: [String]) -> [String] {
        var column = ValueColumn(values)
        apply(to: &column)
        return column.texts(0)
    }

    /// What becomes of the values of all entries of a column.
    func apply(to column: inout ValueColumn) {
        switch self {
        case .trim:
            column.mapValues { value, target in
                target.append(contentsOf: value.trimmed)
                return nil
            }
        case .lowercase:
            column.changeCase(from: UInt8(ascii: "A")) { $0.lowercased() }
        case .uppercase:
            column.changeCase(from: UInt8(ascii: "a")) { $0.uppercased() }
        case .collapseWhitespace:
            column.mapValues { value, target in
                value.collapse(into: &target)
                return nil
            }
        case .nfc:
            // ASCII is composed as it is.
            if column.isASCII { return }
            column.mapValues { value, target in
                target.append(value.string.normalizedToNFC)
                return nil
            }
        case .prefix(let prefix):
            let prefix = Array(prefix.utf8)
            column.mapValues { value, target in
                target.append(contentsOf: prefix)
                target.append(contentsOf: value)
                return nil
            }
        case .suffix(let suffix):
            let suffix = Array(suffix.utf8)
            column.mapValues { value, target in
                target.append(contentsOf: value)
                target.append(contentsOf: suffix)
                return nil
            }
        case .replace(let expression, let replacement):
            column.mapValues { expression.replace(in: $0, with: replacement, &$1) }
        case .extract(let expression, let group):
            column.mapValues { expression.extract(group: group, from: $0, &$1) }
        case .split(let separator, let index):
            var separator = separator
            separator.withUTF8 { separator in
                column.mapValues { value, target in
                    if let part = value.part(index, between: separator) { target.append(contentsOf: part) }
                    return nil
                }
            }
        case .join(let separator):
            column.join(separator)
        case .lookup(let table):
            column.mapValues { value, target in
                table.write(value, &target)
                return nil
            }
        case .e164(let countryCode, let trunkPrefix):
            let country = PhoneNumber.Country(code: countryCode, trunkPrefix: trunkPrefix)
            column.mapValues { value, target in
                country.write(value, &target)
                return nil
            }
        case .date(let reader):
            column.mapValues { reader.write($0, &$1) }
        case .epoch:
            column.mapValues { value, target in
                switch InstantText.parse(value.string) {
                case .at(let instant): target.append(instant.secondsRoundedDown.description)
                case .never: break
                case nil: return .epochFormat
                }
                return nil
            }
        case .boolean:
            column.mapFirst { value, target in
                target.append(value.map(isTrueLike) ?? false ? "true" : "false")
            }
        case .present:
            column.mapFirst { value, target in
                target.append(value == nil ? "false" : "true")
            }
        case .rdn:
            column.mapValues { value, target in
                guard let first = DistinguishedName.firstValue(of: value) else { return .dnFormat }
                target.append(first)
                return nil
            }
        case .truncate(let count):
            column.mapValues { value, target in
                target.append(contentsOf: value.part(0..<value.length(within: count)))
                return nil
            }
        case .default(let text):
            let text = Array(text.utf8)
            column.mapAbsent { $0.append(contentsOf: text) }
        }
    }
}

extension UnixTime {
    fileprivate var secondsRoundedDown: Int64 {
        let (seconds, attoseconds) = sinceEpoch.components
        return attoseconds < 0 ? seconds - 1 : seconds
    }
}

/// Whether a flag's text means yes: false-like are the empty text, `0`, `f`, `false`, `n`, `no`, `off` in any case, and
/// every other is true-like.
func isTrueLike(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { isTrueLike($0) }
}

func isTrueLike(_ text: TextBytes) -> Bool {
    // What is longer than the longest of them, or is not ASCII, is none of them: no other letter becomes one of theirs.
    guard text.count <= 5 else { return true }
    let falseLike: [StaticString] = ["", "0", "f", "false", "n", "no", "off"]
    return !falseLike.contains { word in
        word.withUTF8Buffer { word in
            word.count == text.count
                && zip(word, text).allSatisfy { $0 == ($1 &- UInt8(ascii: "A") < 26 ? $1 | 0x20 : $1) }
        }
    }
}
