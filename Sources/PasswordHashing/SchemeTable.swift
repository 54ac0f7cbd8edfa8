// The table of schemes: a new one is an entry here, an example in PasswordExample and its vectors.

extension PasswordScheme {
    /// Every scheme. The order is the one in which `auto` asks them.
    public static let all: [PasswordScheme] =
        [
            PasswordScheme(
                "wordpress", from: "WordPress", dummy: "$wp" + bcryptDummy("2y", 10),
                recognizes: { $0.after("$wp$2") != nil }, readText: WordPressVerifier.read),
            PasswordScheme(
                "bcrypt", from: "PHP, Node.js, Go, Rails' has_secure_password, pgcrypto, Auth0", options: keyed,
                dummy: { _ in bcryptDummy("2b", 10) }, recognizes: BcryptVerifier.recognizes,
                read: BcryptVerifier.read),
            PasswordScheme(
                "devise", from: "Devise (Rails)", options: ["pepper"], dummy: { _ in bcryptDummy("2a", 12) },
                read: BcryptVerifier.read),
            PasswordScheme("laravel", from: "Laravel", options: keyed, dummy: { _ in bcryptDummy("2y", 12) }) {
                value, options throws(Refusal) in
                try value.text().after("$argon2") == nil
                    ? BcryptVerifier.read(value, options) : Argon2Verifier.read(value, options)
            },
            PasswordScheme(
                "bcrypt-sha256", from: "passlib",
                dummy: "$bcrypt-sha256$v=2,t=2b,r=12$\(constant.prefix(22))$\(constant.prefix(31))",
                recognizes: { $0.after("$bcrypt-sha256$") != nil }, readText: BcryptVerifier.readSHA256),
            // PHP's costs
            PasswordScheme(
                "argon2", from: "PHP, argon2-cffi, libsodium, Rust", options: keyed, dummy: { _ in argon2Dummy },
                recognizes: { $0.after("$argon2") != nil }, read: Argon2Verifier.read),
            PasswordScheme(
                "scrypt", from: "passlib, libxcrypt, libsodium, lambdaworks, Cognito's own form", options: keyed,
                dummy: { _ in "$scrypt$ln=16,r=8,p=1$\(constant.prefix(22))$\(constant.prefix(43))" },
                recognizes: ScryptVerifier.recognizes, read: ScryptVerifier.read),
            // passlib's costs
            PasswordScheme(
                "pbkdf2", from: "passlib, PHC strings; with digest and iterations a bare key",
                options: keyed + ["digest", "iterations", "salt", "salt_encoding", "encoding", "layout"],
                dummy: { options in
                    guard let digest = options.digest, options.iterations != nil else {
                        return "$pbkdf2-sha256$29000$\(constant.prefix(22))$\(constant.prefix(43))"
                    }
                    return laidOut(digest, options, default: .hex)
                },
                recognizes: { $0.after("$pbkdf2") != nil }, read: PBKDF2Verifier.read),
        ] + crypt + [
            PasswordScheme(
                "nt", from: "Windows, Samba, Active Directory", dummy: String(constant.prefix(32)),
                recognizes: { $0.after("$3$$") != nil }, readText: PlainDigestVerifier.readNT),
            PasswordScheme(
                "phpass", from: "phpass: phpBB 3, WordPress before 6.8, Drupal 6",
                dummy: "$P$B\(constant.prefix(30))", recognizes: PHPassVerifier.recognizes,
                readText: PHPassVerifier.read),
            PasswordScheme(
                "drupal7", from: "Drupal 7 to 10", dummy: "$S$D\(constant.prefix(51))",
                recognizes: { text in ["$S$", "U$S$", "U$P$"].contains { text.after($0) != nil } },
                readText: PHPassVerifier.readDrupal),
            // Django 5.2's
            PasswordScheme(
                "django", from: "Django", dummy: "pbkdf2_sha256$1000000$\(constant.prefix(22))$\(constant.prefix(43))=",
                recognizes: DjangoVerifier.recognizes, readText: DjangoVerifier.read),
            PasswordScheme(
                "werkzeug", from: "Werkzeug, Flask",
                dummy: "scrypt:32768:8:1$\(constant.prefix(16))$\(constant.prefix(128))",
                recognizes: WerkzeugVerifier.recognizes, readText: WerkzeugVerifier.read),
            PasswordScheme(
                "grub-pbkdf2", from: "GRUB, macOS tools",
                dummy: "grub.pbkdf2.sha512.10000.\(constant.prefix(128)).\(constant.prefix(128))",
                recognizes: { $0.after("grub.pbkdf2.") != nil }, readText: PBKDF2Verifier.readGRUB),
            PasswordScheme(
                "postgres-scram-sha-256", from: "PostgreSQL 10 and later (pg_authid)",
                dummy: "SCRAM-SHA-256$4096:\(constant.prefix(22))==$\(constant.prefix(43))=:\(constant.prefix(43))=",
                recognizes: { $0.after("SCRAM-SHA-256$") != nil }, readText: ScramVerifier.read),
            PasswordScheme(
                "atlassian-pkcs5s2", from: "Jira, Crowd, Confluence", dummy: "{PKCS5S2}\(constant.prefix(64))",
                recognizes: { $0.after("{PKCS5S2}") != nil }, readText: PBKDF2Verifier.readAtlassian),
            PasswordScheme(
                "spring", from: "Spring Security", options: ["pepper", "allow_cleartext"],
                dummy: { _ in "{bcrypt}" + bcryptDummy("2a", 10) }, recognizes: SpringVerifier.recognizes,
                read: SpringVerifier.read),
            PasswordScheme(
                "keycloak", from: "Keycloak (credential)", options: ["secret_data"], dummy: { _ in keycloakDummy },
                recognizes: KeycloakVerifier.recognizes, read: KeycloakVerifier.read),
            PasswordScheme(
                "okta", from: "Okta's user import",
                dummy: #"{"algorithm":"BCRYPT","workFactor":10,"salt":"\#(constant.prefix(22))","#
                    + #""value":"\#(constant.prefix(31))"}"#,
                recognizes: OktaVerifier.recognizes, readText: OktaVerifier.read),
            PasswordScheme(
                "auth0", from: "Auth0's export and import", dummy: { _ in bcryptDummy("2b", 10) },
                recognizes: JSONValue.recognizes, read: Auth0Verifier.read),
            PasswordScheme(
                "ldap", from: "userPassword: OpenLDAP, 389 Directory Server, ApacheDS, Dovecot",
                options: ["allow_cleartext"], dummy: { _ in LDAPPasswordVerifier.dummy },
                recognizes: LDAPPasswordVerifier.recognizes, read: LDAPPasswordVerifier.read),
            PasswordScheme(
                "mysql", from: "MySQL, MariaDB (mysql_native_password)", dummy: "*" + constant.prefix(40),
                recognizes: { text in text.after("*").map { $0.count == 40 && $0.allSatisfy(\.isHexDigit) } ?? false },
                readText: PlainDigestVerifier.readMySQL),
            PasswordScheme(
                "aspnet-identity", from: "ASP.NET Core Identity",
                // Version 3, SHA-512, 100,000 iterations, 16 bytes of salt.
                dummy: "AQAAAAIAAYagAAAAEA" + constant.prefix(64) + "==",
                recognizes: { text in
                    (try? Base64.decode(text)) != nil
                        && (text.after("AQAAAA") != nil && text.count >= 60
                            || text.count == 68 && text.first == UInt8(ascii: "A")
                                && (UInt8(ascii: "A")...UInt8(ascii: "P")).contains(text[text.startIndex + 1]))
                }, readText: PBKDF2Verifier.readASPNET),
            PasswordScheme(
                "postgres-md5", from: "PostgreSQL before 14 (pg_authid)", options: ["username"],
                dummy: { _ in "md5" + constant.prefix(32) }, read: PlainDigestVerifier.readPostgresMD5),
            PasswordScheme(
                "firebase-scrypt", from: "Firebase's export",
                options: ["signer_key", "salt_separator", "rounds", "mem_cost", "salt", "salt_encoding"],
                // As long as a signer key is.
                dummy: { _ in constant.prefix(86) + "==" }, read: FirebaseVerifier.read),
            PasswordScheme(
                "vbulletin", from: "vBulletin", options: digestOptions,
                dummy: { laidOut(.md5, $0, layout: "{hash}:{salt}") }, read: PHPApplicationVerifier.readVBulletin),
            PasswordScheme(
                "joomla", from: "Joomla", options: digestOptions,
                dummy: { laidOut(.md5, $0, layout: "{hash}:{salt}") }, read: PHPApplicationVerifier.readJoomla),
            PasswordScheme(
                "magento", from: "Magento 1 and 2, Adobe Commerce",
                dummy: { _ in "\(constant.prefix(64)):5a0c7e1f93b6d248:3_32_2_67108864" },
                read: PHPApplicationVerifier.readMagento),
            PasswordScheme(
                "symfony", from: "Symfony's message digest encoder, FOSUserBundle",
                options: ["digest", "iterations", "salt", "salt_encoding", "encoding", "layout"],
                dummy: { laidOut($0.digest ?? .sha512, $0, default: .base64) }, read: DigestVerifier.readSymfony),
        ] + digests + [
            PasswordScheme(
                "plain", from: "nobody, one hopes", options: ["allow_cleartext"],
                dummy: { _ in LDAPPasswordVerifier.dummy }, read: PlainDigestVerifier.readClear)
        ]

    /// crypt(3): each form by its name, and all of them.
    private static var crypt: [PasswordScheme] {
        CryptVerifier.Form.allCases.map { form in
            PasswordScheme(
                form.rawValue, from: form.origin, dummy: form.dummy, recognizes: form.recognizes
            ) { text, limits throws(Refusal) in try CryptVerifier.read(text, as: form, limits) }
        } + [
            PasswordScheme(
                "crypt", from: "/etc/shadow: any of crypt(3)'s forms, bcrypt and $7$ too",
                dummy: CryptVerifier.Form.sha512.dummy, readText: CryptVerifier.read)
        ]
    }

    private static var digests: [PasswordScheme] {
        DigestFunction.allCases.flatMap { function in
            ["", "salted-"].map { prefix in
                PasswordScheme(
                    prefix + function.rawValue, from: "own code", options: digestOptions,
                    dummy: { laidOut(function, $0, default: .hex) }
                ) { value, options throws(Refusal) in try DigestVerifier.read(value, options, function) }
            }
                + [
                    PasswordScheme(
                        "hmac-" + function.rawValue, from: "own code",
                        options: [
                            "hmac_key", "format", "pepper", "salt", "salt_encoding", "layout", "encoding", "username",
                        ],
                        dummy: { laidOut(function, $0, default: .hex) }
                    ) { value, options throws(Refusal) in try DigestVerifier.readHMAC(value, options, function) }
                ]
        }
    }

    private static let keyed = ["pepper", "format", "prehash", "prehash_encoding", "salt", "salt_encoding", "username"]
    private static let digestOptions = [
        "format", "salt", "salt_encoding", "layout", "encoding", "iterations", "chain", "pepper", "username",
    ]

    // MARK: Constants

    /// Hexadecimal digits, which every alphabet of salts and digests has.
    private static let constant = String(repeating: "5a0c7e1f93b6d248", count: 8)

    private static func bcryptDummy(_ variant: String, _ cost: Int) -> String {
        "$\(variant)$\(cost)$\(constant.prefix(22))\(constant.prefix(31))"
    }

    private static let argon2Dummy = "$argon2id$v=19$m=65536,t=4,p=1$\(constant.prefix(22))$\(constant.prefix(43))"

    private static let keycloakDummy =
        #"{"secretData":{"value":"\#(constant.prefix(43))=","salt":"\#(constant.prefix(22))=="},"#
        + #""credentialData":{"hashIterations":5,"algorithm":"argon2","additionalParameters":"#
        + #"{"type":["id"],"version":["1.3"],"memory":["7168"],"parallelism":["1"]}}}"#

    /// A digest where the options say that one is.
    private static func laidOut(
        _ function: DigestFunction, _ options: PasswordOptions, default encoding: DigestEncoding = .hex,
        layout: String? = nil
    ) -> String {
        let digest = (options.encoding ?? encoding).constant(byteCount: function.byteCount)
        let layout = options.layout ?? layout.map { StoredLayout(literal: $0) }
        return layout?.filled(hash: digest) ?? digest
    }
}

extension CryptVerifier.Form {
    fileprivate var origin: String {
        switch self {
        case .md5: "old Linux, FreeBSD, Cisco"
        case .apr1: "Apache's htpasswd"
        case .sha256, .sha512: "Linux, glibc"
        case .yescrypt: "Debian, Fedora, Kali"
        case .gostYescrypt: "ALT Linux"
        case .sunMD5: "Solaris"
        case .sha1: "NetBSD"
        case .bsdi: "BSDi"
        case .des: "old Unix"
        }
    }

    /// At the cost where nothing else is said.
    var dummy: String {
        let digest = String(repeating: "5a0c7e1f93b6d248", count: 6)
        return switch self {
        case .md5: "$1$5a0c7e1f$\(digest.prefix(22))"
        case .apr1: "$apr1$5a0c7e1f$\(digest.prefix(22))"
        case .sha256: "$5$5a0c7e1f93b6d248$\(digest.prefix(42))."
        case .sha512: "$6$5a0c7e1f93b6d248$\(digest.prefix(85))."
        case .yescrypt: "$y$j9T$\(digest.prefix(21)).$\(digest.prefix(43))"
        case .gostYescrypt: "$gy$j9T$\(digest.prefix(21)).$\(digest.prefix(43))"
        case .sunMD5: "$md5,rounds=5000$5a0c7e1f$$\(digest.prefix(22))"
        case .sha1: "$sha1$24680$5a0c7e1f$\(digest.prefix(28))"
        case .bsdi: "_J9..5a0c\(digest.prefix(11))"
        case .des: String(digest.prefix(13))
        }
    }
}
