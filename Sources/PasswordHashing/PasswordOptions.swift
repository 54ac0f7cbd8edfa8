/// What a directory's `password:` says beside the scheme: what a stored value can't say of itself.
///
/// `PasswordOption.all` has each by name. What is absent is the scheme's default.
public struct PasswordOptions: Sendable, Hashable, Codable {
    /// Whether a value without a scheme may be the password itself.
    public var allowCleartext = false
    public var limits = PasswordLimits()

    var saltEncoding: TextEncoding?
    var layout: StoredLayout?
    var format: PasswordTemplate?
    var encoding: DigestEncoding?
    var iterations: Int?
    var chain: DigestChain?
    var digest: DigestFunction?
    var hmacKey: PasswordTemplate?
    var prehash: Prehash?
    var prehashEncoding: PrehashEncoding?
    var passwordEncoding: PasswordEncoding?
    var normalization: Normalization?
    /// base64
    var saltSeparator: String?
    var rounds: Int?
    var memoryCost: Int?

    public init() {}
}

/// How a column's text becomes bytes.
enum TextEncoding: String, Sendable, Hashable, Codable, CaseIterable {
    case utf8 = "utf-8"
    case hex, base64

    func decode(_ text: Characters) throws(Refusal) -> [UInt8] {
        switch self {
        case .utf8: Array(text)
        case .hex: try Hex.decode(text)
        case .base64: try Base64.decode(text)
        }
    }
}

enum DigestEncoding: String, Sendable, Hashable, Codable, CaseIterable {
    case hex, base64
    /// Hex if it is twice as long as the digest, else base64.
    case auto

    /// - Returns: as many bytes as `byteCount` says.
    func decode(_ text: Characters, byteCount: Int) throws(Refusal) -> [UInt8] {
        let bytes: [UInt8] =
            switch self {
            case .hex: try Hex.decode(text)
            case .base64: try Base64.decode(text)
            case .auto: text.count == 2 * byteCount ? try Hex.decode(text) : try Base64.decode(text)
            }
        guard bytes.count == byteCount else { throw .malformed }
        return bytes
    }

    /// A digest that no password is known for.
    func constant(byteCount: Int) -> String {
        let hex = String(repeating: "5a0c7e1f93b6d248", count: 1 + byteCount / 8)
        guard self == .base64 else { return String(hex.prefix(2 * byteCount)) }
        // Its characters are base64's too.
        return hex.prefix((byteCount * 4 + 2) / 3) + String(repeating: "=", count: (3 - byteCount % 3) % 3)
    }
}

/// What a digest's next round hashes.
enum DigestChain: String, Sendable, Hashable, Codable, CaseIterable {
    /// The digest itself, its hex, or the digest and then the first input again.
    case digest, hex
    case digestInput = "digest-input"
}

/// What bcrypt, argon2 or scrypt get in place of the password.
enum Prehash: String, Sendable, Hashable, Codable, CaseIterable {
    case md5, sha1, sha256, sha384, sha512
    case hmacMD5 = "hmac-md5"
    case hmacSHA1 = "hmac-sha1"
    case hmacSHA256 = "hmac-sha256"
    case hmacSHA384 = "hmac-sha384"
    case hmacSHA512 = "hmac-sha512"

    var function: DigestFunction {
        switch self {
        case .md5, .hmacMD5: .md5
        case .sha1, .hmacSHA1: .sha1
        case .sha256, .hmacSHA256: .sha256
        case .sha384, .hmacSHA384: .sha384
        case .sha512, .hmacSHA512: .sha512
        }
    }

    var isKeyed: Bool { rawValue.hasPrefix("hmac-") }
}

enum PrehashEncoding: String, Sendable, Hashable, Codable, CaseIterable {
    case hex, base64, raw

    func encode(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .hex: Hex.encode(bytes)
        case .base64: Base64.encode(bytes, padded: true)
        case .raw: bytes
        }
    }
}

/// Secrets that a directory's software mixes into its hashes. They print as `[secret]` and are zeroed in the end.
public struct PasswordSecrets: Sendable, CustomStringConvertible, CustomReflectable {
    private var pepperBytes: SecretBytes?
    private var signerKeyBytes: SecretBytes?

    public init() {}

    public var hasPepper: Bool { pepperBytes != nil }

    public mutating func setPepper(_ bytes: UnsafeRawBufferPointer) { pepperBytes = SecretBytes(copying: bytes) }
    /// - Parameter bytes: base64, as Firebase's console shows it.
    public mutating func setSignerKey(_ bytes: UnsafeRawBufferPointer) { signerKeyBytes = SecretBytes(copying: bytes) }

    /// Empty if there is none.
    var pepper: UnsafeRawBufferPointer { pepperBytes?.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0) }
    var signerKey: UnsafeRawBufferPointer? { signerKeyBytes?.bytes }

    public var description: String { "[secret]" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
