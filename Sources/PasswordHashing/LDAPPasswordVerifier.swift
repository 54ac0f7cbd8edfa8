/// `userPassword`: `{SCHEME}` in any case and what it names (RFC 2307 section 5.3, and what servers added).
enum LDAPPasswordVerifier {
    static func recognizes(_ text: Characters) -> Bool {
        scheme(of: text) != nil || decodedOnce(text) != nil
    }

    static func read(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        if let scheme = scheme(of: value.bytes[...]) { return try read(value, scheme, options) }
        if let text = try? value.text(), let decoded = decodedOnce(text) {
            let value = try value.replacing(decoded.bytes)
            guard let scheme = scheme(of: value.bytes[...]) else { throw .malformed }
            let hash = try read(value, scheme, options)
            // A clear value points into the decoded bytes.
            return StoredHash(dummy: hash.dummy, work: hash.work, handover: hash.handover) { typed in
                withExtendedLifetime(decoded) { hash.verify(typed) }
            }
        }
        // A brace that begins no scheme is damage, never a password.
        guard value.bytes.first != UInt8(ascii: "{") else { throw .malformed }
        return try PlainDigestVerifier.clear(value.bytes, options)
    }

    /// - Parameter scheme: the name between the braces, part of `value`.
    private static func read(
        _ value: StoredValue, _ scheme: Characters, _ options: PasswordOptions
    ) throws(Refusal) -> StoredHash {
        guard let form = forms[scheme.string.uppercased()] else { throw .malformed }
        let start = scheme.endIndex + 1
        switch form {
        case .elsewhere:
            throw .unverifiable
        case .clear:
            return try PlainDigestVerifier.clear(UnsafeRawBufferPointer(rebasing: value.bytes[start...]), options)
        case .hashed(let hash):
            let text = try value.text()
            return try read(text[start...], hash, options.limits).prefixed(by: text[..<start])
        }
    }

    private static func read(
        _ text: Characters, _ hash: Form.Hash, _ limits: PasswordLimits
    ) throws(Refusal) -> StoredHash {
        switch hash {
        case .digest(let function): try digest(function, text, isSalted: false)
        case .saltedDigest(let function): try digest(function, text, isSalted: true)
        case .crypt: try CryptVerifier.read(text, limits)
        case .bcrypt: try BcryptVerifier.read(text, limits)
        case .argon2: try Argon2Verifier.read(text, limits)
        case .pbkdf2(let function): try PBKDF2Verifier.readLDAP(text, function, limits)
        case .pbkdf2Of389: try PBKDF2Verifier.read389(text, limits)
        }
    }

    /// base64 of the digest, with the salt after it if there is one.
    private static func digest(
        _ function: DigestFunction, _ text: Characters, isSalted: Bool
    ) throws(Refusal) -> StoredHash {
        let bytes = try Base64.decode(text)
        guard isSalted ? bytes.count > function.byteCount : bytes.count == function.byteCount else {
            throw .malformed
        }
        // Not of hexadecimal digits alone: `{MD5}` and hex is Spring's to `auto`.
        return StoredHash(dummy: "G" + text.replacing(text).dropFirst(), work: VerificationWork(.digest(function))) {
            typed in
            bytes.withUnsafeBytes { bytes in
                let salt = UnsafeRawBufferPointer(rebasing: bytes[function.byteCount...])
                return compare(function.digest(typed, salt), bytes[..<function.byteCount])
            }
        }
    }

    /// The name between the braces.
    private static func scheme(of text: Characters) -> Characters? {
        guard text.first == UInt8(ascii: "{"), let end = text.firstIndex(of: UInt8(ascii: "}")) else { return nil }
        let name = text[(text.startIndex + 1)..<end]
        let isName = name.allSatisfy { $0.isDigit || $0.isLetter || "_.@/-".utf8.contains($0) }
        return (1...32).contains(name.count) && isName ? name : nil
    }

    /// The value itself where `text` is base64 of one, as an LDIF file's `::` leaves it in a column.
    private static func decodedOnce(_ text: Characters) -> SecretBytes? {
        guard text.first == UInt8(ascii: "e"), var decoded = try? Base64.decode(text) else { return nil }
        let bytes = SecretBytes(erasing: &decoded)
        return bytes.bytes.allSatisfy { $0 < 0x80 } && scheme(of: bytes.bytes[...]) != nil ? bytes : nil
    }

    static let dummy = "{SSHA512}" + String(repeating: "5a0c7e1f93b6d248", count: 6)

    private enum Form {
        case hashed(Hash)
        case clear
        /// The server asks somebody else.
        case elsewhere

        enum Hash {
            case digest(DigestFunction), saltedDigest(DigestFunction)
            case crypt, bcrypt, argon2
            case pbkdf2(DigestFunction), pbkdf2Of389
        }
    }

    private static let forms: [String: Form] = {
        var forms: [String: Form] = [
            "CRYPT": .hashed(.crypt),
            "BCRYPT": .hashed(.bcrypt), "BLF-CRYPT": .hashed(.bcrypt),
            "ARGON2": .hashed(.argon2), "ARGON2I": .hashed(.argon2), "ARGON2ID": .hashed(.argon2),
            "PBKDF2": .hashed(.pbkdf2(.sha1)), "PBKDF2-SHA1": .hashed(.pbkdf2(.sha1)),
            "PBKDF2-SHA256": .hashed(.pbkdf2(.sha256)), "PBKDF2-SHA512": .hashed(.pbkdf2(.sha512)),
            "PBKDF2_SHA256": .hashed(.pbkdf2Of389),
            "CLEARTEXT": .clear, "CLEAR": .clear, "PLAIN": .clear,
            "SASL": .elsewhere, "KERBEROS": .elsewhere, "UNIX": .elsewhere,
        ]
        for (name, function) in [
            ("MD5", DigestFunction.md5),
            ("SHA", .sha1), ("SHA1", .sha1), ("SHA-1", .sha1),
            ("SHA256", .sha256), ("SHA-256", .sha256),
            ("SHA384", .sha384), ("SHA-384", .sha384),
            ("SHA512", .sha512), ("SHA-512", .sha512),
        ] {
            forms[name] = .hashed(.digest(function))
            forms["S" + name] = .hashed(.saltedDigest(function))
        }
        return forms
    }()
}
