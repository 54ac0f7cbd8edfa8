/// Checks typed passwords against stored values of one scheme, or of whatever scheme each value shows (`auto`).
///
///     let verifier = PasswordVerifier(scheme: "bcrypt")
///     verifier?.verify(stored: row.passwordHash, typed: password)  // .match, .mismatch, .malformed, ...
///
/// A stored value is anybody's text: it can make an answer other than `match`, and work up to the options' limits, and
/// nothing else. Verifying takes a core for up to some seconds: it belongs on a thread of its own. No copy of a password
/// outlives the call.
public struct PasswordVerifier: Sendable {
    /// The longest password, in bytes, that can be right.
    public static let maxPasswordBytes = 4096

    public let options: PasswordOptions
    /// Nil for `auto`.
    private let scheme: PasswordScheme?

    /// Nil if there is no such scheme; `PasswordScheme.names` are those there are.
    public init?(scheme: String, options: PasswordOptions = PasswordOptions()) {
        let named = PasswordScheme.named(scheme)
        guard named != nil || scheme == PasswordScheme.automatic else { return nil }
        self.scheme = named
        self.options = options
    }

    public var schemeName: String { scheme?.name ?? PasswordScheme.automatic }

    /// - Parameters:
    ///   - stored: the column or attribute as it came.
    ///   - typed: UTF-8 as it came. Empty is a password like any other.
    public func verify(stored: UnsafeRawBufferPointer, typed: UnsafeRawBufferPointer) -> Verification {
        // First, so that nobody makes a healthy user's value look broken by what they type.
        guard typed.count <= Self.maxPasswordBytes else { return .mismatch }
        guard typed.baseAddress != nil else {
            // C libraries want an address even of nothing.
            return withSecretBytes(count: 0) { verify(stored: stored, typed: UnsafeRawBufferPointer($0)) }
        }
        do throws(Refusal) {
            return try read(stored).verify(typed)
        } catch {
            return error.verification
        }
    }

    /// The same for text; the caller's strings, and what Swift copies of them, are not zeroed.
    public func verify(stored: String, typed: String) -> Verification {
        var (stored, typed) = (stored, typed)
        return stored.withUTF8 { stored in
            typed.withUTF8 { typed in
                verify(stored: UnsafeRawBufferPointer(stored), typed: UnsafeRawBufferPointer(typed))
            }
        }
    }

    /// A well-formed value that no password is known for. Verifying it is the work of a usual value of the scheme (for
    /// `auto`, bcrypt of cost 10) and answers `mismatch`, unless the options' limits are below that work.
    public var dummy: String {
        // The table's first; `auto` looks like bcrypt until a value says otherwise.
        (scheme ?? PasswordScheme.all[0]).dummy
    }

    /// The name of the scheme that `stored` would be verified by; nil if `auto` knows none.
    public func detectedScheme(of stored: UnsafeRawBufferPointer) -> String? {
        if let scheme { return scheme.name }
        guard let text = try? StoredValue(stored).text() else { return nil }
        return PasswordScheme.detect(text)?.name
    }

    /// `stored` with constants for salt and digest: verifying it is the same work and answers `mismatch`.
    ///
    /// Nil where verifying `stored` is no work: it is malformed, over a limit, unverifiable, or says that no password is
    /// right (Django's `!`). Whoever hides which users there are then verifies another dummy.
    public func dummy(like stored: UnsafeRawBufferPointer) -> String? {
        try? read(stored).dummy
    }

    /// Why `stored` can't be checked, found without hashing anything; nil if it can.
    public func refusal(of stored: UnsafeRawBufferPointer) -> Verification? {
        do throws(Refusal) {
            _ = try read(stored)
            return nil
        } catch {
            return error.verification
        }
    }

    private func read(_ stored: UnsafeRawBufferPointer) throws(Refusal) -> StoredHash {
        let value = try StoredValue(stored)
        if let scheme { return try scheme.read(value, options) }
        guard let detected = PasswordScheme.detect(try value.text()) else { throw .malformed }
        return try detected.read(value, options)
    }
}
