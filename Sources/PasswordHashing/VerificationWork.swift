/// What one verification costs: so many steps of one kind.
public struct VerificationWork: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// One digest of short input.
        case digest(DigestFunction)
        /// A step is one iteration for one block of the key.
        case pbkdf2(DigestFunction)
        /// A step is one of 2^cost.
        case bcrypt
        /// N·r·p steps.
        case scrypt, yescrypt, gostYescrypt
        /// A step is a KiB in one pass.
        case argon2
        /// A step is a round.
        case md5Crypt, apr1, sha256Crypt, sha512Crypt, sha1Crypt, sunMD5, desCrypt
    }

    public let kind: Kind
    public let steps: Int

    init(_ kind: Kind, steps: Int = 1) {
        self.kind = kind
        self.steps = steps
    }

    /// What a comparison costs: nothing that is worth an estimate.
    static let none = VerificationWork(.digest(.md5), steps: 0)

    /// The steps where each reads the whole password again, in units of a short one.
    func steps(typedBytes: Int) -> Int {
        switch kind {
        case .digest(let function): steps * (1 + typedBytes / function.blockByteCount)
        // A round of these reads it up to twice.
        case .md5Crypt, .apr1, .sha256Crypt, .sha512Crypt: steps * (1 + typedBytes / 32)
        case .pbkdf2, .bcrypt, .scrypt, .yescrypt, .gostYescrypt, .argon2, .sha1Crypt, .sunMD5, .desCrypt: steps
        }
    }
}

extension VerificationWork.Kind {
    /// A value of this kind at a small cost, to be timed. No password is known for it.
    var sample: (scheme: String, stored: String, options: PasswordOptions) {
        let salt = "5a0c7e1f93b6d248"
        let digest = String(repeating: salt, count: 8)
        var options = PasswordOptions()
        switch self {
        case .digest(let function):
            options.digest = function
            options.iterations = 1000
            options.encoding = .hex
            return ("symfony", String(digest.prefix(2 * function.byteCount)), options)
        case .pbkdf2(let function):
            return (
                "werkzeug", "pbkdf2:\(function.rawValue):1000$\(salt)$\(digest.prefix(2 * function.byteCount))", options
            )
        case .bcrypt: return ("bcrypt", "$2b$04$" + digest.prefix(53), options)
        case .scrypt: return ("scrypt", "256$8$1$\(salt)$\(digest.prefix(64))", options)
        case .yescrypt: return ("yescrypt", "$y$j75$\(salt)$\(digest.prefix(43))", options)
        case .gostYescrypt: return ("gost-yescrypt", "$gy$j75$\(salt)$\(digest.prefix(43))", options)
        case .argon2: return ("argon2", "$argon2id$v=19$m=256,t=1,p=1$\(salt)$\(digest.prefix(43))", options)
        case .md5Crypt: return ("md5-crypt", "$1$5a0c7e1f$\(digest.prefix(22))", options)
        case .apr1: return ("apr1", "$apr1$5a0c7e1f$\(digest.prefix(22))", options)
        case .sha256Crypt: return ("sha256-crypt", "$5$rounds=1000$\(salt)$\(digest.prefix(43))", options)
        case .sha512Crypt: return ("sha512-crypt", "$6$rounds=1000$\(salt)$\(digest.prefix(86))", options)
        case .sha1Crypt: return ("sha1-crypt", "$sha1$1000$\(salt)$\(digest.prefix(28))", options)
        case .sunMD5: return ("sun-md5", "$md5$5a0c7e1f$\(digest.prefix(22))", options)
        // 725 rounds, the usual count.
        case .desCrypt: return ("bsdi-crypt", "_J9..5a0c\(digest.prefix(11))", options)
        }
    }
}
