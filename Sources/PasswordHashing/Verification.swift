/// What a stored value says about a typed password. The raw value is its code, everywhere and for good.
///
/// Only `mismatch` is a wrong password. The three below it say that nobody could tell.
public enum Verification: String, Sendable, Hashable, CaseIterable {
    case match
    case mismatch
    /// The stored value is not of the scheme's grammar.
    case malformed
    /// It asks for more work than `PasswordLimits` lets it; nothing was computed.
    case overLimit = "over-limit"
    /// Somebody else holds the secret, such as the realm behind `{SASL}`.
    case unverifiable
}
