internal import Crypto

/// How a person appears in a log: a keyed hash of what was typed, alike for one pool and one key.
///
/// HMAC-SHA-256 over the fields, each with its length before it, so that no two pairs of fields are one text.
public struct IdentifierHash: Sendable {
    private let key: SymmetricKey

    /// - Parameter key: nil for a random one, good for this process.
    public init(key: Secret?) {
        self.key = key.map { $0.withExposed { SymmetricKey(data: $0) } } ?? SymmetricKey(size: .bits256)
    }

    /// 32 hexadecimal digits: the first half of the hash, which is enough to tell people apart.
    public func text(of identifier: String, pool: String?) -> String {
        var hmac = HMAC<SHA256>(key: key)
        for field in [pool ?? "", identifier] {
            withUnsafeBytes(of: UInt64(field.utf8.count).bigEndian) { hmac.update(data: $0) }
            hmac.update(data: Array(field.utf8))
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: hmac.finalize().prefix(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }
}
