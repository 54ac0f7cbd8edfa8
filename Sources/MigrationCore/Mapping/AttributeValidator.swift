/// Why a value can't be an attribute of the pool: a stable code.
public enum AttributeRuleCode: String, Sendable, Hashable, Codable, CaseIterable {
    /// Needed by the mapping or the pool's schema, and nothing makes it.
    case required
    /// The column's bytes are not UTF-8.
    case notUTF8 = "not-utf8"
    case tooLong = "too-long"
    case tooShort = "too-short"
    /// Not `+`, country code and digits (E.164).
    case phoneFormat = "phone-format"
    /// Not `YYYY-MM-DD`.
    case birthdateFormat = "birthdate-format"
    case emailFormat = "email-format"
    /// Not `true` or `false`.
    case booleanFormat = "boolean-format"
    case numberFormat = "number-format"
    case numberRange = "number-range"
    /// Not an ISO 8601 instant.
    case dateTimeFormat = "datetime-format"
    /// Forgot password needs a verified email or phone number.
    case noVerifiedContact = "no-verified-contact"
    /// Not 1-128 letters, marks, symbols, numbers and punctuation.
    case usernameFormat = "username-format"
}

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

    /// The longest value of an attribute, in UTF-8 bytes.
    public func maxBytes(of attribute: String) -> Int {
        min(Self.maxValueBytes, pool.attribute(named: attribute)?.maxLength ?? Self.maxValueBytes)
    }

    /// The first rule that a value breaks.
    public func problem(with value: String, of attribute: String) -> AttributeRuleCode? {
        if attribute == "username" {
            return Self.isUsername(value) ? nil : .usernameFormat
        }
        let length = value.utf8.count
        let schema = pool.attribute(named: attribute)
        switch schema?.type ?? Self.standardTypes[attribute] ?? .string {
        case .string:
            if length > maxBytes(of: attribute) { return .tooLong }
            if let minLength = schema?.minLength, length < minLength { return .tooShort }
        case .boolean:
            if value != "true" && value != "false" { return .booleanFormat }
        case .number:
            guard length <= Self.maxValueBytes, let number = Double(value), number.isFinite,
                value.utf8.allSatisfy({ "0123456789.-".utf8.contains($0) })
            else { return .numberFormat }
            let minValue = schema?.minValue ?? (attribute == "updated_at" ? 0 : nil)
            if let minValue, number < minValue { return .numberRange }
            if let maxValue = schema?.maxValue, number > maxValue { return .numberRange }
        case .dateTime:
            if length > Self.maxValueBytes || !InstantText.isISO8601(value) { return .dateTimeFormat }
        }
        switch attribute {
        case "phone_number" where !PhoneNumber.isE164(value): return .phoneFormat
        case "birthdate" where !InstantText.isDay(value): return .birthdateFormat
        case "email" where !Self.isEmail(value): return .emailFormat
        default: return nil
        }
    }

    /// The attributes that the schema demands.
    public var requiredAttributes: [String] {
        (pool.attributes ?? []).filter { $0.isRequired && $0.name != "sub" }.map(\.name)
    }

    private static let standardTypes: [String: UserPoolSettings.Attribute.DataType] = [
        "email_verified": .boolean, "phone_number_verified": .boolean, "updated_at": .number,
    ]

    /// 1-128 characters of `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`: no spaces, no control characters.
    static func isUsername(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        return (1...128).contains(scalars.count)
            && scalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
                    .nonspacingMark, .spacingMark, .enclosingMark, .mathSymbol, .currencySymbol, .modifierSymbol,
                    .otherSymbol, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation,
                    .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
                    .otherPunctuation:
                    true
                default: false
                }
            }
    }

    /// An @ with something before it and a domain of two labels or more behind it, no spaces or controls: what Cognito
    /// is known to refuse otherwise. Whether there is such an address is for the mail to find out.
    private static func isEmail(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard let at = scalars.lastIndex(of: "@"), at > scalars.startIndex else { return false }
        let name = scalars[..<at]
        let labels = scalars[scalars.index(after: at)...].split(separator: ".", omittingEmptySubsequences: false)
        // RFC 5322 §3.2.4: between quotes an @ is a character like others.
        let isQuoted = name.count > 2 && name.first == "\"" && name.last == "\""
        return (isQuoted || !name.contains("@")) && labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
            && !scalars.contains { $0.properties.isWhitespace || $0.properties.generalCategory == .control }
    }
}
