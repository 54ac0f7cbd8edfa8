/// Spring Security's `{id}` and what it names, case and all.
///
/// - SeeAlso: spring-security, PasswordEncoderFactories.java
enum SpringVerifier {
    static func recognizes(_ text: Characters) -> Bool {
        guard let (id, rest) = split(text) else { return false }
        switch id {
        case "bcrypt", "scrypt", "scrypt@SpringSecurity_v5_8", "argon2", "argon2@SpringSecurity_v5_8":
            return rest.first == UInt8(ascii: "$")
        case "noop", "ldap": return true
        case "pbkdf2", "pbkdf2@SpringSecurity_v5_8", "sha256", "MD4", "MD5", "SHA-1", "SHA-256":
            let hex = salted(rest).hex
            return !hex.isEmpty && hex.allSatisfy(\.isHexDigit)
        default: return false
        }
    }

    static func read(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        guard let (id, start) = split(value.bytes[...]).map({ ($0, $1.startIndex) }) else { throw .malformed }
        if id == "noop" {
            // Spring's clear values have no dummy of their own form: any could be typed.
            return try PlainDigestVerifier.clear(UnsafeRawBufferPointer(rebasing: value.bytes[start...]), options)
                .prefixed(by: "{ldap}")
        }
        if id == "ldap" {
            let rest = try value.replacing(UnsafeRawBufferPointer(rebasing: value.bytes[start...]))
            return try LDAPPasswordVerifier.read(rest, options).prefixed(by: "{ldap}")
        }
        let text = try value.text()
        guard start <= text.endIndex else { throw .malformed }
        let rest = text[start...]
        return try read(rest, id, value, options.limits).prefixed(by: text[..<start])
    }

    private static func read(
        _ rest: Characters, _ id: String, _ value: StoredValue, _ limits: PasswordLimits
    ) throws(Refusal) -> StoredHash {
        switch id {
        case "bcrypt":
            return try BcryptVerifier.read(rest, limits)
        case "argon2", "argon2@SpringSecurity_v5_8":
            return try Argon2Verifier.read(rest, limits)
        case "scrypt", "scrypt@SpringSecurity_v5_8":
            guard let packed = rest.after("$") else { throw .malformed }
            return try ScryptVerifier.readPacked(packed, limits).prefixed(by: "$")
        case "pbkdf2":
            return try readPBKDF2(rest, .sha1, saltBytes: 8, iterations: 185_000, value, limits)
        case "pbkdf2@SpringSecurity_v5_8":
            return try readPBKDF2(rest, .sha256, saltBytes: 16, iterations: 310_000, value, limits)
        case "sha256":
            return try readStandard(rest, value)
        case "MD4":
            return try readDigest(rest, byteCount: MD4.byteCount, .md5) { MD4.digest($0) }
        case "MD5", "SHA-1", "SHA-256":
            let function: DigestFunction = id == "MD5" ? .md5 : id == "SHA-1" ? .sha1 : .sha256
            return try readDigest(rest, byteCount: function.byteCount, function) { function.digest($0) }
        default:
            throw .malformed
        }
    }

    /// Hex of salt and 32 bytes of key; the encoder's secret is part of the salt.
    private static func readPBKDF2(
        _ text: Characters, _ function: DigestFunction, saltBytes: Int, iterations: Int, _ value: StoredValue,
        _ limits: PasswordLimits
    ) throws(Refusal) -> StoredHash {
        let bytes = try Hex.decode(text)
        guard bytes.count == saltBytes + 32 else { throw .malformed }
        return try PBKDF2Verifier.storedHash(
            function, iterations: iterations, salt: Array(bytes[..<saltBytes]) + Array(value.secrets.pepper),
            key: Array(bytes[saltBytes...]), limits, dummy: text.replacing(text))
    }

    /// StandardPasswordEncoder: hex of 8 bytes of salt and SHA-256, 1024 times over salt, secret and password.
    private static func readStandard(_ text: Characters, _ value: StoredValue) throws(Refusal) -> StoredHash {
        let bytes = try Hex.decode(text)
        guard bytes.count == 8 + 32 else { throw .malformed }
        return StoredHash(
            dummy: text.replacing(text), work: VerificationWork(.digest(.sha256), steps: 1024)
        ) { typed in
            bytes.withUnsafeBytes { bytes in
                let salt = UnsafeRawBufferPointer(rebasing: bytes[..<8])
                let first = DigestFunction.sha256.digest(salt, value.secrets.pepper, typed)
                return compare(DigestFunction.sha256.iterated(first, count: 1023), bytes[8...])
            }
        }
    }

    /// MessageDigestPasswordEncoder: `{salt}` and the hex of the password with that behind it, braces and all.
    private static func readDigest(
        _ text: Characters, byteCount: Int, _ function: DigestFunction,
        _ digest: @escaping (UnsafeRawBufferPointer) -> [UInt8]
    ) throws(Refusal) -> StoredHash {
        let (saltText, hex) = salted(text)
        let salt = Array(saltText)
        return try PlainDigestVerifier.storedHash(hex, in: text, byteCount: byteCount, function) { typed in
            var message = Array(typed) + salt
            defer { erase(&message) }
            return message.withUnsafeBytes { digest($0) }
        }
    }

    private static func salted(_ text: Characters) -> (salt: Characters, hex: Characters) {
        guard text.first == UInt8(ascii: "{"), let end = text.firstIndex(of: UInt8(ascii: "}")),
            text.dropFirst().firstIndex(of: UInt8(ascii: "{")).map({ $0 > end }) ?? true
        else { return (text.prefix(0), text) }
        return (text[...end], text[(end + 1)...])
    }

    /// The id between the braces, and what follows them.
    private static func split(_ text: Characters) -> (id: String, rest: Characters)? {
        guard text.first == UInt8(ascii: "{"), let end = text.firstIndex(of: UInt8(ascii: "}")),
            end - text.startIndex <= 65
        else { return nil }
        return (text[(text.startIndex + 1)..<end].string, text[(end + 1)...])
    }
}
