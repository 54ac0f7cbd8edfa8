/// A digest, or an HMAC, of what a template makes of password, salt and pepper.
enum DigestVerifier {
    struct Defaults {
        var layout: StoredLayout?
        var format: PasswordTemplate?
    }

    static func read(
        _ value: StoredValue, _ options: PasswordOptions, _ function: DigestFunction, _ defaults: Defaults = Defaults()
    ) throws(Refusal) -> StoredHash {
        let (stored, salt, dummy) = try split(value, options, function, defaults)
        let format = options.format ?? defaults.format ?? saltThenPassword
        let iterations = options.iterations ?? 1
        guard iterations <= options.limits.digestIterations else { throw .overLimit }
        let chain = options.chain ?? .digest
        return StoredHash(
            dummy: dummy, work: VerificationWork(.digest(function), steps: iterations)
        ) { typed in
            var first = format.filled(password: typed, salt: salt, value: value)
            defer { erase(&first) }
            let digest = first.withUnsafeBytes { first in
                function.iterated(
                    function.digest(first), count: iterations - 1, asHex: chain == .hex,
                    suffix: chain == .digestInput ? first : UnsafeRawBufferPointer(start: nil, count: 0))
            }
            return compare(digest, stored)
        }
    }

    static func readHMAC(
        _ value: StoredValue, _ options: PasswordOptions, _ function: DigestFunction
    ) throws(Refusal) -> StoredHash {
        let (stored, salt, dummy) = try split(value, options, function, Defaults())
        let format = options.format ?? password
        let keyFormat = options.hmacKey ?? (value.secrets.hasPepper ? pepper : saltAlone)
        return StoredHash(dummy: dummy, work: VerificationWork(.digest(function))) { typed in
            var key = keyFormat.filled(password: typed, salt: salt, value: value)
            var message = format.filled(password: typed, salt: salt, value: value)
            defer {
                erase(&key)
                erase(&message)
            }
            return key.withUnsafeBytes { key in
                message.withUnsafeBytes { compare(function.hmac(key: key, $0), stored) }
            }
        }
    }

    private static func split(
        _ value: StoredValue, _ options: PasswordOptions, _ function: DigestFunction, _ defaults: Defaults
    ) throws(Refusal) -> (digest: [UInt8], salt: [UInt8], dummy: String) {
        let text = try value.text()
        let (hash, salt) = try SaltedText.split(text, value, options, layout: defaults.layout)
        let digest = try (options.encoding ?? .auto).decode(hash, byteCount: function.byteCount)
        return (digest, salt, text.replacing(hash))
    }

    /// Symfony's message digest encoder: `password{salt}`, hashed again with itself behind it.
    static func readSymfony(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        let function = options.digest ?? .sha512
        let iterations = options.iterations ?? 5000
        var options = options
        options.encoding = options.encoding ?? .auto
        let (stored, salt, dummy) = try split(value, options, function, Defaults())
        // Symfony's own rule: they would end the salt early.
        guard !salt.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) else { throw .malformed }
        guard iterations <= options.limits.symfonyIterations else { throw .overLimit }
        let suffix = salt.isEmpty ? [] : [UInt8(ascii: "{")] + salt + [UInt8(ascii: "}")]
        return StoredHash(dummy: dummy, work: VerificationWork(.digest(function), steps: iterations)) { typed in
            var merged: [UInt8] = []
            merged.reserveCapacity(typed.count + suffix.count)
            merged += typed
            merged += suffix
            defer { erase(&merged) }
            let digest = merged.withUnsafeBytes { merged in
                function.iterated(function.digest(merged), count: iterations - 1, suffix: merged)
            }
            return compare(digest, stored)
        }
    }

    private static let saltThenPassword = PasswordTemplate(literal: "{salt}{password}")
    private static let password = PasswordTemplate(literal: "{password}")
    private static let pepper = PasswordTemplate(literal: "{pepper}")
    private static let saltAlone = PasswordTemplate(literal: "{salt}")
}

/// Hashes without a salt in the value, or with the user's name for one.
enum PlainDigestVerifier {
    /// Hex of `byteCount` bytes, and what of the password they are.
    static func storedHash(
        _ hex: Characters, in text: Characters, byteCount: Int, _ function: DigestFunction = .md5,
        _ digest: @escaping (UnsafeRawBufferPointer) -> [UInt8]?
    ) throws(Refusal) -> StoredHash {
        let stored = try Hex.decode(hex)
        guard stored.count == byteCount else { throw .malformed }
        return StoredHash(dummy: text.replacing(hex), work: VerificationWork(.digest(function))) { typed in
            digest(typed).map { compare($0, stored) } ?? .mismatch
        }
    }

    /// The bare hex of MD5: what Django, WordPress and Magento took over from older sites.
    static func readMD5(_ text: Characters) throws(Refusal) -> StoredHash {
        try storedHash(text, in: text, byteCount: 16) { DigestFunction.md5.digest($0) }
    }

    /// Windows' NT hash: MD4 of UTF-16, in hex, also with crypt(3)'s `$3$$` before it.
    static func readNT(_ text: Characters, _: PasswordLimits) throws(Refusal) -> StoredHash {
        try storedHash(text.after("$3$$") ?? text, in: text, byteCount: MD4.byteCount) { typed in
            guard var utf16 = PasswordEncoding.utf16LittleEndian.encode(typed) else { return nil }
            defer { erase(&utf16) }
            return utf16.withUnsafeBytes { MD4.digest($0) }
        }
    }

    /// MySQL's `*` and hex of SHA-1 twice (`mysql_native_password`).
    static func readMySQL(_ text: Characters, _: PasswordLimits) throws(Refusal) -> StoredHash {
        guard let hex = text.after("*") else { throw .malformed }
        return try storedHash(hex, in: text, byteCount: 20, .sha1) { typed in
            DigestFunction.sha1.iterated(DigestFunction.sha1.digest(typed), count: 1)
        }
    }

    /// PostgreSQL's `md5` and the lower-case hex of the password and the role's name.
    static func readPostgresMD5(_ value: StoredValue, _: PasswordOptions) throws(Refusal) -> StoredHash {
        let text = try value.text()
        guard let hex = text.after("md5"), hex.allSatisfy({ $0.isDigit || ($0.isHexDigit && $0 >= UInt8(ascii: "a")) })
        else { throw .malformed }
        let name = value.row.username
        return try storedHash(hex, in: text, byteCount: 16) { typed in
            name.withUnsafeBytes { DigestFunction.md5.digest(typed, $0) }
        }
    }

    /// The value is the password; only with `allow_cleartext`.
    static func readClear(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        try clear(value.bytes, options, handover: .clear)
    }

    /// - Parameter bytes: as they are: their spaces are their own, and they needn't be ASCII.
    static func clear(
        _ bytes: UnsafeRawBufferPointer, _ options: PasswordOptions, handover: HandoverForm = .withheld(.algorithm)
    ) throws(Refusal) -> StoredHash {
        guard options.allowCleartext else { throw .malformed }
        // Any clear value could be typed; a digest costs as little and can't.
        return StoredHash(dummy: LDAPPasswordVerifier.dummy, work: .none, handover: handover) { compare($0, bytes) }
    }
}
