/// JSON that keeps the order of its members, for people to read.
indirect enum SchemaValue {
    case text(String)
    case number(String)
    case flag(Bool)
    case null
    case list([SchemaValue])
    case object([(key: String, value: SchemaValue)])

    /// Two spaces a level; lists of plain values on one line.
    func write(to bytes: inout [UInt8], indentation: Int = 0) {
        func line(_ depth: Int) {
            bytes.append(UInt8(ascii: "\n"))
            bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
        }
        switch self {
        case .text(let text): JSONFragment.write(text, to: &bytes)
        case .number(let digits): bytes.append(contentsOf: digits.utf8)
        case .flag(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .null: bytes.append(contentsOf: "null".utf8)
        case .list(let items):
            let isPlain = items.allSatisfy { item in
                switch item {
                case .list, .object: false
                case .text, .number, .flag, .null: true
                }
            }
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(contentsOf: (isPlain ? ", " : ",").utf8) }
                if !isPlain { line(indentation + 1) }
                item.write(to: &bytes, indentation: indentation + 1)
            }
            if !isPlain { line(indentation) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                line(indentation + 1)
                JSONFragment.write(member.key, to: &bytes)
                bytes.append(contentsOf: ": ".utf8)
                member.value.write(to: &bytes, indentation: indentation + 1)
            }
            if !members.isEmpty { line(indentation) }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}

extension SchemaValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral text: String) { self = .text(text) }
    init(booleanLiteral flag: Bool) { self = .flag(flag) }
    init(integerLiteral number: Int) { self = .number("\(number)") }
    init(arrayLiteral items: SchemaValue...) { self = .list(items) }
    init(dictionaryLiteral members: (String, SchemaValue)...) {
        self = .object(members.map { (key: $0.0, value: $0.1) })
    }

    static func texts(_ texts: [String]) -> SchemaValue { .list(texts.map { .text($0) }) }
}
