/// What a directory's `password:` says beside the scheme.
public struct PasswordOptions: Sendable, Hashable, Codable {
    /// Whether a value without a scheme may be the password itself.
    public var allowCleartext = false
    public var limits = PasswordLimits()

    public init() {}
}

/// The most that one verification may cost. A stored value that asks for more is `overLimit`.
///
/// Memory is taken by each verification that runs, so a process should have room for as many times the memory limits as
/// it runs at once.
public struct PasswordLimits: Sendable, Hashable, Codable {
    /// log2 of the rounds; the grammar ends at 31.
    public var bcryptCost = 15

    public var pbkdf2Iterations = 2_000_000
    /// Iterations times blocks of the digest's size that the key fills.
    public var pbkdf2Work = 8_000_000

    /// 128·N·r.
    public var scryptMemoryBytes = 256 << 20
    /// N·r·p.
    public var scryptWork = 1 << 22
    public var scryptOutputBytes = 1024

    public var argon2MemoryKiB = 262_144
    /// KiB times passes.
    public var argon2Work = 1_048_576
    public var argon2Passes = 64
    public var argon2Lanes = 16
    public var argon2OutputBytes = 512

    /// sha256-crypt, sha512-crypt and sha1-crypt.
    public var shaCryptRounds = 1_000_000

    public init() {}
}

/// Whether the product is at most `limit`. Factors come from stored values: one that overflows is over any limit.
func product(_ factors: Int..., isAtMost limit: Int) -> Bool {
    var product = 1
    for factor in factors {
        let (next, overflow) = product.multipliedReportingOverflow(by: factor)
        guard !overflow else { return false }
        product = next
    }
    return product <= limit
}
