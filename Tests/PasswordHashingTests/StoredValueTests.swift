import PasswordHashing
import Testing

/// What stored values may look like.
struct StoredValueTests {
    @Test(arguments: Sample.all)
    func `spaces after a value are the column's, all else around it is damage`(_ sample: Sample) throws {
        for scheme in [sample.scheme, "auto"] {
            let verifier = try #require(PasswordVerifier(scheme: scheme))
            #expect(verifier.verify(stored: sample.stored + "   ", typed: Sample.password) == .match)
            for damaged in [
                " " + sample.stored, sample.stored + "\n", sample.stored + "\t", sample.stored + "\0",
                sample.stored + "\u{a0}", sample.stored + "é", sample.stored + "*", "x" + sample.stored,
                sample.stored + " \n",
            ] {
                #expect(
                    verifier.verify(stored: damaged, typed: Sample.password) == .malformed,
                    "\(damaged.debugDescription)")
            }
        }
    }

    @Test(arguments: Sample.all)
    func `no front part of a value matches, and none stops the process`(_ sample: Sample) throws {
        let verifier = try sample.verifier
        // A short PBKDF2 key is the front of a longer one: a value cut there by its column still verifies.
        let isCutKey = { (part: String) in
            sample.stored.lowercased().contains("pbkdf2") && sample.scheme != "django"
                && (part.split(separator: "$").last?.count ?? 0) >= 14 && part.filter { $0 == "$" }.count >= 2
        }
        for count in 0..<sample.stored.utf8.count {
            let part = String(sample.stored.prefix(count))
            let isPaddingCut = sample.stored.hasPrefix(part + "=") && sample.stored.count - count <= 2
            guard !isCutKey(part), !isPaddingCut else { continue }
            #expect(verifier.verify(stored: part, typed: Sample.password) != .match, "\(part)")
        }
    }

    @Test func `a value of over 4096 characters is malformed, however many bytes they have`() throws {
        let verifier = try #require(PasswordVerifier(scheme: "ldap", options: .allowingCleartext))
        let longest = String(repeating: "ü", count: 4096)
        #expect(verifier.verify(stored: longest, typed: Sample.password) == .mismatch)
        #expect(verifier.verify(stored: longest + "ü", typed: Sample.password) == .malformed)
        #expect(verifier.verify(stored: String(repeating: "🔑", count: 4097), typed: Sample.password) == .malformed)
        let padded = Sample.all[0].stored + String(repeating: " ", count: 4096)
        #expect(verifier.verify(stored: padded, typed: Sample.password) == .malformed)
    }

    @Test(arguments: [
        // bcrypt
        ("bcrypt", "$2c$05$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("bcrypt", "$2b$5$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("bcrypt", "$2b$005$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("bcrypt", "$2b$03$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("bcrypt", "$2b$32$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("bcrypt", "$2b$+5$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("bcrypt", "$2b$05$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMB"),
        ("bcrypt", "$2b$05$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBqq"),
        ("bcrypt", "$2b$05$Cigs5MouWjtXloH4/QDIA.$6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("bcrypt", "$2b$05$Cigs5MouWjtXloH4/QDIA+6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("bcrypt", "$2b$05$"), ("bcrypt", "$2b$05"), ("bcrypt", "$2b$"), ("bcrypt", "$$$"), ("bcrypt", ""),
        ("bcrypt", "*"), ("bcrypt", "*$2b$05$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        // argon2
        ("argon2", "$argon2$v=19$m=1024,t=2,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=17$m=1024,t=2,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=019$m=1024,t=2,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$v=19$m=1024,t=2,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$t=2,m=1024,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=2,p=1,x=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=2$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=01024,t=2,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=-1024,t=2,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=15,t=2,p=2$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=0,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=2,p=0$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=99999999999,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=99999999999999999999999,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbA$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHQ$AAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHQ=$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHQ$AAAAAAA="),
        ("argon2", "$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHQ$AAAAA.AA"),
        ("argon2", "$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHQ$AAAAAAAA$"),
        // pbkdf2
        ("pbkdf2", "$pbkdf2-md5$500$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha384$500$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$0$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$0500$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$5e2$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$10000000000$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAA="),
        ("pbkdf2", "$pbkdf2-sha256$500$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA=="),
        ("pbkdf2", "$pbkdf2-sha256$500$c2FsdHNhbHQ$AAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$500$c2FsdHNhb$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$500,l=16$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$i=500,l=17$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$i=500,x=16$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$i=500,l=16,l=16$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$i=500$c2FsdHNhbHQ$AAAAAAAAAAAAAAA.AAAAAA"),
        ("pbkdf2", "x$pbkdf2-sha256$500$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        // sha512-crypt
        ("sha512-crypt", "$6$rounds=999$salt$\(crypt86)"),
        ("sha512-crypt", "$6$rounds=1000000000$salt$\(crypt86)"),
        ("sha512-crypt", "$6$rounds=$salt$\(crypt86)"),
        ("sha512-crypt", "$6$rounds=01000$salt$\(crypt86)"),
        ("sha512-crypt", "$6$rounds=1000$\(crypt86)"),
        ("sha512-crypt", "$6$rounds=1000$rounds=1000$salt$\(crypt86)"),
        ("sha512-crypt", "$6$rounds=1000$rounds=1000$\(crypt86)"),
        ("sha512-crypt", "$6$12345678901234567$\(crypt86)"),
        ("sha512-crypt", "$6$sa:lt$\(crypt86)"), ("sha512-crypt", "$6$sa*lt$\(crypt86)"),
        ("sha512-crypt", "$6$sa\u{7f}lt$\(crypt86)"), ("sha512-crypt", "$6$sa lt$\(crypt86)"),
        ("sha512-crypt", "$6$salt$\(crypt86)."), ("sha512-crypt", "$6$salt$"), ("sha512-crypt", "$6$salt"),
        ("sha512-crypt", "$6$"), ("sha512-crypt", "$5$salt$\(crypt86)"), ("sha512-crypt", "*0"),
        // django
        ("django", "pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("django", "pbkdf2_sha256$500$$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("django", "pbkdf2_sha256$500$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("django", "pbkdf2_sha256$500$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==="),
        ("django", "pbkdf2_sha512$500$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("django", "scrypt$1000$salt$8$1$\(scrypt86)"), ("django", "scrypt$1$salt$8$1$\(scrypt86)"),
        ("django", "scrypt$0$salt$8$1$\(scrypt86)"), ("django", "scrypt$1024$salt$0$1$\(scrypt86)"),
        ("django", "scrypt$1024$salt$8$0$\(scrypt86)"), ("django", "scrypt$1024$salt$8$1$"),
        ("django", "scrypt$1024$salt$8$1$AAAAAAAAAAAAAAAAAAAAAA=="),
        ("django", "bcrypt$2b$05$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("django", "$2b$05$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("django", "argon2$$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("django", "md5$salt$381c4686e1edece6b1857c3bee9cd76"), ("django", "md5$salt$381c4686e1edece6b1857c3bee9cd76g"),
        ("django", "md5$salt$pepper$381c4686e1edece6b1857c3bee9cd765"), ("django", "381c4686e1edece6b1857c3bee9cd76"),
        ("django", "sha1$salt$381c4686e1edece6b1857c3bee9cd765"), ("django", ""), ("django", "$"), ("django", "MD5$$"),
        // ldap
        ("ldap", "{"), ("ldap", "{}"), ("ldap", "{SHA"), ("ldap", "{SHA}"),
        ("ldap", "{SSHA}mN7MYuzjmaIu0w1JDvMzvn/ec4U="),
        ("ldap", "{SHA}6d1jfnGqPXAqcAMWOM0fchPMezA+p9fx3nuMUQ=="), ("ldap", "{SHA}mN7MYuzjmaIu0w1JDvMzvn/ec4U=="),
        ("ldap", "{SHA}98decc62ece399a22ed30d490ef333be7fde7385"), ("ldap", "{SHA224}mN7MYuzjmaIu0w1JDvMzvn/ec4U="),
        ("ldap", "{SHA} mN7MYuzjmaIu0w1JDvMzvn/ec4U="), ("ldap", "{CRYPT}*"), ("ldap", "{CRYPT}x"), ("ldap", "{CRYPT}"),
        ("ldap", "{BCRYPT}$6$salt$\(crypt86)"), ("ldap", "{PBKDF2}500$$AAAAAAAAAAAAAAAAAAAAAA"),
        ("ldap", "{PBKDF2-MD5}500$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA"), ("ldap", "{PBKDF2_SHA256}AAAgADkxMjM2NTIz"),
        ("ldap", "{CLEARTEXT}correct horse battery"), ("ldap", "correct horse battery"), ("ldap", ""),
        // base64 of base64 of {SHA}…: decoded once only
        ("ldap", "ZTFOSVFYMXRUamROV1hWNmFtMWhTWFV3ZHpGS1JIWk5lblp1TDJWak5GVTk="),
    ])
    func `a value that isn't of the grammar is malformed`(scheme: String, stored: String) throws {
        for scheme in [scheme, "auto"] where scheme != "auto" || !Self.isAnothers(stored) {
            let verifier = try #require(PasswordVerifier(scheme: scheme))
            #expect(verifier.verify(stored: stored, typed: Sample.password) == .malformed)
            #expect(verifier.dummy(like: stored) == nil)
        }
    }

    /// Whether `stored` is a good value of another scheme.
    static func isAnothers(_ stored: String) -> Bool {
        PasswordVerifier(scheme: "bcrypt")?.dummy(like: stored) != nil
    }

    static let scrypt86 = String(repeating: "A", count: 86) + "=="
    static let crypt86 = String(repeating: "a", count: 86)

    @Test(arguments: [
        ("bcrypt", "$2b$16$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("bcrypt", "$2b$31$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("argon2", "$argon2id$v=19$m=262145,t=1,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=262144,t=5,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=65,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=2,p=17$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=9999999999,t=9999999999,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=9999999999,t=1,p=999999999$c2FsdHNhbHQ$AAAAAAAA"),
        ("argon2", "$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHQ$" + String(repeating: "AAAA", count: 171)),
        ("pbkdf2", "$pbkdf2-sha256$2000001$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$9999999999$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        ("pbkdf2", "$pbkdf2-sha256$i=4294967296$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
        // five blocks of SHA-256
        ("pbkdf2", "$pbkdf2-sha256$1600001$c2FsdHNhbHQ$" + String(repeating: "AAAA", count: 43)),
        ("sha512-crypt", "$6$rounds=1000001$salt$\(crypt86)"),
        ("sha512-crypt", "$6$rounds=999999999$salt$\(crypt86)"),
        ("django", "pbkdf2_sha256$2000001$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("django", "bcrypt$$2b$16$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("django", "bcrypt_sha256$$2b$16$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("django", "argon2$argon2id$v=19$m=262145,t=1,p=1$c2FsdHNhbHQ$AAAAAAAA"),
        ("django", "scrypt$524288$salt$8$1$\(scrypt86)"),
        ("django", "scrypt$2$salt$2097152$1$\(scrypt86)"),
        ("django", "scrypt$2$salt$1$2097153$\(scrypt86)"),
        ("django", "scrypt$4294967296$salt$4294967296$4294967296$\(scrypt86)"),
        ("ldap", "{PBKDF2-SHA512}2000001$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA"),
        ("ldap", "{PBKDF2_SHA256}/////w" + String(repeating: "A", count: 426)),
        ("ldap", "{CRYPT}$6$rounds=1000001$salt$\(crypt86)"),
        ("ldap", "{BCRYPT}$2b$16$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"),
        ("ldap", "{ARGON2}$argon2id$v=19$m=262145,t=1,p=1$c2FsdHNhbHQ$AAAAAAAA"),
    ])
    func `a value that costs too much is over the limit, and nothing is computed`(scheme: String, stored: String) throws
    {
        for scheme in [scheme, "auto"] {
            let verifier = try #require(PasswordVerifier(scheme: scheme))
            let duration = ContinuousClock().measure {
                #expect(verifier.verify(stored: stored, typed: Sample.password) == .overLimit)
            }
            #expect(duration < .milliseconds(100))
            #expect(verifier.dummy(like: stored) == nil)
        }
    }

    @Test func `limits can be moved, and no limit lets a library be called out of its bounds`() throws {
        var options = PasswordOptions()
        options.limits.bcryptCost = 4
        let low = try #require(PasswordVerifier(scheme: "bcrypt", options: options))
        #expect(low.verify(stored: Sample.all[0].stored, typed: Sample.password) == .overLimit)

        options.limits.pbkdf2Iterations = .max
        options.limits.pbkdf2Work = .max
        options.limits.scryptMemoryBytes = .max
        options.limits.scryptWork = .max
        options.limits.argon2MemoryKiB = .max
        options.limits.argon2Passes = .max
        options.limits.argon2Work = .max
        for (scheme, stored) in [
            ("pbkdf2", "$pbkdf2-sha256$9999999999$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"),
            ("argon2", "$argon2id$v=19$m=9999999999,t=9999999999,p=1$c2FsdHNhbHQ$AAAAAAAA"),
            ("django", "scrypt$8589934592$salt$1073741824$1$\(Self.scrypt86)"),
            ("django", "scrypt$2$salt$1$9999999999$\(Self.scrypt86)"),
        ] {
            let verifier = try #require(PasswordVerifier(scheme: scheme, options: options))
            #expect(verifier.verify(stored: stored, typed: Sample.password) == .overLimit)
        }
    }

    @Test func `hexadecimal digits are read in either case, also mixed`() throws {
        let verifier = try #require(PasswordVerifier(scheme: "django"))
        for digits in [
            "381c4686e1edece6b1857c3bee9cd765", "381C4686E1EDECE6B1857C3BEE9CD765", "381c4686E1EDECE6b1857c3bEE9cd765",
        ] {
            #expect(verifier.verify(stored: "md5$BW6vysWl3Da6X3ylUUsYgG$\(digits)", typed: Sample.password) == .match)
        }
    }

    @Test func `base64 is read with and without padding, and in its URL-safe alphabet`() throws {
        let verifier = try #require(PasswordVerifier(scheme: "ldap"))
        for (stored, expected) in [
            ("{SHA}mN7MYuzjmaIu0w1JDvMzvn/ec4U=", Verification.match), ("{SHA}mN7MYuzjmaIu0w1JDvMzvn/ec4U", .match),
            ("{SHA}mN7MYuzjmaIu0w1JDvMzvn_ec4U", .match), ("{SHA}mN7MYuzjmaIu0w1JDvMzvn/ec4U=  ", .match),
            ("{MD5}iOTd0kAtktUOGHnW7Nn/1A==", .match), ("{MD5}iOTd0kAtktUOGHnW7Nn/1A", .match),
            ("{MD5}iOTd0kAtktUOGHnW7Nn/1A=", .malformed), ("{MD5}iOTd0kAtktUOGHnW7Nn/1A===", .malformed),
            ("{MD5}iOTd0kAtktUO=GHnW7Nn/1A=", .malformed), ("{MD5}iOTd0kAtktUOGHnW7Nn/1A==\n", .malformed),
        ] {
            #expect(verifier.verify(stored: stored, typed: Sample.password) == expected, "\(stored)")
        }
    }

    @Test func `bits to spare in a bcrypt salt are nobody's`() throws {
        let verifier = try #require(PasswordVerifier(scheme: "bcrypt"))
        for last in "./ABCDEFGHIJKLMN" {
            let stored = "$2b$05$Cigs5MouWjtXloH4/QDIA\(last)6psDGI/EwITmI52JyTYXg7ajsShfMBq"
            #expect(verifier.verify(stored: stored, typed: Sample.password) == .match)
        }
        let stored = "$2b$05$Cigs5MouWjtXloH4/QDIAO6psDGI/EwITmI52JyTYXg7ajsShfMBq"
        #expect(verifier.verify(stored: stored, typed: Sample.password) == .mismatch)
    }
}

extension PasswordOptions {
    static var allowingCleartext: PasswordOptions {
        var options = PasswordOptions()
        options.allowCleartext = true
        return options
    }
}
