import PasswordHashing
import Testing

struct SchemeTests {
    @Test func `names are those of the schemes and auto, each once`() {
        let names = PasswordScheme.names
        let digests = ["md5", "sha1", "sha256", "sha384", "sha512"].flatMap { [$0, "salted-" + $0, "hmac-" + $0] }
        #expect(
            Set(names).subtracting(digests) == [
                "bcrypt", "devise", "laravel", "bcrypt-sha256", "wordpress", "argon2", "scrypt", "firebase-scrypt",
                "pbkdf2",
                "django", "werkzeug", "aspnet-identity", "keycloak", "atlassian-pkcs5s2", "grub-pbkdf2",
                "postgres-scram-sha-256", "crypt", "md5-crypt", "apr1", "sha256-crypt", "sha512-crypt", "yescrypt",
                "gost-yescrypt", "sun-md5", "sha1-crypt", "des-crypt", "bsdi-crypt", "phpass", "drupal7", "vbulletin",
                "joomla", "magento", "symfony", "ldap", "nt", "mysql", "postgres-md5", "plain", "spring", "okta",
                "auth0",
                "auto",
            ])
        #expect(Set(digests).isSubset(of: names))
        #expect(names.count == Set(names).count)
        for name in names {
            #expect(PasswordVerifier(scheme: name)?.schemeName == name)
            #expect(PasswordScheme.named(name)?.name == (name == "auto" ? nil : name))
        }
    }

    @Test func `there is no verifier of a scheme that there isn't`() {
        for name in ["", "Bcrypt", "bcrypt ", "md4", "none"] { #expect(PasswordVerifier(scheme: name) == nil) }
    }

    @Test func `the codes of verifications stay as they are`() {
        #expect(
            Verification.allCases.map(\.rawValue) == ["match", "mismatch", "malformed", "over-limit", "unverifiable"])
    }

    @Test(
        arguments: [
            ("$2b$05$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq", "bcrypt"), ("$2$04$", "bcrypt"),
            ("$2z$04$", nil), ("$argon2id$v=19$", "argon2"), ("$pbkdf2$", "pbkdf2"), ("$pbkdf2-sha256$", "pbkdf2"),
            ("$6$salt$", "sha512-crypt"), ("$5$salt$", "sha256-crypt"), ("pbkdf2_sha256$1$s$", "django"),
            ("pbkdf2_sha1$1$s$", "django"),
            ("bcrypt_sha256$$2b$", "django"), ("bcrypt$$2b$", "django"), ("argon2$argon2id$", "django"),
            ("scrypt$2$s$1$1$", "django"), ("md5$s$", nil), ("md5$s$0f", "django"), ("sha1$s$0f", "django"),
            ("!", "django"),
            ("!abc", "django"),
            ("sha256$s$", "werkzeug"), ("pbkdf2:sha256:1$s$", "werkzeug"), ("scrypt:2:1:1$s$", "werkzeug"),
            ("{SSHA}abcd", "ldap"), ("{ssha}abcd", "ldap"), ("{}", nil), ("{\"secretData\":{}}", "keycloak"),
            ("e1NTSEF9NThncVlJYkhIVnZEc3FVa2FKMXJnMG9BVS9uTlJWQmpwbUIvalE9PQ==", "ldap"), ("e1NTSEF", nil),
            ("$P$946647711V1klyitUYhtB8Yw5DMA/w.", "phpass"), ("$1$salt$", "md5-crypt"),
            ("24leDr0hHfb3A", "des-crypt"), ("", nil),
            (" ", nil),
            ("8743b52063cd84097a65d1633f5c74f5", nil), ("8743b52063cd84097a65d1633f5c74f5:salt", nil), ("letmein", nil),
            ("*", nil), ("x", nil), (" $2b$05$", nil), ("$2b$05$é", nil),
        ] as [(String, String?)])
    func `auto takes a value by how it begins, and guesses nothing`(stored: String, scheme: String?) throws {
        let auto = try #require(PasswordVerifier(scheme: "auto"))
        #expect(auto.detectedScheme(of: stored) == scheme)
        #expect(try #require(PasswordVerifier(scheme: "ldap")).detectedScheme(of: stored) == "ldap")
    }
}
