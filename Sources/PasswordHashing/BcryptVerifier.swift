/// bcrypt: `$2[abxy]?$CC$`, 22 characters of salt and 31 of digest; and what wraps it.
enum BcryptVerifier {
    /// bcrypt's key has 72 bytes; what is longer is cut there, even inside a character.
    private static let maxKeyBytes = 72

    static func recognizes(_ text: Characters) -> Bool {
        variant(of: text) != nil
    }

    static func read(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        try KeyTransform(value, options).applied(to: read(value.text(), options.limits))
    }

    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
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
        // libxcrypt doesn't compute `$2$`; see `verify`.
        let setting = Array("$\(variant == "2" ? "2b" : variant)$\(fields[1].string)$".utf8) + salt
        let rest = text[fields[1].startIndex...]

        return StoredHash(
            dummy: text.replacing(fields[2]), work: VerificationWork(.bcrypt, steps: 1 << cost),
            handover: CognitoHash.bcrypt(variant: variant, cost: cost, rest: rest.string)
        ) { typed in
            verify(typed, setting: setting, digest: digest, hasNoNUL: variant == "2")
        }
    }

    /// passlib's `$bcrypt-sha256$`: version 2 hashes base64 of an HMAC keyed by the salt's text, version 1 of SHA-256.
    static func readSHA256(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        guard let fields = text.after("$bcrypt-sha256$")?.fields(separatedBy: "$"), fields.count == 3 else {
            throw .malformed
        }
        var costs = fields[0].fields(separatedBy: ",")[...]
        let isVersion2 = costs.first?.elementsEqual("v=2".utf8) ?? false
        if isVersion2 { costs.removeFirst() }
        guard costs.count == 2, let variant = isVersion2 ? costs.first?.after("t=") : costs.first,
            let cost = isVersion2 ? costs.last?.after("r=") : costs.last,
            (1...2).contains(cost.count), cost.allSatisfy(\.isDigit)
        else { throw .malformed }
        let padded = (cost.count < 2 ? "0" : "") + cost.string
        let salt = Array(fields[1])
        return try text.withDummy(replacing: fields[1], fields[2]) { () throws(Refusal) in
            try withCharacters("$\(variant.string)$\(padded)$\(fields[1].string)\(fields[2].string)") {
                text throws(Refusal) in try read(text, limits)
            }
        }.keyed(.prehash) { typed in
            var digest =
                isVersion2
                ? salt.withUnsafeBytes { DigestFunction.sha256.hmac(key: $0, typed) }
                : DigestFunction.sha256.digest(typed)
            defer { erase(&digest) }
            return Base64.encode(digest, padded: true)
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
