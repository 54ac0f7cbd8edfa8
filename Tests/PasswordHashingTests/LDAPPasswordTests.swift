import PasswordHashing
import Testing

/// What is particular to `userPassword`.
struct LDAPPasswordTests {
    /// (stored, typed, with `allow_cleartext`, without)
    @Test(arguments: [
        ("correct horse battery", "correct horse battery", Verification.match, Verification.malformed),
        ("correct horse battery", "correct horse", .mismatch, .malformed),
        ("correct horse battery ", "correct horse battery", .mismatch, .malformed),
        ("correct horse battery ", "correct horse battery ", .match, .malformed),
        ("", "", .match, .malformed), ("", "x", .mismatch, .malformed),
        ("pässwort", "pässwort", .match, .malformed),
        ("{CLEARTEXT}pässwort", "pässwort", .match, .malformed),
        ("{CLEARTEXT}letmein", "letmein", .match, .malformed), ("{cleartext}letmein", "letmein", .match, .malformed),
        ("{PLAIN}letmein", "letmein", .match, .malformed), ("{CLEAR}letmein", "Letmein", .mismatch, .malformed),
        ("{CLEARTEXT}letmein  ", "letmein", .mismatch, .malformed),
        ("{CLEARTEXT}letmein  ", "letmein  ", .match, .malformed),
        // Base64 of "{CLEARTEXT}letmein"
        ("e0NMRUFSVEVYVH1sZXRtZWlu", "letmein", .match, .malformed),
        // Looks like the base64 of a brace, but isn't that of a scheme
        ("e2Password", "e2Password", .match, .malformed), ("e0000000", "e0000000", .match, .malformed),
        // Unknown schemes are never clear text.
        ("{FOO}letmein", "{FOO}letmein", .malformed, .malformed), ("{letmein", "{letmein", .malformed, .malformed),
        ("{let me in}", "{let me in}", .malformed, .malformed),
        ("{SHA}mN7MYuzjmaIu0w1JDvMzvn/ec4U=", "{SHA}mN7MYuzjmaIu0w1JDvMzvn/ec4U=", .mismatch, .mismatch),
        ("{SHA}mN7MYuzjmaIu0w1JDvMzvn/ec4Uü", "x", .malformed, .malformed),
        ("{SASL}user@EXAMPLE.COM", "user@EXAMPLE.COM", .unverifiable, .unverifiable),
        ("{KERBEROS}user@EXAMPLE.COM", "x", .unverifiable, .unverifiable),
        ("{unix}user", "x", .unverifiable, .unverifiable),
    ])
    func `clear values are passwords only where that is allowed`(
        stored: String, typed: String, allowed: Verification, refused: Verification
    ) throws {
        let allowing = try #require(PasswordVerifier(scheme: "ldap", options: .allowingCleartext))
        let refusing = try #require(PasswordVerifier(scheme: "ldap"))
        #expect(allowing.verify(stored: stored, typed: typed) == allowed)
        #expect(refusing.verify(stored: stored, typed: typed) == refused)
    }

    @Test func `auto never takes a value for clear text`() throws {
        let verifier = try #require(PasswordVerifier(scheme: "auto", options: .allowingCleartext))
        #expect(verifier.verify(stored: "letmein", typed: "letmein") == .malformed)
        #expect(verifier.verify(stored: "{CLEARTEXT}letmein", typed: "letmein") == .match)
    }

    @Test func `names of schemes are read in any case, and with the dash that some write`() throws {
        let verifier = try #require(PasswordVerifier(scheme: "ldap"))
        for name in ["SHA256", "sha256", "Sha256", "SHA-256", "sha-256"] {
            let stored = "{\(name)}kCjqDRXeyqNbLaIcApCvOxpboKMKWRkG+JtQdOIJ6nI="
            #expect(verifier.verify(stored: stored, typed: Sample.password) == .match)
        }
    }
}
