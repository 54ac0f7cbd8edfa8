/// Why a value can't be an attribute of the pool: a stable code. docs/rules.md explains each.
public enum AttributeRuleCode: String, Sendable, Hashable, Codable, CaseIterable, BitwiseCopyable {
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
    /// Not a language tag.
    case localeFormat = "locale-format"
    /// Forgot password needs a verified email or phone number.
    case noVerifiedContact = "no-verified-contact"
    /// Not 1-128 letters, marks, symbols, numbers and punctuation.
    case usernameFormat = "username-format"
    /// A user name that looks like the alias that others sign in by.
    case usernameLikeAlias = "username-like-alias"
    /// `sub`, `identities`, `cognito:*`: Cognito's own.
    case neverSettable = "never-settable"
    /// The schema lets it be set only when the user is made.
    case immutable
    /// None of the forms that the transform `date` names.
    case dateFormat = "date-format"
    /// It has one of the forms, and no calendar has the day.
    case dateImpossible = "date-impossible"
    /// Not an instant that the transform `epoch` reads.
    case epochFormat = "epoch-format"
    /// Not a distinguished name, or one whose value is no text (transform `rdn`).
    case dnFormat = "dn-format"
    /// Longer than a regular expression is tried on (transforms `replace` and `extract`).
    case patternLimit = "pattern-limit"
}
