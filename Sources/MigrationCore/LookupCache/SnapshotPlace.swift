/// Where the snapshot is, and what it is read by: `cache.snapshot` with its key resolved.
public struct SnapshotPlace: Sendable {
    /// With less than this a key may be found by trying; 24 bytes of base64 are 144 bits.
    private static let shortestGoodKey = 24

    public let path: String
    public let key: Secret
    /// An older one answers nothing.
    public let maxAge: Duration

    public init(path: String, key: Secret, maxAge: Duration) {
        self.path = path
        self.key = key
        self.maxAge = maxAge
    }

    /// What is to be said about a key that is too short; nil for a good one.
    public var keyWarning: String? {
        guard key.byteCount < Self.shortestGoodKey else { return nil }
        return
            "cache.snapshot.key has only \(counted(key.byteCount, "byte")): whoever has the file may find it by trying; "
            + "make one with \"openssl rand -base64 32\""
    }
}
