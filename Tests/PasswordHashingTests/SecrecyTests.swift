import PasswordHashing
import Testing

/// What must not be a match.
struct SecrecyTests {
    @Test(arguments: Sample.all)
    func `the password matches, and with any one bit changed it doesn't`(_ sample: Sample) throws {
        let verifier = try sample.verifier
        let password = Array(Sample.password.utf8)
        #expect(verifier.verify(stored: sample.stored, typed: Sample.password) == .match)
        for bit in 0..<(8 * password.count) {
            var changed = password
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(verifier.verify(stored: Array(sample.stored.utf8), typed: changed) == .mismatch, "bit \(bit)")
        }
    }

    @Test(arguments: Sample.all)
    func `with any one bit of salt or digest changed the password is wrong`(_ sample: Sample) throws {
        let verifier = try sample.verifier
        for secret in sample.secrets {
            let changes = secret.changedByOneBit()
            #expect(changes.count >= secret.text.utf8.count - 2)
            for changed in changes {
                let stored = sample.stored.replacing(secret.text, with: changed)
                #expect(verifier.verify(stored: stored, typed: Sample.password) != .match, "\(stored)")
            }
        }
    }

    @Test(arguments: Sample.all)
    func `neither a front part, nor more, nor nothing is the password`(_ sample: Sample) throws {
        let verifier = try sample.verifier
        for typed in [
            "", String(Sample.password.dropLast()), Sample.password + "!",
            Sample.password + "\0!", "\0", " " + Sample.password, Sample.password + " ", Sample.password + "\n",
        ] {
            #expect(verifier.verify(stored: sample.stored, typed: typed) == .mismatch, "\(typed.debugDescription)")
        }
    }

    @Test(arguments: Sample.all)
    func `NULs after the password make another one, except for HMAC, which appends them itself`(
        _ sample: Sample
    ) throws {
        let isHMAC = sample.stored.lowercased().contains("pbkdf2") || sample.stored.contains("scrypt$")
        let expected = isHMAC ? Verification.match : .mismatch
        #expect(try sample.verifier.verify(stored: sample.stored, typed: Sample.password + "\0") == expected)
    }

    @Test func `an empty buffer without an address is the empty password`() throws {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        for (scheme, stored, expected) in [
            ("ldap", "{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=", Verification.match),
            ("django", "md5$$d41d8cd98f00b204e9800998ecf8427e", .match),
            ("pbkdf2", "$pbkdf2-sha256$1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", .mismatch),
            ("pbkdf2", "$pbkdf2-sha256$1$$AAAAAAAAAAAAAAAAAAAAAA", .mismatch),
            ("django", "scrypt$2$s$1$1$" + String(repeating: "A", count: 86), .mismatch),
            ("argon2", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", .mismatch),
            ("bcrypt", "$2b$04$5a0c7e1f93b6d2485a0c7e5a0c7e1f93b6d2485a0c7e1f93b6d24", .mismatch),
            ("sha512-crypt", "$6$rounds=1000$s$" + String(repeating: "a", count: 86), .mismatch),
        ] {
            let verifier = try #require(PasswordVerifier(scheme: scheme))
            #expect(Array(stored.utf8).withUnsafeBytes { verifier.verify(stored: $0, typed: nothing) } == expected)
        }
        let verifier = try #require(PasswordVerifier(scheme: "auto"))
        #expect(verifier.verify(stored: nothing, typed: nothing) == .malformed)
    }

    @Test func `NUL ends a password of crypt(3) for nobody, and is data elsewhere`() throws {
        for sample in Sample.all {
            let typed = Sample.password + "\0" + Sample.password
            #expect(try sample.verifier.verify(stored: sample.stored, typed: typed) == .mismatch)
        }
        // SHA-1 of "ab\0cd"
        let ldap = try #require(PasswordVerifier(scheme: "ldap"))
        #expect(ldap.verify(stored: "{SHA}z3a/ge2/BncxqYxrfS6yiCTTgCc=", typed: "ab\0cd") == .match)
        #expect(ldap.verify(stored: "{SHA}z3a/ge2/BncxqYxrfS6yiCTTgCc=", typed: "ab") == .mismatch)
    }

    @Test func `bcrypt reads 72 bytes, also of a password of kilobytes`() throws {
        // bcrypt of 71 x and a y
        let stored = "$2b$05$jdYaU5H9UIV8e0m16ZYRlOXnamygaxbPuWcvfmeSZG0uXvONcdO72"
        let verifier = try #require(PasswordVerifier(scheme: "bcrypt"))
        let key = String(repeating: "x", count: 71) + "y"
        #expect(verifier.verify(stored: stored, typed: key + String(repeating: "z", count: 4096 - 72)) == .match)
        #expect(verifier.verify(stored: stored, typed: key + String(repeating: "z", count: 4097 - 72)) == .mismatch)
        #expect(verifier.verify(stored: stored, typed: key + "\0") == .mismatch)
    }

    @Test(arguments: Sample.all)
    func `a password beyond 4096 bytes is wrong, whatever is stored`(_ sample: Sample) throws {
        let verifier = try sample.verifier
        for count in [4097, 100_000] {
            let typed = String(repeating: "a", count: count)
            for stored in [sample.stored, "", "damaged", String(repeating: "a", count: 5000)] {
                #expect(verifier.verify(stored: stored, typed: typed) == .mismatch)
            }
        }
        #expect(verifier.verify(stored: sample.stored, typed: String(repeating: "a", count: 4096)) == .mismatch)
    }
}
