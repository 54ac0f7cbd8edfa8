internal import Crypto

/// HMAC-SHA-256 over fields, each with its length before it, so that no two lists of fields are one text.
package struct KeyedHash: Sendable {
    /// 32 bytes.
    package struct Digest: Sendable, Hashable {
        fileprivate let code: HashedAuthenticationCode<SHA256>

        /// Hexadecimal digits of the first bytes.
        func text(byteCount: Int) -> String {
            let digits = Array("0123456789abcdef".utf8)
            return String(
                decoding: code.prefix(byteCount).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
                as: UTF8.self)
        }

        /// The first 63 bits, as a number that isn't negative.
        package var number: Int64 {
            Int64(code.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 1)
        }

        package func hash(into hasher: inout Hasher) {
            code.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    private let key: SymmetricKey

    /// - Parameter key: nil for a random one, good for this process.
    package init(key: Secret? = nil) {
        self.key = key.map { $0.withExposed { SymmetricKey(data: $0) } } ?? SymmetricKey(size: .bits256)
    }

    /// - Parameter secret: one more field, the last.
    package func digest(of fields: [String], _ secret: Secret? = nil) -> Digest {
        var hmac = HMAC<SHA256>(key: key)
        for var field in fields {
            field.withUTF8 { Self.update(&hmac, with: UnsafeRawBufferPointer($0)) }
        }
        secret?.withExposed { Self.update(&hmac, with: $0) }
        return Digest(code: hmac.finalize())
    }

    func digest(of secrets: [Secret]) -> Digest {
        var hmac = HMAC<SHA256>(key: key)
        for secret in secrets { secret.withExposed { Self.update(&hmac, with: $0) } }
        return Digest(code: hmac.finalize())
    }

    private static func update(_ hmac: inout HMAC<SHA256>, with field: UnsafeRawBufferPointer) {
        withUnsafeBytes(of: UInt64(field.count).bigEndian) { hmac.update(data: $0) }
        hmac.update(data: field)
    }
}
