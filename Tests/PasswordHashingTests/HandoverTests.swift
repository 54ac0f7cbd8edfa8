import PasswordHashing
import Testing

struct HandoverTests {
    private static func verifier(
        _ scheme: String, _ options: [String: String]
    ) throws -> (verifier: PasswordVerifier, row: PasswordRow) {
        var settings = PasswordSettings()
        for (name, value) in options { try settings.set(name, to: value) }
        let verifier = try #require(
            PasswordVerifier(scheme: scheme, options: settings.options, secrets: settings.secrets))
        return (verifier, settings.row)
    }

    private static let b53 = "Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"
    private static let k43 = "N92p1qx51a82q.rkjXpThFNJoiYqBpSra8VhbDA5dks"
    private static let hex32 = String(repeating: "0123456789abcdef", count: 4)

    @Test(
        arguments: [
            ("bcrypt", "$2b$12$\(b53)", [:], .asIs(.bcrypt)), ("bcrypt", "$2y$12$\(b53)  ", [:], .asIs(.bcrypt)),
            ("bcrypt", "$2b$13$\(b53)", [:], .signIn(.cost)), ("bcrypt", "$2$12$\(b53)", [:], .signIn(.variant)),
            ("bcrypt", "$2x$12$\(b53)", [:], .signIn(.variant)),
            ("bcrypt", "$2b$16$\(b53)", [:], .reset(.overLimit)), ("bcrypt", "$2b$12$", [:], .reset(.malformed)),
            ("bcrypt", "$2b$12$\(b53)", ["pepper": "p"], .signIn(.prehash)),
            ("bcrypt", "$2b$12$\(b53)", ["prehash": "sha256"], .signIn(.prehash)),
            ("bcrypt", "$2b$12$\(b53)", ["format": "{password}"], .asIs(.bcrypt)),
            ("bcrypt", "$2b$12$\(b53)", ["format": "x{password}"], .signIn(.prehash)),
            ("bcrypt", "$2b$12$\(b53)", ["normalize": "nfc"], .signIn(.encoding)),
            ("bcrypt", "$2b$12$\(b53)", ["password_encoding": "iso-8859-1"], .signIn(.encoding)),
            ("bcrypt", "$2b$12$\(b53)", ["password_encoding": "utf-8"], .asIs(.bcrypt)),
            ("devise", "$2a$12$\(b53)", [:], .asIs(.bcrypt)), ("wordpress", "$2y$10$\(b53)", [:], .asIs(.bcrypt)),
            ("wordpress", "$wp$2y$10$\(b53)", [:], .signIn(.prehash)),
            ("ldap", "{BCRYPT}$2b$12$\(b53)", [:], .reencoded(.bcrypt)),
            ("ldap", "{CRYPT}$2b$12$\(b53)", [:], .reencoded(.bcrypt)),
            ("crypt", "$2b$12$\(b53)", [:], .asIs(.bcrypt)),
            ("django", "bcrypt$$2b$12$\(b53)", [:], .reencoded(.bcrypt)),
            ("django", "bcrypt_sha256$$2b$12$\(b53)", [:], .signIn(.prehash)),
            ("spring", "{bcrypt}$2a$10$\(b53)", [:], .reencoded(.bcrypt)),
            ("pbkdf2", "$pbkdf2-sha256$600000$c2FsdHNhbHQ$\(k43)", [:], .asIs(.pbkdf2SHA256)),
            ("pbkdf2", "$pbkdf2-sha256$600001$c2FsdHNhbHQ$\(k43)", [:], .signIn(.cost)),
            ("pbkdf2", "$pbkdf2-sha512$1000$c2FsdHNhbHQ$\(k43)", [:], .signIn(.variant)),
            ("pbkdf2", "$pbkdf2-sha256$1000$$\(k43)", [:], .signIn(.length)),
            ("pbkdf2", "$pbkdf2-sha256$1000$c2FsdHNhbHQ$\(k43.prefix(27))", [:], .signIn(.length)),
            ("pbkdf2", "$pbkdf2-sha256$1000$c2FsdHNhbHQ$\(k43.prefix(42))A\(k43)", [:], .reencoded(.pbkdf2SHA256)),
            ("pbkdf2", hex32, ["digest": "sha256", "iterations": "1000", "salt": "s"], .reencoded(.pbkdf2SHA256)),
            ("django", "pbkdf2_sha256$600000$salt$\(k43.replacing(".", with: "+"))=", [:], .reencoded(.pbkdf2SHA256)),
            ("django", "pbkdf2_sha256$1000000$salt$\(k43.replacing(".", with: "+"))=", [:], .signIn(.cost)),
            ("django", "!", [:], .signIn(.noPassword)),
            (
                "spring", "{pbkdf2@SpringSecurity_v5_8}\(hex32.prefix(32))\(hex32)", ["pepper": "p"],
                .reencoded(.pbkdf2SHA256)
            ),
            ("spring", "{pbkdf2}\(hex32.prefix(16))\(hex32)", [:], .signIn(.variant)),
            (
                "argon2", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$\(k43.replacing(".", with: "+"))", [:],
                .asIs(.argon2id)
            ),
            ("argon2", "$argon2id$v=19$m=19457,t=2,p=1$c2FsdHNhbHQ$AAAAAAAA", [:], .signIn(.cost)),
            ("argon2", "$argon2id$v=19$m=19456,t=2,p=2$c2FsdHNhbHQ$AAAAAAAA", [:], .signIn(.cost)),
            ("argon2", "$argon2id$m=19456,t=2,p=1$c2FsdHNhbHQ$AAAAAAAA", [:], .signIn(.variant)),
            ("argon2", "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$AAAAAAAA", [:], .signIn(.variant)),
            ("scrypt", "65536$8$1$0123$\(hex32)", [:], .asIs(.scrypt)),
            ("scrypt", "65536$8$1$0123$\(hex32.uppercased())", [:], .reencoded(.scrypt)),
            ("scrypt", "131072$8$1$0123$\(hex32)", [:], .signIn(.cost)),
            ("scrypt", "$scrypt$ln=16,r=8,p=1$c2FsdA$\(k43.replacing(".", with: "+"))", [:], .reencoded(.scrypt)),
            ("scrypt", "$7$E6..../....SodiumChloride$\(String(repeating: ".", count: 43))", [:], .reencoded(.scrypt)),
            ("werkzeug", "scrypt:32768:8:1$salt$\(hex32)\(hex32)", [:], .reencoded(.scrypt)),
            ("plain", "letmein", ["allow_cleartext": "true"], .reencoded(.pbkdf2SHA256)),
            ("plain", "letmein", [:], .reset(.malformed)), ("md5", String(hex32.prefix(32)), [:], .signIn(.algorithm)),
            ("ldap", "{SASL}ana@EXAMPLE.COM", [:], .reset(.unverifiable)),
            ("ldap", "{SSHA}6d1jfnGqPXAqcAMWOM0fchPMezA+p9fx3nuMUQ==", [:], .signIn(.algorithm)),
        ] as [(String, String, [String: String], PasswordHandover)])
    func `each hash comes along as Cognito's import lets it`(
        scheme: String, stored: String, options: [String: String], expected: PasswordHandover
    ) throws {
        let (verifier, row) = try Self.verifier(scheme, options)
        let (handover, hash) = Array(stored.utf8).withUnsafeBytes {
            (verifier.handover(of: $0, row: row), scheme == "plain" ? nil : verifier.cognitoHash(of: $0, row: row))
        }
        #expect(handover == expected)
        switch handover {
        case .asIs(let algorithm):
            #expect(hash?.algorithm == algorithm)
            #expect(hash?.text == stored.trimmingSpaces)
        case .reencoded(let algorithm):
            #expect(hash?.algorithm == algorithm || scheme == "plain")
        case .signIn, .reset:
            #expect(hash == nil)
        }
    }

    /// What is handed over in another form is still the hash of the same password.
    @Test(arguments: PasswordExample.all.indices)
    func `a hash that is handed over matches the password, and no other`(_ index: Int) throws {
        let example = PasswordExample.all[index]
        let (verifier, row) = try Self.verifier(example.scheme, example.options)
        let hash = Array(example.stored.utf8).withUnsafeBytes { verifier.cognitoHash(of: $0, row: row) }
        guard let hash else { return }
        let auto = try #require(PasswordVerifier(scheme: "auto"))
        #expect(auto.verify(stored: hash.text, typed: PasswordExample.password) == .match)
        #expect(auto.verify(stored: hash.text, typed: PasswordExample.password + "!") == .mismatch)
        // In Cognito's own form, as it is.
        #expect(Array(hash.text.utf8).withUnsafeBytes { auto.handover(of: $0) } == .asIs(hash.algorithm))
    }

    @Test func `a hash of each of Cognito's algorithms is among the examples`() throws {
        var algorithms: Set<CognitoHash.Algorithm> = []
        for example in PasswordExample.all {
            let (verifier, row) = try Self.verifier(example.scheme, example.options)
            let handover = Array(example.stored.utf8).withUnsafeBytes { verifier.handover(of: $0, row: row) }
            if case .reencoded(let algorithm) = handover { algorithms.insert(algorithm) }
        }
        #expect(algorithms == Set(CognitoHash.Algorithm.allCases))
    }
}

extension String {
    fileprivate var trimmingSpaces: String { String(reversed().drop { $0 == " " }.reversed()) }
}
