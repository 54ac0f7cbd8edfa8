internal import Crypto
internal import CryptoExtras

/// scrypt, in the forms that carry it.
enum ScryptVerifier {
    static func read(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        try KeyTransform(value, options).applied(to: read(value.text(), options.limits))
    }

    static func recognizes(_ text: Characters) -> Bool {
        if ["$scrypt$", "$7$", "$s0$"].contains(where: { text.after($0) != nil }) { return true }
        let fields = text.fields(separatedBy: "$")
        return fields.count == 5 && fields[..<3].allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isDigit) }
            && fields[3...].allSatisfy { $0.allSatisfy(\.isHexDigit) } && !fields[4].isEmpty
    }

    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        if text.after("$scrypt$") != nil { return try readPasslib(text, limits) }
        if text.after("$7$") != nil { return try readCrypt(text, limits) }
        if let packed = text.after("$s0$") { return try readPacked(packed, limits).prefixed(by: "$s0$") }
        return try readPlain(text, limits)
    }

    /// passlib's `$scrypt$ln=16,r=8,p=1$salt$key`, N = 2^ln.
    private static func readPasslib(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        let fields = text.fields(separatedBy: "$")
        guard fields.count == 5 else { throw .malformed }
        let costs = fields[2].fields(separatedBy: ",")
        guard costs.count == 3, let exponent = try costs[0].after("ln=")?.positiveNumber(), exponent < 100,
            let r = try costs[1].after("r=")?.positiveNumber(), let p = try costs[2].after("p=")?.positiveNumber()
        else { throw .malformed }
        return try storedHash(
            n: power(exponent), r: r, p: p, salt: Base64.decode(fields[3]), key: Base64.decode(fields[4]), limits,
            dummy: text.replacing(fields[3], fields[4]))
    }

    /// crypt(3)'s `$7$`: one character of log2 N, five each of r and p, the salt as it is, `$` and 43 characters.
    static func readCrypt(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        guard let fields = text.after("$7$")?.fields(separatedBy: "$"), fields.count == 2, fields[0].count >= 11,
            fields[0].prefix(11).isCryptText, fields[1].count == 43, fields[1].isCryptText
        else { throw .malformed }
        let exponent = CryptText.number(fields[0].prefix(1))
        let r = CryptText.number(fields[0].dropFirst().prefix(5))
        let p = CryptText.number(fields[0].dropFirst(6).prefix(5))
        let salt = fields[0].dropFirst(11)
        guard exponent >= 1, r >= 1, p >= 1, salt.allSatisfy(CryptVerifier.isSaltCharacter) else { throw .malformed }
        let n = try power(exponent)
        guard product(128, n, r, isAtMost: limits.scryptMemoryBytes), product(n, r, p, isAtMost: limits.scryptWork)
        else {
            throw .overLimit
        }
        return StoredHash(
            dummy: text.replacing(salt, fields[1]), work: VerificationWork(.scrypt, steps: n * r * p),
            handover: CognitoHash.scrypt(n: n, r: r, p: p, salt: Array(salt), key: CryptText.decode(fields[1])),
            verify: CryptVerifier.verifier(of: text))
    }

    /// lambdaworks' and Spring's `HEX$salt$key`, where HEX is log2 N, r and p in sixteen, eight and eight bits.
    static func readPacked(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        let fields = text.fields(separatedBy: "$")
        guard fields.count == 3, (5...8).contains(fields[0].count), let packed = Int(fields[0].string, radix: 16) else {
            throw .malformed
        }
        return try storedHash(
            n: power(packed >> 16), r: packed >> 8 & 255, p: packed & 255, salt: Base64.decode(fields[1]),
            key: Base64.decode(fields[2]), limits, dummy: text.replacing(fields[1], fields[2]))
    }

    /// Cognito's own `N$r$p$SALT$KEY`, in hex.
    private static func readPlain(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        let fields = text.fields(separatedBy: "$")
        guard fields.count == 5 else { throw .malformed }
        return try storedHash(
            n: fields[0].number(), r: fields[1].number(), p: fields[2].number(), salt: Hex.decode(fields[3]),
            key: Hex.decode(fields[4]), limits, dummy: text.replacing(fields[3], fields[4]))
    }

    /// 2^exponent; more than any limit allows is no number that could be computed with.
    private static func power(_ exponent: Int) throws(Refusal) -> Int {
        guard exponent <= 40 else { throw .overLimit }
        return 1 << exponent
    }

    static func storedHash(
        n: Int, r: Int, p: Int, salt: [UInt8], key: [UInt8], _ limits: PasswordLimits, dummy: String
    ) throws(Refusal) -> StoredHash {
        let work = try work(n: n, r: r, p: p, keyBytes: key.count, limits)
        return StoredHash(
            dummy: dummy, work: work, handover: CognitoHash.scrypt(n: n, r: r, p: p, salt: salt, key: key)
        ) { typed in
            // What BoringSSL refuses it has no memory for.
            guard let computed = self.key(typed, n: n, r: r, p: p, salt: salt, byteCount: key.count) else {
                return .overLimit
            }
            return compare(computed, key)
        }
    }

    static func work(n: Int, r: Int, p: Int, keyBytes: Int, _ limits: PasswordLimits) throws(Refusal)
        -> VerificationWork
    {
        // RFC 7914 section 2: N is a power of two above 1 and below 2^(16r).
        guard n > 1, n & (n - 1) == 0, r >= 1, p >= 1, keyBytes >= 1, 16 * Int64(min(r, 4)) > n.trailingZeroBitCount
        else { throw .malformed }
        guard product(128, n, r, isAtMost: limits.scryptMemoryBytes), product(n, r, p, isAtMost: limits.scryptWork),
            keyBytes <= limits.scryptOutputBytes,
            // BoringSSL's own bounds (p·r below 2^30, sums that fit), should the limits be set beyond them.
            product(r, p, isAtMost: 1 << 29), product(128, r, n, p, isAtMost: 1 << 40), n <= 1 << 32,
            isWithinLibraryMemory(n: n, r: r, p: p)
        else { throw .overLimit }
        return VerificationWork(.scrypt, steps: n * r * p)
    }

    /// swift-crypto 4 lets BoringSSL take 128·N·r·p bytes and a page, whatever `maxMemory` says, and BoringSSL asks for
    /// 128·r·(N + p + 1): with p = 1 there is room up to r = 16.
    private static func isWithinLibraryMemory(n: Int, r: Int, p: Int) -> Bool {
        (128 * n * r * p + 4096) / (128 * r) >= n + p + 1
    }

    /// - Returns: nil for want of memory.
    static func key(
        _ typed: UnsafeRawBufferPointer, n: Int, r: Int, p: Int, salt: [UInt8], byteCount: Int
    ) -> [UInt8]? {
        withAddressedBytes(of: salt) { salt in
            let key = try? KDF.Scrypt.deriveKey(
                from: typed, salt: salt, outputByteCount: byteCount, rounds: n, blockSize: r, parallelism: p)
            return key.map { $0.withUnsafeBytes { Array($0) } }
        }
    }
}

/// Firebase's export: the project's signer key, encrypted with what scrypt makes of the password.
///
/// - SeeAlso: firebase/scrypt, README.
enum FirebaseVerifier {
    static func read(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        let text = try value.text()
        guard let signerKey = value.secrets.signerKey, let rounds = options.rounds, let exponent = options.memoryCost,
            exponent <= 40
        else { throw .malformed }
        var key = try Base64.decode(signerKey[...])
        let signer = SecretBytes(erasing: &key)
        let digest = try Base64.decode(text)
        guard digest.count == signer.bytes.count, !digest.isEmpty else { throw .malformed }
        var rowOptions = options
        rowOptions.saltEncoding = options.saltEncoding ?? .base64
        let separator = try withCharacters(options.saltSeparator ?? "") { text throws(Refusal) in
            try Base64.decode(text)
        }
        let salt = try SaltedText.salt(of: value, rowOptions) + separator
        let n = 1 << exponent
        return StoredHash(
            dummy: text.replacing(text),
            work: try ScryptVerifier.work(n: n, r: rounds, p: 1, keyBytes: 64, options.limits)
        ) { typed in
            guard var key = ScryptVerifier.key(typed, n: n, r: rounds, p: 1, salt: salt, byteCount: 64) else {
                return .overLimit
            }
            defer { erase(&key) }
            guard let nonce = try? AES._CTR.Nonce(nonceBytes: [UInt8](repeating: 0, count: 16)),
                let encrypted = try? AES._CTR.encrypt(
                    signer.bytes, using: SymmetricKey(data: key.prefix(32)), nonce: nonce)
            else { return .malformed }
            return compare(encrypted, digest)
        }
    }
}
