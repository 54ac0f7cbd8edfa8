/// A regular expression of `names:`: it is found in a name, or not.
///
/// What is matched is typed by anybody; `RegularExpression` says why that keeps nobody waiting.
public final class NamePattern: Sendable {
    public typealias SyntaxError = RegularExpression.SyntaxError

    private let expression: RegularExpression

    /// - Parameter isCaseSensitive: as the pool is; otherwise ASCII letters of both cases are alike.
    public init(_ pattern: String, isCaseSensitive: Bool) throws(SyntaxError) {
        expression = try RegularExpression(pattern, isCaseSensitive: isCaseSensitive)
    }

    /// Whether the pattern is found in a name; nil if the matcher has no memory to say.
    func isFound(in name: String) -> Bool? {
        var name = name
        return name.withUTF8 { expression.isFound(in: $0) }
    }
}
