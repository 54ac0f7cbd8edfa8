/// The name of a function, an alias or a version in full.
///
/// - SeeAlso: AWS documentation, Lambda, "Using versions and aliases": `arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER`.
public struct FunctionARN: Sendable, Hashable, CustomStringConvertible {
    public enum Qualifier: Sendable, Hashable {
        case alias(String)
        case version(Int)
        /// Whatever was uploaded last.
        case latest
    }

    public let description: String
    public let region: String
    public let account: String
    public let name: String
    public let qualifier: Qualifier

    /// nil for what is no function's.
    public init?(_ text: String) {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (7...8).contains(fields.count), fields[0] == "arn", fields[1].hasPrefix("aws"), fields[2] == "lambda",
            !fields[3].isEmpty, fields[4].count == 12, fields[4].allSatisfy({ $0.isASCII && $0.isNumber }),
            fields[5] == "function", Self.isName(fields[6])
        else { return nil }
        description = text
        (region, account, name) = (fields[3], fields[4], fields[6])
        guard fields.count == 8, fields[7] != "$LATEST" else {
            qualifier = .latest
            return
        }
        guard Self.isName(fields[7]) else { return nil }
        qualifier = Int(fields[7]).map { .version($0) } ?? .alias(fields[7])
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.count <= 140
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    }

    /// The function itself, without a qualifier.
    public var function: String { description.split(separator: ":").prefix(7).joined(separator: ":") }

    /// What a request of Lambda's API has in `Qualifier`; nil for the latest.
    public var qualifierText: String? {
        switch qualifier {
        case .alias(let name): name
        case .version(let number): String(number)
        case .latest: nil
        }
    }
}
