/// A way in which directories keep passwords, by the name it has in `scheme:`.
public struct PasswordScheme: Sendable {
    public let name: String
    /// A well-formed value that no password is known for, at the cost that the scheme's usual software asks for.
    public let dummy: String
    /// Whether `auto` takes a value for one of this scheme.
    let recognizes: @Sendable (Characters) -> Bool
    let read: @Sendable (StoredValue, PasswordOptions) throws(Refusal) -> StoredHash

    /// The scheme named `auto`: each value's own, as far as its text tells.
    public static let automatic = "auto"

    /// The scheme of that name. `auto` is none: it is all of them.
    public static func named(_ name: String) -> PasswordScheme? {
        all.first { $0.name == name }
    }

    /// What `scheme:` may say.
    public static var names: [String] { all.map(\.name) + [automatic] }

    /// The first scheme that takes `text` for its own.
    static func detect(_ text: Characters) -> PasswordScheme? {
        all.first { $0.recognizes(text) }
    }
}

extension PasswordScheme {
    /// Every scheme. The order is the one in which `auto` asks them: `$…` before names, names before braces.
    public static let all = [
        PasswordScheme(
            name: "bcrypt",
            dummy: "$2b$10$5a0c7e1f93b6d2485a0c7e5a0c7e1f93b6d2485a0c7e1f93b6d24",
            recognizes: BcryptVerifier.recognizes,
            readText: BcryptVerifier.read),
        // PHP's costs
        PasswordScheme(
            name: "argon2",
            dummy: "$argon2id$v=19$m=65536,t=4,p=1$5a0c7e1f93b6d2485a0c7e$5a0c7e1f93b6d2485a0c7e1f93b6d2485a0c7e1f93b",
            recognizes: { $0.after("$argon2") != nil },
            readText: Argon2Verifier.read),
        // passlib's
        PasswordScheme(
            name: "pbkdf2",
            dummy: "$pbkdf2-sha256$29000$5a0c7e1f93b6d2485a0c7e$5a0c7e1f93b6d2485a0c7e1f93b6d2485a0c7e1f93b",
            recognizes: { $0.after("$pbkdf2") != nil },
            readText: PBKDF2Verifier.read),
        // 5000 rounds, as where nothing is said
        PasswordScheme(
            name: "sha512-crypt",
            dummy: "$6$5a0c7e1f93b6d248$" + String(repeating: "5a0c7e1f93b6d248", count: 5) + "5a0c7.",
            recognizes: { $0.after("$6$") != nil },
            readText: CryptVerifier.readSHA512),
        // Django 5.2's
        PasswordScheme(
            name: "django",
            dummy: "pbkdf2_sha256$1000000$5a0c7e1f93b6d2485a0c7e$5a0c7e1f93b6d2485a0c7e1f93b6d2485a0c7e1f93b=",
            recognizes: DjangoVerifier.recognizes,
            readText: DjangoVerifier.read),
        PasswordScheme(
            name: "ldap",
            dummy: LDAPPasswordVerifier.dummy,
            recognizes: LDAPPasswordVerifier.recognizes,
            read: LDAPPasswordVerifier.read),
    ]

    /// A scheme without clear values: all it reads is ASCII.
    private init(
        name: String, dummy: String, recognizes: @escaping @Sendable (Characters) -> Bool,
        readText: @escaping @Sendable (Characters, PasswordLimits) throws(Refusal) -> StoredHash
    ) {
        self.init(name: name, dummy: dummy, recognizes: recognizes) { value, options throws(Refusal) in
            try readText(value.text(), options.limits)
        }
    }
}
