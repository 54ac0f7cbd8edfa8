import Testing

@testable import MigrationCore

@Suite struct RegularExpressionTests {
    private func replace(_ pattern: String, _ with: String, _ text: String, isCaseSensitive: Bool = true) throws
        -> String?
    {
        let expression = try RegularExpression(pattern, isCaseSensitive: isCaseSensitive)
        let replacement = try Replacement(with, groupCount: expression.groupCount)
        return Transform.replace(expression, replacement).apply(to: [text]).first
    }

    @Test(
        arguments: [
            ("[^0-9]", "", "0170/123-45", "017012345"), ("^0", "+49", "0170", "+49170"), ("0", "+", "00", "++"),
            // ^ is the text's beginning, not the search's
            ("^a", "b", "aaa", "baa"), ("a$", "b", "aaa", "aab"),
            ("(.*), (.*)", #"\2 \1"#, "Sol, Ana", "Ana Sol"), ("(a)|(b)", #"[\1\2]"#, "ab", "[a][b]"),
            ("b", #"<\0>"#, "abc", "a<b>c"), ("b", #"\\"#, "abc", #"a\c"#),
            // leftmost, longest
            ("a|ab|abc", "x", "abcd", "xd"), ("x*", "-", "abc", "-a-b-c"), ("b*", "-", "abbc", "-a--c"),
            ("none", "x", "abc", "abc"), ("(Dr|Prof)[.] *", "", "Prof. Dr. Ana", "Ana"),
            // characters stay whole, though a dot is a byte
            (".", "x", "éa", "xx"), ("[^a-z]", "-", "añb山c👍", "a-b-c-"), ("ß", "ss", "Straße", "Strasse"),
            ("(ä|ö)", "o", "Köln", "Koln"), ("x*", "-", "é", "-é"), ("^.", "", "Éa", "a"),
            ("👩‍👩‍👧", "family", "a👩‍👩‍👧b", "afamilyb"), ("[[:space:]]+", " ", "a \t\n b", "a b"),
            ("[]]", "", "a]b", "ab"), (#"\."#, "", "a.b", "ab"), ("e", "", "e\u{301}", "\u{301}"),
            ("a.c", "x", "a\u{0}c abc", "a\u{0}c x"), ("b", "x", "a\u{0}b", "a\u{0}x"),
        ] as [(String, String, String, String)])
    func `replace changes every match`(
        _ pattern: String, _ with: String, _ text: String, _ expected: String
    ) throws {
        let result = try replace(pattern, with, text)
        #expect(result.map { Array($0.utf8) } == Array(expected.utf8), "\(result ?? "nil")")
    }

    @Test func `what is replaced by nothing becomes absent, and case may be left out`() throws {
        #expect(try replace("-|none", "", "none") == nil)
        #expect(try replace("dr", "x", "DR") == "DR")
        #expect(try replace("dr", "x", "DR", isCaseSensitive: false) == "x")
    }

    @Test(
        arguments: [
            ("^([^@]+)@", 1, "ana@example.com", "ana"), ("^([^@]+)@", 0, "ana@example.com", "ana@"),
            ("@(.*)$", 1, "ana@example.com", "example.com"), ("([0-9]+)", 1, "room 42, floor 7", "42"),
            ("(a)|(b)", 2, "b", "b"), ("(a)|(b)", 1, "b", nil), ("^([^@]+)@", 1, "ana", nil), ("(x*)", 1, "abc", nil),
            ("^(.)", 1, "Élodie", "É"), ("(.)$", 1, "Ana👍", "👍"), ("cn=([^,]+)", 1, "cn=山田,dc=x", "山田"),
            ("(([a-z])([0-9]))", 3, "a1", "1"),
        ] as [(String, Int, String, String?)])
    func `extract takes a group, and without a match there is no value`(
        _ pattern: String, _ group: Int, _ text: String, _ expected: String?
    ) throws {
        let transform = Transform.extract(try RegularExpression(pattern), group: group)
        #expect(transform.apply(to: [text]) == [expected].compactMap { $0 })
    }

    @Test(arguments: [
        "", "(", "[a", "a{2", #"\d+"#, #"(a)\1"#, "(?:a)", "a*?", "a++", "a{1000}", #"a\"#, "*a", "a\0b", "[äö]",
        "[^ß]",
        "ä+", "ä*", "山{2}", String(repeating: "a", count: 1001),
    ])
    func `what means something else elsewhere, or nothing, is refused`(_ pattern: String) {
        #expect(throws: RegularExpression.SyntaxError.self) { try RegularExpression(pattern) }
    }

    @Test(arguments: [
        (#"\1"#, 0, "\\1 is a group that the pattern doesn't have"),
        (#"\3"#, 2, "\\3 is a group that the pattern doesn't have"),
        (#"a\"#, 9, "a backslash stands before a group's number; write \\\\ for one itself"),
        (#"\n"#, 9, "a backslash stands before a group's number; write \\\\ for one itself"),
    ])
    func `a replacement that can't be read says why`(_ text: String, _ groups: Int, _ message: String) {
        #expect(throws: Replacement.SyntaxError(message: message)) { try Replacement(text, groupCount: groups) }
    }

    @Test(arguments: [
        "^([a-z]+[.]?)+@example[.]com$", "^(a|a)*$", "(x+x+)+y", "((a*)*)*b", "(a|aa)+$", "(.*)(.*)(.*)c",
    ])
    func `a pattern that would keep a backtracking matcher busy for hours is done at once`(_ pattern: String) throws {
        let text = String(repeating: "a", count: RegularExpression.maxTextBytes)
        let start = ContinuousClock.now
        _ = try replace(pattern, "", text)
        #expect(start.duration(to: .now) < .seconds(5))
    }

    @Test func `a longer text is refused by name, not searched and not passed on`() throws {
        let expression = try RegularExpression("b")
        let long = String(repeating: "a", count: RegularExpression.maxTextBytes)
        #expect(try replace("b", "", long) == long)
        for transform in [
            Transform.replace(expression, try Replacement("", groupCount: 0)), .extract(expression, group: 0),
        ] {
            var column = ValueColumn([long + "a"])
            transform.apply(to: &column)
            #expect(column.texts(0) == [])
            #expect(column.failure(0) == .patternLimit)
        }
    }

    @Test func `its code is its text, and a damaged one is none`() throws {
        for isCaseSensitive in [true, false] {
            let expression = try RegularExpression("a(b)", isCaseSensitive: isCaseSensitive)
            let copy = try decoded(RegularExpression.self, from: encoded(expression))
            #expect(copy == expression)
            #expect(copy.isCaseSensitive == isCaseSensitive)
            #expect(copy.groupCount == 1)
        }
        #expect(throws: (any Error).self) {
            try decoded(RegularExpression.self, from: #"{"pattern":"(","isCaseSensitive":true}"#)
        }
    }
}
