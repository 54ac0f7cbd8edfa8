/// One attribute that can't be as the mapping makes it.
public struct AttributeRejection: Sendable, Hashable {
    public let attribute: String
    public let rule: AttributeRuleCode
    /// The directory's column that the value came from; nil if none had one.
    public let column: String?

    public init(_ attribute: String, _ rule: AttributeRuleCode, column: String?) {
        self.attribute = attribute
        self.rule = rule
        self.column = column
    }
}

/// What the pool takes, before Cognito says no without telling why.
///
/// - SeeAlso: AWS documentation, "Working with user attributes"; AttributeType and SchemaAttributeType in the API
///   reference.
public struct AttributeValidator: Sendable {
    /// An attribute value's most, in UTF-8 bytes.
    public static let maxValueBytes = 2048

    private let pool: UserPoolSettings

    public init(pool: UserPoolSettings) {
        self.pool = pool
    }

    /// What the pool takes for one attribute, looked up once.
    func check(_ attribute: String) -> AttributeCheck {
        AttributeCheck(attribute, pool: pool)
    }

    /// The longest value of an attribute, in UTF-8 bytes.
    public func maxBytes(of attribute: String) -> Int {
        check(attribute).maxBytes
    }

    /// The first rule that a value breaks.
    public func problem(with value: String, of attribute: String) -> AttributeRuleCode? {
        var value = value
        return value.withUTF8 { check(attribute).problem(with: $0) }
    }

    /// Why an attribute can't be set at all, whatever its value.
    ///
    /// The schema's `Mutable: false` lets an attribute be set when the user is made, by the trigger or an import, and never
    /// again.
    ///
    /// - SeeAlso: AWS documentation, "Working with user attributes", for immutable ones and `sub`.
    public func problem(setting attribute: String, of user: PoolUserState) -> AttributeRuleCode? {
        if Self.isCognitosOwn(attribute) { return .neverSettable }
        switch user {
        case .new: return nil
        case .existing:
            return pool.attribute(named: attribute)?.isMutable == false || attribute == "username" ? .immutable : nil
        }
    }

    public enum PoolUserState: Sendable, Hashable {
        /// It is being made.
        case new
        /// It is in the pool.
        case existing
    }

    /// `sub`, `identities` and `cognito:*`: Cognito sets them, and a sign-in with one of them among the attributes fails.
    static func isCognitosOwn(_ attribute: String) -> Bool {
        attribute == "sub" || attribute == "identities" || attribute.hasPrefix("cognito:")
    }

    /// The attributes that the schema demands.
    public var requiredAttributes: [String] {
        (pool.attributes ?? []).filter { $0.isRequired && $0.name != "sub" }.map(\.name)
    }

    static func isUsername(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { AttributeCheck.isUsername($0) }
    }
}
