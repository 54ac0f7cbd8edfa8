internal import Crypto
internal import CryptoExtras

/// PBKDF2, and the text forms that have no name of their own but `pbkdf2`.
enum PBKDF2Verifier {
    /// A shorter key would be guessed before the password is.
    private static let minKeyBytes = 10

    /// passlib's `$pbkdf2[-sha1|-sha256|-sha512]$N$salt$key`, in base64 with `.` for `+`, or the PHC form with
    /// `i=N[,l=LENGTH]`, in plain base64; neither padded.
    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        let fields = text.fields(separatedBy: "$")
        guard fields.count == 5, fields[0].isEmpty, let digest = digests[fields[1].string] else { throw .malformed }

        let costs = fields[2].fields(separatedBy: ",")
        let isPHC = fields[2].first == UInt8(ascii: "i")
        guard costs.count <= (isPHC ? 2 : 1), let iterationsText = isPHC ? costs[0].after("i=") : costs[0] else {
            throw .malformed
        }
        let iterations = try iterationsText.positiveNumber()
        let salt = try Base64.decode(fields[3], padding: .none, dotIsPlus: !isPHC)
        let key = try Base64.decode(fields[4], padding: .none, dotIsPlus: !isPHC)
        guard key.count >= minKeyBytes else { throw .malformed }
        if costs.count == 2 {
            guard let length = costs[1].after("l="), try length.number() == key.count else { throw .malformed }
        }
        return try storedHash(
            digest, iterations: iterations, salt: salt, key: key, limits, dummy: text.replacing(fields[3], fields[4]))
    }

    /// `N$salt$key` in passlib's base64: what follows `{PBKDF2…}` in a directory.
    static func readLDAP(
        _ text: Characters, _ digest: DigestFunction, _ limits: PasswordLimits
    ) throws(Refusal) -> StoredHash {
        let fields = text.fields(separatedBy: "$")
        guard fields.count == 3 else { throw .malformed }
        let iterations = try fields[0].positiveNumber()
        let salt = try Base64.decode(fields[1], padding: .none, dotIsPlus: true)
        let key = try Base64.decode(fields[2], padding: .none, dotIsPlus: true)
        guard !salt.isEmpty, key.count >= minKeyBytes else { throw .malformed }
        return try storedHash(
            digest, iterations: iterations, salt: salt, key: key, limits, dummy: text.replacing(fields[1], fields[2]))
    }

    /// 389 Directory Server's `{PBKDF2_SHA256}`: base64 of iterations (32 bits, big-endian), 64 bytes of salt, 256 of key.
    static func read389(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        let bytes = try Base64.decode(text)
        guard bytes.count == 4 + 64 + 256 else { throw .malformed }
        let iterations = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard iterations >= 1 else { throw .malformed }
        return try storedHash(
            .sha256, iterations: iterations, salt: Array(bytes[4..<68]), key: Array(bytes[68...]), limits,
            // Six characters hold the iterations and four bits of the salt.
            dummy: text.replacing(text.dropFirst(6)))
    }

    /// - Parameters:
    ///   - iterations: at least 1.
    ///   - key: not empty.
    static func storedHash(
        _ digest: DigestFunction, iterations: Int, salt: [UInt8], key: [UInt8], _ limits: PasswordLimits, dummy: String
    ) throws(Refusal) -> StoredHash {
        let blocks = (key.count + digest.byteCount - 1) / digest.byteCount
        guard iterations <= limits.pbkdf2Iterations, product(iterations, blocks, isAtMost: limits.pbkdf2Work),
            // Limits are the operator's; swift-crypto counts in 32 bits and traps beyond.
            iterations <= UInt32.max
        else { throw .overLimit }

        return StoredHash(dummy: dummy) { typed in
            // swift-crypto wants an address even of nothing.
            withSecretBytes(count: salt.count) { saltBytes in
                saltBytes.copyBytes(from: salt)
                let computed = try? KDF.Insecure.PBKDF2.deriveKey(
                    from: typed, salt: UnsafeRawBufferPointer(saltBytes), using: digest.pbkdf2,
                    outputByteCount: key.count, unsafeUncheckedRounds: iterations)
                // BoringSSL fails only for want of memory.
                guard let computed else { return .overLimit }
                return computed.withUnsafeBytes { compare($0, key) }
            }
        }
    }

    private static let digests: [String: DigestFunction] = [
        "pbkdf2": .sha1, "pbkdf2-sha1": .sha1, "pbkdf2-sha256": .sha256, "pbkdf2-sha512": .sha512,
    ]
}

extension DigestFunction {
    fileprivate var pbkdf2: KDF.Insecure.PBKDF2.HashFunction {
        switch self {
        case .md5: .insecureMD5
        case .sha1: .insecureSHA1
        case .sha256: .sha256
        case .sha384: .sha384
        case .sha512: .sha512
        }
    }
}
