/// Text with columns in braces, such as `{given_name} {family_name}`.
///
/// Missing parts are empty, the result is trimmed and its spaces collapsed; if all parts are missing, so is the result. A
/// template without parts is a constant. `{{` and `}}` stand for braces.
public struct Template: Sendable, Hashable, Codable {
    public enum Part: Sendable, Hashable, Codable {
        case literal(String)
        case column(String)
    }

    public let parts: [Part]

    public struct SyntaxError: Error, Sendable, Hashable {
        public let message: String
    }

    public init(_ text: String) throws(SyntaxError) {
        var parts: [Part] = []
        var literal = ""
        var rest = Substring(text)
        while let character = rest.popFirst() {
            switch character {
            case "{" where rest.first == "{", "}" where rest.first == "}":
                literal.append(character)
                rest.removeFirst()
            case "{":
                guard let end = rest.firstIndex(of: "}") else {
                    throw SyntaxError(message: "\"{\" is not closed; write {{ for a brace")
                }
                let name = String(rest[..<end])
                guard !name.isEmpty, !name.contains("{") else {
                    throw SyntaxError(message: "\"{}\" must hold a column's name")
                }
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                parts.append(.column(name))
                rest = rest[rest.index(after: end)...]
            case "}":
                throw SyntaxError(message: "\"}\" closes nothing; write }} for a brace")
            default:
                literal.append(character)
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        self.parts = parts
    }

    public var columns: [String] {
        parts.compactMap { part in
            if case .column(let name) = part { name } else { nil }
        }
    }

    /// The filled text; nil if there are parts and all are missing, or if nothing is left of it.
    ///
    /// - Parameter value: called once for each of `columns`, in their order.
    func filled(with value: (String) -> String?) -> String? {
        var text = ""
        var hasValue = columns.isEmpty
        for part in parts {
            switch part {
            case .literal(let literal):
                text += literal
            case .column(let name):
                guard let value = value(name) else { continue }
                hasValue = true
                text += value
            }
        }
        guard hasValue else { return nil }
        let result = text.collapsingWhitespace()
        return result.isEmpty ? nil : result
    }
}

extension String {
    /// Without white space at either end, and with one space for each run of it inside.
    func collapsingWhitespace() -> String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    func trimmed() -> String {
        guard let start = firstIndex(where: { !$0.isWhitespace }), let end = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[start...end])
    }

    /// Equality by Unicode scalars, without normalisation: `==` takes canonically equivalent texts for equal.
    func hasSameScalars(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
