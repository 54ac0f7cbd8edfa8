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
    public let secrets: PasswordSecrets
    /// Nil for `auto`.
    private let scheme: PasswordScheme?

    /// Nil if there is no such scheme; `PasswordScheme.names` are those there are.
    public init?(
        scheme: String, options: PasswordOptions = PasswordOptions(), secrets: PasswordSecrets = PasswordSecrets()
    ) {
        let named = PasswordScheme.named(scheme)
        guard named != nil || scheme == PasswordScheme.automatic else { return nil }
        self.scheme = named
        self.options = options
        self.secrets = secrets
    }

    public var schemeName: String { scheme?.name ?? PasswordScheme.automatic }

    /// - Parameters:
    ///   - stored: the column or attribute as it came.
    ///   - row: what other columns say to it.
    ///   - typed: UTF-8 as it came. Empty is a password like any other.
    public func verify(
        stored: UnsafeRawBufferPointer, row: PasswordRow = PasswordRow(), typed: UnsafeRawBufferPointer
    ) -> Verification {
        // First, so that nobody makes a healthy user's value look broken by what they type.
        guard typed.count <= Self.maxPasswordBytes else { return .mismatch }
        guard typed.baseAddress != nil else {
            // C libraries want an address even of nothing.
            return withSecretBytes(count: 0) { verify(stored: stored, row: row, typed: UnsafeRawBufferPointer($0)) }
        }
        do throws(Refusal) {
            return try read(stored, row).verify(typed)
        } catch {
            return error.verification
        }
    }

    /// The same for text; the caller's strings, and what Swift copies of them, are not zeroed.
    public func verify(stored: String, row: PasswordRow = PasswordRow(), typed: String) -> Verification {
        var (stored, typed) = (stored, typed)
        return stored.withUTF8 { stored in
            typed.withUTF8 { typed in
                verify(stored: UnsafeRawBufferPointer(stored), row: row, typed: UnsafeRawBufferPointer(typed))
            }
        }
    }

    /// A well-formed value that no password is known for. Verifying it is the work of a usual value of the scheme (for
    /// `auto`, bcrypt of cost 10) and answers `mismatch`, unless the options' limits are below that work.
    public var dummy: String {
        if let scheme { return scheme.dummy(options) }
        // `auto` looks like bcrypt until a value says otherwise.
        guard let bcrypt = PasswordScheme.named("bcrypt") else { preconditionFailure("the table has bcrypt") }
        return bcrypt.dummy(options)
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
    public func dummy(like stored: UnsafeRawBufferPointer, row: PasswordRow = PasswordRow()) -> String? {
        try? read(stored, row).dummy
    }

    /// Why `stored` can't be checked, found without hashing anything; nil if it can.
    public func refusal(of stored: UnsafeRawBufferPointer, row: PasswordRow = PasswordRow()) -> Verification? {
        do throws(Refusal) {
            _ = try read(stored, row)
            return nil
        } catch {
            return error.verification
        }
    }

    /// What verifying `stored` costs; nil if it can't be checked.
    public func work(of stored: UnsafeRawBufferPointer, row: PasswordRow = PasswordRow()) -> VerificationWork? {
        try? read(stored, row).work
    }

    /// How the password behind `stored` can come along into the pool, found without hashing anything.
    public func handover(of stored: UnsafeRawBufferPointer, row: PasswordRow = PasswordRow()) -> PasswordHandover {
        do throws(Refusal) {
            switch try read(stored, row).handover {
            case .withheld(let reason): return .signIn(reason)
            case .clear: return .reencoded(.pbkdf2SHA256)
            case .hash(let hash):
                let isAsStored = try StoredValue(stored).text().elementsEqual(hash.text.utf8)
                return isAsStored ? .asIs(hash.algorithm) : .reencoded(hash.algorithm)
            }
        } catch {
            return .reset(error.verification)
        }
    }

    /// The hash for Cognito's import, where `handover(of:)` says that there is one.
    ///
    /// At once, but for a clear value: that is hashed here, and takes as long as a verification.
    public func cognitoHash(of stored: UnsafeRawBufferPointer, row: PasswordRow = PasswordRow()) -> CognitoHash? {
        switch (try? read(stored, row))?.handover {
        case .hash(let hash): return hash
        case .withheld, nil: return nil
        case .clear:
            var generator = SystemRandomNumberGenerator()
            let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            return CognitoHash.pbkdf2(ofClear: stored, salt: salt)
        }
    }

    private func read(_ stored: UnsafeRawBufferPointer, _ row: PasswordRow) throws(Refusal) -> StoredHash {
        let value = try StoredValue(stored, row: row, secrets: secrets)
        let hash: StoredHash
        if let scheme {
            hash = try scheme.read(value, options)
        } else {
            guard let detected = PasswordScheme.detect(try value.text()) else { throw .malformed }
            hash = try detected.read(value, options)
        }
        return options.recodesPassword ? hash.keyed(.encoding) { options.recode($0) } : hash
    }
}

extension PasswordOptions {
    fileprivate var recodesPassword: Bool {
        normalization != nil || (passwordEncoding ?? .utf8) != .utf8
    }

    /// The typed password in the form and the encoding in which it is hashed; nil if the encoding can't hold it.
    fileprivate func recode(_ typed: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let normalization else { return (passwordEncoding ?? .utf8).encode(typed) }
        guard var normalized = normalization.apply(to: typed) else { return nil }
        defer { erase(&normalized) }
        return normalized.withUnsafeBytes { (passwordEncoding ?? .utf8).encode($0) }
    }
}
