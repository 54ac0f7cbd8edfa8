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
    public var sunMD5Rounds = 500_000
    public var bsdiRounds = 1_000_000
    /// log2 of the rounds of phpass and Drupal; the grammar ends at 30.
    public var phpassCost = 20
    /// Iterations of a digest, which only the configuration says.
    public var digestIterations = 10_000_000
    public var symfonyIterations = 1_000_000

    public init() {}

    /// A limit by the name that it has under `limits:`.
    public struct Key: Sendable {
        public let name: String
        public let help: String
        public let range: ClosedRange<Int>
        public let path: any WritableKeyPath<PasswordLimits, Int> & Sendable

        fileprivate init(
            _ name: String, _ path: any WritableKeyPath<PasswordLimits, Int> & Sendable, _ help: String,
            in range: ClosedRange<Int> = 1...Int(Int32.max)
        ) {
            self.name = name
            self.help = help
            self.range = range
            self.path = path
        }
    }

    public static let keys = [
        Key("bcrypt_cost", \.bcryptCost, "log2 of bcrypt's rounds", in: 4...31),
        Key("pbkdf2_iterations", \.pbkdf2Iterations, "PBKDF2's and SCRAM's iterations"),
        Key("pbkdf2_work", \.pbkdf2Work, "iterations times blocks of the key", in: 1...(1 << 40)),
        Key("scrypt_memory", \.scryptMemoryBytes, "128·N·r, in bytes, of scrypt and yescrypt", in: 1...(1 << 40)),
        Key("scrypt_work", \.scryptWork, "N·r·p"),
        Key("scrypt_output", \.scryptOutputBytes, "bytes of scrypt's key", in: 1...4096),
        Key("argon2_memory", \.argon2MemoryKiB, "argon2's m, in KiB"),
        Key("argon2_work", \.argon2Work, "argon2's m times t", in: 1...(1 << 40)),
        Key("argon2_passes", \.argon2Passes, "argon2's t"),
        Key("argon2_lanes", \.argon2Lanes, "argon2's p", in: 1...0xFF_FFFF),
        Key("argon2_output", \.argon2OutputBytes, "bytes of argon2's digest", in: 4...4096),
        Key("sha_crypt_rounds", \.shaCryptRounds, "rounds of sha256-crypt, sha512-crypt and sha1-crypt"),
        Key("sun_md5_rounds", \.sunMD5Rounds, "rounds of sun-md5"),
        Key("bsdi_rounds", \.bsdiRounds, "rounds of bsdi-crypt"),
        Key("phpass_cost", \.phpassCost, "log2 of the rounds of phpass and drupal7", in: 7...30),
        Key("digest_iterations", \.digestIterations, "iterations of a digest"),
        Key("symfony_iterations", \.symfonyIterations, "iterations of symfony"),
    ]
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
