internal import Crypto
internal import CryptoExtras

/// scrypt, for the forms that carry it.
enum ScryptVerifier {
    static func storedHash(
        n: Int, r: Int, p: Int, salt: [UInt8], key: [UInt8], _ limits: PasswordLimits, dummy: String
    ) throws(Refusal) -> StoredHash {
        // RFC 7914 section 2: N is a power of two above 1.
        guard n > 1, n & (n - 1) == 0, r >= 1, p >= 1, !key.isEmpty else { throw .malformed }
        guard product(128, n, r, isAtMost: limits.scryptMemoryBytes), product(n, r, p, isAtMost: limits.scryptWork),
            key.count <= limits.scryptOutputBytes,
            // BoringSSL's own bounds (p·r below 2^30, sums that fit), should the limits be set beyond them.
            product(r, p, isAtMost: 1 << 29), product(128, r, n, isAtMost: 1 << 40), p <= 1 << 29
        else { throw .overLimit }

        return StoredHash(dummy: dummy) { typed in
            withSecretBytes(count: salt.count) { saltBytes in
                saltBytes.copyBytes(from: salt)
                let computed = try? KDF.Scrypt.deriveKey(
                    from: typed, salt: UnsafeRawBufferPointer(saltBytes), outputByteCount: key.count, rounds: n,
                    blockSize: r, parallelism: p,
                    // Its own guess is too small for a large r.
                    maxMemory: 128 * r * (n + p + 2))
                // What BoringSSL refuses it has no memory for.
                guard let computed else { return .overLimit }
                return computed.withUnsafeBytes { compare($0, key) }
            }
        }
    }
}
