/// How a person appears in a log: a keyed hash of what was typed, alike for one pool and one key.
public struct IdentifierHash: Sendable {
    private let hash: KeyedHash

    /// - Parameter key: nil for a random one, good for this process.
    public init(key: Secret?) {
        hash = KeyedHash(key: key)
    }

    /// 32 hexadecimal digits: the first half of the hash, which is enough to tell people apart.
    public func text(of identifier: String, pool: String?) -> String {
        hash.digest(of: [pool ?? "", identifier]).text(byteCount: 16)
    }
}
