import Testing

@testable import MigrationCore

@Suite struct NamePatternTests {
    @Test(arguments: [
        (#"@example\.com$"#, "ana@example.com", true), (#"@example\.com$"#, "ana@example.com.evil", false),
        (#"@example\.com$"#, "ANA@EXAMPLE.COM", true), (#"@example\.com$"#, "ana@exampleXcom", false),
        ("^[0-9]{5,8}$", "12345", true), ("^[0-9]{5,8}$", "1234", false), ("^(adm|root)-", "root-7", true),
        ("^[^@]+$", "ana", true), ("^[^@]+$", "ana@example.com", false), ("[]x]", "]", true), ("山", "大山", true),
        (#"^\w+$"#, "ana_1", true), ("[[:digit:]]+", "a7", true), (#"[\d]"#, "d", true), ("a{1}", "a", true),
    ])
    func `a pattern is found anywhere in a name, in any case of letters`(
        _ pattern: String, _ name: String, _ isFound: Bool
    ) throws {
        #expect(try NamePattern(pattern, isCaseSensitive: false).isFound(in: name) == isFound)
    }

    @Test func `a pool that minds case has patterns that do`() throws {
        #expect(try NamePattern("ana", isCaseSensitive: true).isFound(in: "ANA") == false)
    }

    @Test(arguments: [
        "", "(", "[a", "a{2", #"\d+"#, #"(a)\1"#, "(?:a)", "(?i)a", "a*?", "a++", "a{2}?", "a{1000}", #"a\"#, "*a",
        "a\0b", String(repeating: "a", count: 1001),
    ])
    func `what means something else elsewhere, or nothing, is refused`(_ pattern: String) {
        #expect(throws: NamePattern.SyntaxError.self) { try NamePattern(pattern, isCaseSensitive: false) }
    }

    @Test(arguments: ["^([a-z]+[.]?)+@example[.]com$", "^(a|a)*$", "^(.*a){12}$", "(x+x+)+y"])
    func `a name that would keep a backtracking matcher busy for hours is done at once`(_ pattern: String) throws {
        let name = String(repeating: "a", count: 60) + String(repeating: "x", count: 60) + "@evil"
        let start = ContinuousClock.now
        _ = try NamePattern(pattern, isCaseSensitive: false).isFound(in: name)
        #expect(start.duration(to: .now) < .seconds(5))
    }
}
