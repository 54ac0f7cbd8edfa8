/// Apache's `$apr1$`, which libxcrypt doesn't have: md5-crypt with another magic.
///
/// - SeeAlso: apr_md5_encode in apr-util's crypto/apr_md5.c.
enum APR1 {
    static func storedHash(_ text: Characters, salt saltText: Characters, digest: Characters) -> StoredHash {
        let salt = Array(saltText)
        let stored = Array(digest)
        return StoredHash(
            dummy: text.replacing(saltText, digest), work: VerificationWork(.apr1, steps: 1000)
        ) { typed in
            guard CryptVerifier.isPassword(typed) else { return .mismatch }
            return compare(encode(hash(Array(typed), salt: salt)), stored)
        }
    }

    private static func hash(_ password: [UInt8], salt: [UInt8]) -> [UInt8] {
        var password = password
        defer { erase(&password) }
        func md5(_ parts: [[UInt8]]) -> [UInt8] {
            var input: [UInt8] = []
            input.reserveCapacity(parts.reduce(0) { $0 + $1.count })
            for part in parts { input += part }
            defer { erase(&input) }
            return input.withUnsafeBytes { DigestFunction.md5.digest($0) }
        }
        let alternate = md5([password, salt, password])
        var filler: [UInt8] = []
        for start in stride(from: 0, to: password.count, by: 16) {
            filler += alternate.prefix(min(16, password.count - start))
        }
        var bits = password.count
        while bits > 0 {
            filler.append(bits & 1 == 1 ? 0 : password[0])
            bits >>= 1
        }
        var digest = md5([password, Array("$apr1$".utf8), salt, filler])
        for round in 0..<1000 {
            digest = md5([
                round.isMultiple(of: 2) ? digest : password,
                round.isMultiple(of: 3) ? [] : salt,
                round.isMultiple(of: 7) ? [] : password,
                round.isMultiple(of: 2) ? password : digest,
            ])
        }
        return digest
    }

    /// Bytes of the digest in md5-crypt's own order.
    private static func encode(_ digest: [UInt8]) -> [UInt8] {
        let order = [12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11]
        return CryptText.encode(order.map { digest[$0] })
    }
}
