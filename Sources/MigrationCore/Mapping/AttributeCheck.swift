/// What the pool takes for one attribute: its rules found once, for any number of values.
struct AttributeCheck: Sendable {
    /// What a value looks like beyond its type.
    private enum Form: Sendable {
        case any, phoneNumber, birthdate, email, locale
        /// - Parameters:
        ///   - notEmail: whether others sign in by their email, so that a name must not look like one.
        ///   - notPhone: the same for phone numbers.
        case username(notEmail: Bool, notPhone: Bool)
    }

    private let type: UserPoolSettings.Attribute.DataType
    private let form: Form
    private let isCognitosOwn: Bool
    /// The longest value, in UTF-8 bytes.
    let maxBytes: Int
    private let minBytes: Int
    private let minValue: Double?
    private let maxValue: Double?

    /// - Parameter attribute: a pool attribute's name, or `username`.
    init(_ attribute: String, pool: UserPoolSettings) {
        let schema = pool.attribute(named: attribute)
        type = schema?.type ?? Self.standardTypes[attribute] ?? .string
        isCognitosOwn = AttributeValidator.isCognitosOwn(attribute)
        maxBytes = min(AttributeValidator.maxValueBytes, schema?.maxLength ?? AttributeValidator.maxValueBytes)
        minBytes = schema?.minLength ?? 0
        minValue = schema?.minValue ?? (attribute == "updated_at" ? 0 : nil)
        maxValue = schema?.maxValue
        form =
            switch attribute {
            case "username":
                .username(
                    notEmail: pool.aliasAttributes.contains(.email),
                    notPhone: pool.aliasAttributes.contains(.phoneNumber))
            case "phone_number": .phoneNumber
            case "birthdate": .birthdate
            case "email": .email
            case "locale": .locale
            default: .any
            }
    }

    private static let standardTypes: [String: UserPoolSettings.Attribute.DataType] = [
        "email_verified": .boolean, "phone_number_verified": .boolean, "updated_at": .number,
    ]

    /// The first rule that a value breaks.
    ///
    /// - Parameter value: UTF-8.
    @inline(__always)
    func problem(with value: TextBytes) -> AttributeRuleCode? {
        if isCognitosOwn { return .neverSettable }
        if case .username(let notEmail, let notPhone) = form {
            guard Self.isUsername(value) else { return .usernameFormat }
            return notEmail && Self.isEmail(value) || notPhone && PhoneNumber.isE164(value) ? .usernameLikeAlias : nil
        }
        switch type {
        case .string:
            if value.count > maxBytes { return .tooLong }
            if value.count < minBytes { return .tooShort }
        case .boolean:
            if !value.isSame(as: "true") && !value.isSame(as: "false") { return .booleanFormat }
        case .number:
            if let problem = problem(withNumber: value) { return problem }
        case .dateTime:
            guard value.count <= AttributeValidator.maxValueBytes, InstantText.isISO8601(value.string) else {
                return .dateTimeFormat
            }
        }
        switch form {
        case .phoneNumber: return PhoneNumber.isE164(value) ? nil : .phoneFormat
        case .birthdate: return InstantText.isDay(value) ? nil : .birthdateFormat
        case .email: return Self.isEmail(value) ? nil : .emailFormat
        case .locale: return Self.isLanguageTag(value) ? nil : .localeFormat
        case .any, .username: return nil
        }
    }

    private func problem(withNumber value: TextBytes) -> AttributeRuleCode? {
        guard value.count <= AttributeValidator.maxValueBytes,
            value.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }),
            let number = Double(value.string), number.isFinite
        else { return .numberFormat }
        if let minValue, number < minValue { return .numberRange }
        if let maxValue, number > maxValue { return .numberRange }
        return nil
    }

    /// 1-128 characters of `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`: no spaces, no control characters.
    static func isUsername(_ text: TextBytes) -> Bool {
        // Every visible ASCII character is a letter, a number, a symbol or punctuation.
        if text.isASCII { return (1...128).contains(text.count) && text.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
        let text = text.string
        let scalars = text.unicodeScalars
        return scalars.count <= 128
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
    static func isEmail(_ text: TextBytes) -> Bool {
        guard let at = text.lastIndex(of: UInt8(ascii: "@")), at > 0, at + 1 < text.count else { return false }
        var labels = 1
        var isLabelEmpty = true
        for byte in text[(at + 1)...] {
            if byte == UInt8(ascii: ".") {
                if isLabelEmpty { return false }
                labels += 1
                isLabelEmpty = true
            } else {
                isLabelEmpty = false
            }
        }
        guard labels > 1, !isLabelEmpty else { return false }
        if text[..<at].contains(UInt8(ascii: "@")) {
            // RFC 5322 §3.2.4: between quotes an @ is a character like others.
            guard at > 2, text[0] == UInt8(ascii: "\""), text[at - 1] == UInt8(ascii: "\"") else { return false }
        }
        if text.isASCII { return text.allSatisfy { $0 > 0x20 && $0 != 0x7F } }
        return !text.string.unicodeScalars.contains {
            $0.properties.isWhitespace || $0.properties.generalCategory == .control
        }
    }

    /// A language tag such as `de`, `pt-BR` or `zh-Hant-TW`, with `_` in place of `-` too.
    ///
    /// - SeeAlso: OpenID Connect Core §5.1 (`locale`), which allows the underscore; RFC 5646 §2.1 for the lengths of the parts.
    static func isLanguageTag(_ text: TextBytes) -> Bool {
        guard text.count <= 255 else { return false }
        let parts = text.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        guard let language = parts.first, (2...8).contains(language.count), language.allSatisfy(\.isLetter) else {
            return false
        }
        return parts.dropFirst().allSatisfy { part in
            (1...8).contains(part.count) && part.allSatisfy { $0.isLetter || $0.isDigit }
        }
    }
}
