#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A stored value that is JSON, read with nothing taken for granted.
enum JSONValue: Decodable {
    case object([String: JSONValue])
    case array([JSONValue])
    case string(String)
    case integer(Int)
    /// What no stored value has a use for: fractions, true, false, null.
    case other

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let number = try? container.decode(Int.self) {
            self = .integer(number)
        } else if let members = try? container.decode([String: JSONValue].self) {
            self = .object(members)
        } else if let items = try? container.decode([JSONValue].self) {
            self = .array(items)
        } else {
            self = .other
        }
    }

    /// - Parameter bytes: at most as many as a stored value may have.
    static func object(in bytes: some Sequence<UInt8>) throws(Refusal) -> [String: JSONValue] {
        let bytes = Array(bytes)
        // As many as ours never have, so that no text makes the decoder climb.
        let braces = bytes.count { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }
        // JSON may have blanks around it; around a stored value they are damage.
        guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}"), bytes.allSatisfy({ $0 < 0x80 }),
            braces <= 64, case .object(let members)? = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        else {
            throw .malformed
        }
        return members
    }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
    var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }

    /// A number, or one in a string.
    func number() throws(Refusal) -> Int {
        switch self {
        case .integer(let number) where number >= 0: return number
        case .string(let text): return try withCharacters(text) { text throws(Refusal) in try text.number() }
        case .integer, .object, .array, .other: throw .malformed
        }
    }

    static func recognizes(_ text: Characters) -> Bool {
        guard text.first == UInt8(ascii: "{") else { return false }
        let next = text.dropFirst().first { !" \t\n\r".utf8.contains($0) }
        return next == UInt8(ascii: "\"")
    }
}

extension [String: JSONValue] {
    func string(_ name: String) throws(Refusal) -> String {
        guard let text = self[name]?.string else { throw .malformed }
        return text
    }

    func bytes(_ name: String) throws(Refusal) -> [UInt8] {
        try withCharacters(string(name)) { text throws(Refusal) in try Base64.decode(text) }
    }

    func number(_ name: String) throws(Refusal) -> Int {
        guard let value = self[name] else { throw .malformed }
        return try value.number()
    }
}
