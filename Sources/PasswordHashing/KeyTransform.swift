/// What bcrypt, argon2, scrypt and PBKDF2 get in place of the password, where the options say so: `prehash`, or `format`
/// with a pepper.
struct KeyTransform {
    private let derive: ((UnsafeRawBufferPointer) -> [UInt8])?

    /// - Parameter salt: for templates that have one in them.
    init(_ value: StoredValue, _ options: PasswordOptions, salt: [UInt8]? = nil) throws(Refusal) {
        let salt = if let salt { salt } else { try SaltedText.salt(of: value, options) }
        if let prehash = options.prehash {
            let encoding = options.prehashEncoding ?? .hex
            derive = { typed in
                var digest =
                    prehash.isKeyed
                    ? prehash.function.hmac(key: value.secrets.pepper, typed) : prehash.function.digest(typed)
                defer { erase(&digest) }
                return encoding.encode(digest)
            }
            return
        }
        let format = options.format ?? (value.secrets.hasPepper ? Self.peppered : nil)
        derive = format.flatMap { format in
            format.isPassword ? nil : { format.filled(password: $0, salt: salt, value: value) }
        }
    }

    func applied(to hash: StoredHash) -> StoredHash {
        derive.map { derive in hash.keyed(.prehash) { derive($0) } } ?? hash
    }

    private static let peppered = PasswordTemplate(literal: "{password}{pepper}")
}

/// A hash and its salt, in one column or in two.
enum SaltedText {
    /// - Parameter layout: unless the options have one.
    static func split(
        _ text: Characters, _ value: StoredValue, _ options: PasswordOptions, layout: StoredLayout? = nil
    ) throws(Refusal) -> (hash: Characters, salt: [UInt8]) {
        guard let layout = options.layout ?? layout else { return (text, try salt(of: value, options)) }
        let (hash, saltText) = try layout.split(text)
        guard let saltText else { return (hash, try salt(of: value, options)) }
        return (hash, try (options.saltEncoding ?? .utf8).decode(saltText))
    }

    /// The salt of the other column.
    static func salt(of value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> [UInt8] {
        let encoding = options.saltEncoding ?? .utf8
        let decoded = value.row.salt.withUnsafeBytes { bytes in
            Result { () throws(Refusal) in try encoding.decode(bytes[...]) }
        }
        return try decoded.get()
    }
}
