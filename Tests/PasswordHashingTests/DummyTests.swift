import PasswordHashing
import Testing

struct DummyTests {
    @Test(arguments: PasswordScheme.names)
    func `a scheme's dummy is well-formed and matches nothing`(_ name: String) throws {
        let settings = try PasswordExample.all.first { $0.scheme == name }?.settings() ?? PasswordSettings()
        let verifier = try #require(
            PasswordVerifier(scheme: name, options: settings.options, secrets: settings.secrets))
        #expect(verifier.schemeName == name)
        // Of a clear value it is another scheme's: any clear value could be typed.
        guard name != "plain" else { return }
        for typed in ["", Sample.password, verifier.dummy] {
            #expect(verifier.verify(stored: verifier.dummy, row: settings.row, typed: typed) == .mismatch)
            // Where no row is: whoever isn't known has none.
            #expect(verifier.verify(stored: verifier.dummy, typed: typed) == .mismatch)
        }
    }

    @Test func `auto's dummy is bcrypt of cost 10`() throws {
        #expect(try #require(PasswordVerifier(scheme: "auto")).dummy.hasPrefix("$2b$10$"))
    }

    @Test(arguments: Sample.all)
    func `a dummy like a value keeps its scheme and cost, and nothing of salt and digest`(_ sample: Sample) throws {
        for scheme in [sample.scheme, "auto"] {
            let verifier = try #require(PasswordVerifier(scheme: scheme))
            let dummy = try #require(verifier.dummy(like: sample.stored + " "))
            #expect(dummy.utf8.count == sample.stored.utf8.count)
            #expect(verifier.detectedScheme(of: dummy) == sample.scheme)
            #expect(verifier.verify(stored: dummy, typed: Sample.password) == .mismatch)
            // Whoever is verified against a dummy's dummy can't tell either.
            #expect(verifier.dummy(like: dummy) == dummy)

            // What is between the secrets is as it was, and the secrets are not.
            var rest = sample.stored[...]
            var dummyRest = dummy[...]
            for secret in sample.secrets {
                let range = try #require(rest.firstRange(of: secret.text))
                let prefix = rest[..<range.lowerBound]
                #expect(dummyRest.hasPrefix(prefix))
                dummyRest = dummyRest.dropFirst(prefix.count)
                let replaced = zip(dummyRest, secret.text).filter { $0 == $1 && $0 != "=" }
                #expect(replaced.count < secret.text.count / 3)
                dummyRest = dummyRest.dropFirst(secret.text.count)
                rest = rest[range.upperBound...]
            }
            #expect(rest == dummyRest)
        }
    }

    @Test func `a value of 389 Directory Server keeps its iterations`() throws {
        let verifier = try #require(PasswordVerifier(scheme: "ldap"))
        let stored = "{PBKDF2_SHA256}AAAgAD" + String(repeating: "kxMjM2NTIz", count: 43).prefix(426)
        let dummy = try #require(verifier.dummy(like: stored))
        #expect(dummy.hasPrefix("{PBKDF2_SHA256}AAAgAD5a0c"))
        #expect(dummy.utf8.count == stored.utf8.count)
        #expect(verifier.verify(stored: dummy, typed: Sample.password) == .mismatch)
    }

    @Test(arguments: ["{MD5}iOTd0kAtktUOGHnW7Nn/1A", "{SHA-1}mN7MYuzjmaIu0w1JDvMzvn/ec4U"])
    func `a dummy is of the scheme that auto took the value for, also without padding`(_ stored: String) throws {
        let auto = try #require(PasswordVerifier(scheme: "auto"))
        let dummy = try #require(auto.dummy(like: stored))
        #expect(auto.detectedScheme(of: dummy) == "ldap")
        #expect(auto.verify(stored: dummy, typed: Sample.password) == .mismatch)
    }

    @Test func `no dummy is like a value that is no work`() throws {
        for (scheme, stored) in [
            ("django", "!kZbdIVxLqnGcYH1AIFxdcbHkqwdYQyCdiFbxAHrA"), ("auto", "!"), ("ldap", "{SASL}user@EXAMPLE.COM"),
            ("auto", "{SASL}user@EXAMPLE.COM"), ("auto", "letmein"), ("ldap", "letmein"),
        ] {
            #expect(try #require(PasswordVerifier(scheme: scheme)).dummy(like: stored) == nil)
        }
    }

    @Test func `a dummy like a clear value is a digest, so that nobody can type it`() throws {
        let verifier = try #require(PasswordVerifier(scheme: "ldap", options: .allowingCleartext))
        for stored in ["letmein", "{CLEARTEXT}letmein", "e0NMRUFSVEVYVH1sZXRtZWlu"] {
            let dummy = try #require(verifier.dummy(like: stored))
            #expect(dummy.hasSuffix(verifier.dummy))
            #expect(verifier.verify(stored: dummy, typed: dummy) == .mismatch)
        }
    }

    @Test func `a dummy takes as long as the value it is like`() throws {
        let verifier = try #require(PasswordVerifier(scheme: "bcrypt"))
        let stored = "$2b$08$Cigs5MouWjtXloH4/QDIA.6psDGI/EwITmI52JyTYXg7ajsShfMBq"
        let dummy = try #require(verifier.dummy(like: stored))
        let clock = ContinuousClock()
        // The fastest of several, because the machine has other things to do as well.
        let times = [stored, dummy].map { stored in
            (0..<5).map { _ in clock.measure { _ = verifier.verify(stored: stored, typed: Sample.password) } }.min()!
        }
        #expect(times[1] > times[0] / 2)
        #expect(times[1] < times[0] * 2)
    }
}
