/// bcrypt: `$2[abxy]?$CC$`, 22 characters of salt and 31 of digest.
enum BcryptVerifier {
    /// bcrypt's key has 72 bytes; what is longer is cut there, even inside a character.
    private static let maxKeyBytes = 72

    /// What is hashed of the password, beside the password itself.
    enum Key {
        case password
        /// The lower-case hex of its SHA-256: Django's `bcrypt_sha256`.
        case hexSHA256
    }

    static func recognizes(_ text: Characters) -> Bool {
        variant(of: text) != nil
    }

    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        try read(text, limits, key: .password)
    }

    static func read(_ text: Characters, _ limits: PasswordLimits, key: Key) throws(Refusal) -> StoredHash {
        guard let variant = variant(of: text) else { throw .malformed }
        let fields = text.dropFirst().fields(separatedBy: "$")
        guard fields.count == 3, fields[1].count == 2, fields[1].allSatisfy(\.isDigit), fields[2].count == 53,
            fields[2].isCryptText
        else { throw .malformed }
        let cost = fields[1].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        guard (4...31).contains(cost) else { throw .malformed }
        guard cost <= limits.bcryptCost else { throw .overLimit }

        let salt = Array(fields[2].prefix(22))
        let digest = Array(fields[2].suffix(31))
        // libxcrypt doesn't compute `$2$`; see `keyBytes`.
        let setting = Array("$\(variant == "2" ? "2b" : variant)$\(fields[1].string)$".utf8) + salt

        return StoredHash(dummy: text.replacing(fields[2])) { typed in
            switch key {
            case .password:
                return verify(typed, setting: setting, digest: digest, hasNoNUL: variant == "2")
            case .hexSHA256:
                return withSecretBytes(count: 2 * DigestFunction.sha256.byteCount) { hex in
                    Hex.encode(DigestFunction.sha256.digest(typed), to: hex)
                    return verify(
                        UnsafeRawBufferPointer(hex), setting: setting, digest: digest, hasNoNUL: variant == "2")
                }
            }
        }
    }

    /// - Parameter hasNoNUL: `$2$`, whose key has no NUL after the password. It is `$2b$` over the password repeated to the
    ///   key's length: `ab` and `abab` are one password, and an empty one can't be.
    private static func verify(
        _ key: UnsafeRawBufferPointer, setting: [UInt8], digest: [UInt8], hasNoNUL: Bool
    ) -> Verification {
        // A C string would end at the NUL and accept the front part.
        guard !key.contains(0), !(hasNoNUL && key.isEmpty) else { return .mismatch }
        return withSecretBytes(count: hasNoNUL ? maxKeyBytes : min(key.count, maxKeyBytes)) { cut in
            for index in cut.indices { cut[index] = key[index % key.count] }
            guard let computed = CryptVerifier.hash(UnsafeRawBufferPointer(cut), setting: setting),
                computed.count == setting.count + digest.count
            else { return .malformed }
            // Not the salt: its last character has four bits to spare, which some set and libxcrypt clears.
            return compare(computed.suffix(digest.count), digest)
        }
    }

    private static func variant(of text: Characters) -> String? {
        ["2", "2a", "2b", "2x", "2y"].first { text.after("$\($0)$") != nil }
    }
}
