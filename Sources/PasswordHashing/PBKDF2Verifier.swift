internal import Crypto
internal import CryptoExtras

/// PBKDF2, and the text forms that have no name of their own but `pbkdf2`.
enum PBKDF2Verifier {
    /// A shorter key would be guessed before the password is.
    private static let minKeyBytes = 10

    /// A text form, or a bare key whose `digest` and `iterations` the options say.
    static func read(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        let text = try value.text()
        guard text.first != UInt8(ascii: "$"), let digest = options.digest, let iterations = options.iterations else {
            return try KeyTransform(value, options).applied(to: read(text, options.limits))
        }
        let (keyText, salt) = try SaltedText.split(text, value, options)
        let key = try (options.encoding == .base64 ? Base64.decode(keyText) : Hex.decode(keyText))
        guard !key.isEmpty else { throw .malformed }
        return try KeyTransform(value, options, salt: salt).applied(
            to: storedHash(
                digest, iterations: iterations, salt: salt, key: key, options.limits, dummy: text.replacing(keyText)))
    }

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
        let iterations = bytes[..<4].bigEndianNumber
        guard iterations >= 1 else { throw .malformed }
        return try storedHash(
            .sha256, iterations: iterations, salt: Array(bytes[4..<68]), key: Array(bytes[68...]), limits,
            // Six characters hold the iterations and four bits of the salt.
            dummy: text.replacing(text.dropFirst(6)))
    }

    /// ASP.NET Core Identity: base64 of a version and what it has.
    ///
    /// - SeeAlso: dotnet/aspnetcore, PasswordHasher.cs
    static func readASPNET(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        let bytes = try Base64.decode(text)
        switch bytes.first {
        case 0:
            guard bytes.count == 1 + 16 + 32 else { throw .malformed }
            return try storedHash(
                .sha1, iterations: 1000, salt: Array(bytes[1..<17]), key: Array(bytes[17...]), limits,
                // A character more than the version's byte fills; its other bits are of the salt.
                dummy: text.replacing(text.dropFirst(2)))
        case 1:
            guard bytes.count >= 13 + 16 + 16 else { throw .malformed }
            let numbers = stride(from: 1, to: 13, by: 4).map { bytes[$0..<($0 + 4)].bigEndianNumber }
            let functions = [DigestFunction.sha1, .sha256, .sha512]
            guard numbers[0] < functions.count, numbers[1] >= 1, (16...(bytes.count - 13 - 16)).contains(numbers[2])
            else {
                throw .malformed
            }
            let salt = Array(bytes[13..<(13 + numbers[2])])
            return try storedHash(
                functions[numbers[0]], iterations: numbers[1], salt: salt, key: Array(bytes[(13 + salt.count)...]),
                limits,
                dummy: text.replacing(text.dropFirst(18)))
        default:
            throw .malformed
        }
    }

    /// Jira's and Crowd's `{PKCS5S2}`: base64 of 16 bytes of salt and 32 of key.
    static func readAtlassian(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        guard let encoded = text.after("{PKCS5S2}") else { throw .malformed }
        let bytes = try Base64.decode(encoded)
        guard bytes.count == 48 else { throw .malformed }
        return try storedHash(
            .sha1, iterations: 10_000, salt: Array(bytes[..<16]), key: Array(bytes[16...]), limits,
            dummy: text.replacing(encoded))
    }

    /// `grub.pbkdf2.sha512.N.SALT.KEY`, in hex.
    static func readGRUB(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        guard let fields = text.after("grub.pbkdf2.sha512.")?.fields(separatedBy: "."), fields.count == 3 else {
            throw .malformed
        }
        let iterations = try fields[0].positiveNumber()
        let salt = try Hex.decode(fields[1])
        let key = try Hex.decode(fields[2])
        guard !salt.isEmpty, !key.isEmpty else { throw .malformed }
        return try storedHash(
            .sha512, iterations: iterations, salt: salt, key: key, limits, dummy: text.replacing(fields[1], fields[2]))
    }

    /// - Parameters:
    ///   - iterations: at least 1.
    ///   - key: not empty.
    static func storedHash(
        _ digest: DigestFunction, iterations: Int, salt: [UInt8], key: [UInt8], _ limits: PasswordLimits, dummy: String
    ) throws(Refusal) -> StoredHash {
        StoredHash(
            dummy: dummy, work: try work(digest, iterations: iterations, keyBytes: key.count, limits),
            handover: CognitoHash.pbkdf2(digest, iterations: iterations, salt: salt, key: key)
        ) { typed in
            guard
                let computed = self.key(digest, typed, salt: salt, iterations: iterations, byteCount: key.count)
            else { return .overLimit }
            return compare(computed, key)
        }
    }

    /// - Throws: `.overLimit`.
    static func work(
        _ digest: DigestFunction, iterations: Int, keyBytes: Int, _ limits: PasswordLimits
    ) throws(Refusal) -> VerificationWork {
        let blocks = (keyBytes + digest.byteCount - 1) / digest.byteCount
        guard iterations <= limits.pbkdf2Iterations, product(iterations, blocks, isAtMost: limits.pbkdf2Work),
            // Limits are the operator's; swift-crypto counts in 32 bits and traps beyond.
            iterations <= UInt32.max
        else { throw .overLimit }
        return VerificationWork(.pbkdf2(digest), steps: iterations * blocks)
    }

    /// - Parameter iterations: from 1 to `UInt32.max`.
    /// - Returns: nil for want of memory.
    static func key(
        _ digest: DigestFunction, _ typed: UnsafeRawBufferPointer, salt: [UInt8], iterations: Int, byteCount: Int
    ) -> [UInt8]? {
        // swift-crypto wants an address even of nothing.
        withAddressedBytes(of: salt) { salt in
            let key = try? KDF.Insecure.PBKDF2.deriveKey(
                from: typed, salt: salt, using: digest.pbkdf2, outputByteCount: byteCount,
                unsafeUncheckedRounds: iterations)
            return key.map { $0.withUnsafeBytes { Array($0) } }
        }
    }

    private static let digests: [String: DigestFunction] = [
        "pbkdf2": .sha1, "pbkdf2-sha1": .sha1, "pbkdf2-sha256": .sha256, "pbkdf2-sha512": .sha512,
    ]
}

extension ArraySlice<UInt8> {
    /// The bytes as one number; at most seven of them.
    var bigEndianNumber: Int { reduce(0) { $0 << 8 | Int($1) } }
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
