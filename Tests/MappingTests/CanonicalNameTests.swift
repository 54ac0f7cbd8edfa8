import Testing

@testable import MigrationCore

/// Which typed texts name a user, in each kind of pool and under both case rules.
@Suite struct CanonicalNameTests {
    private static func pool(
        by usernameAttributes: [UserPoolSettings.NameAttribute] = [],
        aliases: [UserPoolSettings.NameAttribute] = [], isCaseSensitive: Bool = false
    ) -> UserPoolSettings {
        UserPoolSettings(
            id: nil, usernameAttributes: usernameAttributes, aliasAttributes: aliases,
            isCaseSensitive: isCaseSensitive, attributes: nil, passwordPolicy: nil)
    }

    private static let user = [
        "email": "Ana@example.com", "email_verified": "true", "phone_number": "+4917012345",
        "phone_number_verified": "false", "preferred_username": "Sol",
    ]

    private func match(_ typed: String, _ pool: UserPoolSettings, username: String? = "Ana") -> CanonicalName.Match {
        CanonicalName(pool: pool).match(typed, username: username) { Self.user[$0] }
    }

    @Test func `a user name pool takes the user name and no alias`() {
        let pool = Self.pool()
        #expect(match("ana", pool) == .name)
        #expect(match("ANA", pool) == .name)
        #expect(match("Ana@example.com", pool) == .none)
        #expect(match("ana", pool, username: nil) == .none)
    }

    @Test func `a pool that minds case takes the exact name only`() {
        let pool = Self.pool(isCaseSensitive: true)
        #expect(match("Ana", pool) == .name)
        #expect(match("ana", pool) == .none)
    }

    @Test func `an email pool takes the mapped email and no user name`() {
        let pool = Self.pool(by: [.email])
        #expect(match("ANA@EXAMPLE.COM", pool, username: nil) == .name)
        #expect(match("Ana", pool) == .none)
        #expect(match("+4917012345", pool) == .none)
        #expect(match("ana@example.com", Self.pool(by: [.email], isCaseSensitive: true)) == .none)
        #expect(match("Ana@example.com", Self.pool(by: [.email], isCaseSensitive: true)) == .name)
    }

    @Test func `a phone pool takes the mapped number, verified or not`() {
        #expect(match("+4917012345", Self.pool(by: [.phoneNumber]), username: nil) == .name)
        #expect(match("017012345", Self.pool(by: [.phoneNumber]), username: nil) == .none)
    }

    @Test func `with email and phone as user names either may be typed`() {
        let pool = Self.pool(by: [.email, .phoneNumber])
        #expect(match("ana@example.com", pool) == .name)
        #expect(match("+4917012345", pool) == .name)
    }

    @Test func `import names a user by the email if there is one, else by the phone number`() {
        let names = CanonicalName(pool: Self.pool(by: [.phoneNumber, .email]))
        #expect(names.name(username: nil) { Self.user[$0] } == "Ana@example.com")
        #expect(names.name(username: nil) { $0 == "phone_number" ? "+1" : nil } == "+1")
        #expect(CanonicalName(pool: Self.pool()).name(username: "ana") { Self.user[$0] } == "ana")
    }

    @Test func `an alias pool takes a verified alias and not an unverified one`() {
        let pool = Self.pool(aliases: [.email, .phoneNumber, .preferredUsername])
        #expect(match("ana", pool) == .name)
        #expect(match("ANA@example.com", pool) == .alias)
        #expect(match("sol", pool) == .alias)
        #expect(match("+4917012345", pool) == .none)
        #expect(match("ana@example.com", Self.pool(aliases: [.phoneNumber])) == .none)
        #expect(match("ana@example.com", pool, username: nil) == .none)
    }

    @Test(arguments: [
        // simple lowercase mapping on both sides, in any script
        ("ÄÖÜ", "äöü", true), ("ΑΒΓ", "αβγ", true), ("ДОМ", "дом", true), ("İ", "i", true), ("K", "\u{212A}", true),
        // no folding: sharp s and final sigma stay what they are
        ("STRASSE", "straße", false), ("ς", "σ", false),
        // no normalisation
        ("\u{E9}", "e\u{301}", false), ("ﬁ", "fi", false),
        ("山田", "山田", true), ("علي", "علي", true),
    ])
    func `names are compared scalar by scalar`(_ left: String, _ right: String, _ isSame: Bool) {
        #expect((match(left, Self.pool(), username: right) == .name) == isSame)
        #expect((match(right, Self.pool(), username: left) == .name) == isSame)
    }
}
