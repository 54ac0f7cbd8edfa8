public import AWSClient

/// A statement of a policy, as far as it lets a service of AWS do something.
///
/// - SeeAlso: AWS IAM User Guide, "IAM JSON policy element reference".
public struct PolicyStatement: Sendable, Hashable {
    public let id: String?
    public let isAllowance: Bool
    /// Services that it names, such as `cognito-idp.amazonaws.com`; `*` for everybody.
    public let principals: [String]
    public let actions: [String]
    /// Condition keys, in lower case, with the values that they ask for.
    public let conditions: [String: [String]]

    /// The statements of a policy: one, or a list.
    public static func all(of policy: JSON) -> [PolicyStatement] {
        guard let statement = policy["Statement"] else { return [] }
        return (statement.array ?? [statement]).map { PolicyStatement($0) }
    }

    init(_ statement: JSON) {
        id = statement["Sid"]?.string
        isAllowance = statement["Effect"]?.string == "Allow"
        principals = statement["Principal"]?.string.map { [$0] } ?? statement["Principal"]?["Service"]?.oneOrMore ?? []
        actions = statement["Action"]?.oneOrMore ?? []
        var conditions: [String: [String]] = [:]
        // Those that ask for a value; the others (Null, StringNotEquals, ForAnyValue:...) say nothing that is relied on.
        for (operation, keys) in statement["Condition"]?.object ?? [:] where Self.operations.contains(operation) {
            for (key, value) in keys.object ?? [:] { conditions[key.lowercased(), default: []] += value.oneOrMore }
        }
        self.conditions = conditions
    }

    private static let operations = ["StringEquals", "StringLike", "ArnEquals", "ArnLike"]

    /// Whether it lets a service do one thing, whatever the conditions.
    public func allows(_ action: String, by service: String) -> Bool {
        isAllowance && principals.contains { $0 == service || $0 == "*" }
            && actions.contains { pattern in
                pattern == action || pattern == "*" || pattern.hasSuffix("*") && action.hasPrefix(pattern.dropLast())
            }
    }

    /// Whether every value asked for under a key could be this one; nil if nothing is asked under it.
    func asks(for value: String, under key: String) -> Bool? {
        conditions[key.lowercased()].map { $0.contains { Self.matches(value, $0) } }
    }

    /// `*` stands for any text, as in ArnLike and StringLike.
    private static func matches(_ value: String, _ pattern: String) -> Bool {
        guard pattern.contains("*") else { return value == pattern }
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard value.hasPrefix(parts[0]) else { return false }
        var rest = value.dropFirst(parts[0].count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }
}

extension JSON {
    /// A text, or a list of them.
    var oneOrMore: [String] { string.map { [$0] } ?? strings ?? [] }
}
