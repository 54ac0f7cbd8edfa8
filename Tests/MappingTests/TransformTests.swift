import Testing

@testable import MigrationCore

@Suite struct TransformTests {
    /// By scalars: `==` takes equivalent texts for equal.
    private func expect(
        _ transform: Transform, _ values: [String], _ expected: [String], _ location: SourceLocation = #_sourceLocation
    ) {
        let result = transform.apply(to: values)
        #expect(
            result.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(transform.name): \(result)",
            sourceLocation: location)
    }

    @Test(arguments: [
        (" a ", "a"), ("a", "a"), ("\t\r\n a  b \u{A0}\u{3000}", "a  b"), ("  ", ""), ("", ""),
        (" e\u{301} ", "e\u{301}"), ("\u{2003}علي\u{2003}", "علي"), (" 👩‍👩‍👧‍👦 ", "👩‍👩‍👧‍👦"), ("\u{0} a", "\u{0} a"),
    ])
    func `trim takes white space from both ends; what is blank becomes absent`(_ value: String, _ expected: String) {
        expect(.trim, [value], expected.isEmpty ? [] : [expected])
        expect(.trim, [value, "x", value], expected.isEmpty ? ["x"] : [expected, "x", expected])
    }

    @Test(arguments: [
        (" a \t\n b ", "a b"), ("van  der   Berg", "van der Berg"), ("a\u{A0}\u{A0}b", "a b"), ("\r\n", ""),
        ("عبد  الله", "عبد الله"), ("e\u{301}  e", "e\u{301} e"),
    ])
    func `collapse_whitespace leaves one space`(_ value: String, _ expected: String) {
        expect(.collapseWhitespace, [value], expected.isEmpty ? [] : [expected])
    }

    @Test(arguments: [
        ("Ana@Example.COM", "ana@example.com", "ANA@EXAMPLE.COM"), ("STRASSE", "strasse", "STRASSE"),
        ("straße", "straße", "STRASSE"), ("ÄÖÜ", "äöü", "ÄÖÜ"), ("İ", "i\u{307}", "İ"), ("ДОМ", "дом", "ДОМ"),
        ("ﬁ", "ﬁ", "FI"), ("E\u{301}", "e\u{301}", "E\u{301}"), ("山田", "山田", "山田"), ("👍🏽", "👍🏽", "👍🏽"),
    ])
    func `lowercase and uppercase are Unicode's, in no language`(_ value: String, _ lower: String, _ upper: String) {
        expect(.lowercase, [value], [lower])
        expect(.uppercase, [value], [upper])
    }

    @Test func `prefix and suffix are put to each value and make none of none`() {
        expect(.prefix("u-"), ["a", "b"], ["u-a", "u-b"])
        expect(.suffix("@example.com"), ["a", "b"], ["a@example.com", "b@example.com"])
        expect(.suffix("\u{301}"), ["e"], ["e\u{301}"])
        expect(.prefix("u-"), [], [])
        expect(.suffix("x"), [], [])
    }

    @Test(
        arguments: [
            ("ana@example.com", "@", 0, "ana"), ("ana@example.com", "@", 1, "example.com"),
            ("ana@example.com", "@", -1, "example.com"), ("ana@example.com", "@", -2, "ana"),
            ("ana@example.com", "@", 2, nil), ("ana@example.com", "@", -3, nil),
            ("ana", "@", 0, "ana"), ("ana", "@", -1, "ana"), ("ana", "@", 1, nil),
            ("a::b", ":", 1, nil), ("a::b", ":", 2, "b"), ("a::b", "::", 1, "b"), (":a:", ":", 0, nil),
            (":a:", ":", 1, "a"), (":a:", ":", -1, nil), (":", ":", 0, nil),
            ("aaa", "aa", 0, nil), ("aaa", "aa", 1, "a"),
            ("a, b, c", ", ", -1, "c"), ("Müller/Maier", "/", 1, "Maier"), ("山田・太郎", "・", 1, "太郎"),
            ("a", "", 0, "a"), ("a", "", 1, nil), ("a", "@", .max, nil), ("a", "@", .min, nil),
        ] as [(String, String, Int, String?)])
    func `split takes one part`(_ value: String, _ separator: String, _ index: Int, _ expected: String?) {
        expect(.split(separator: separator, index: index), [value], expected.map { [$0] } ?? [])
    }

    @Test func `split takes a part of each value`() {
        expect(.split(separator: "@", index: 1), ["a@x", "b", "c@y"], ["x", "y"])
    }

    @Test func `join makes one value of several and none of none`() {
        expect(.join(", "), ["a", "b", "c"], ["a, b, c"])
        expect(.join(""), ["a", "b"], ["ab"])
        expect(.join(", "), ["a"], ["a"])
        expect(.join(", "), [], [])
    }

    @Test func `lookup is a table, exact in case; what isn't in it becomes absent`() {
        let lookup = Transform.lookup(["m": "male", "f": "female", "x": "", "": "none"])
        expect(lookup, ["m"], ["male"])
        expect(lookup, ["M"], [])
        expect(lookup, ["d"], [])
        expect(lookup, ["x"], [])
        expect(lookup, ["x", "d", "f", "m"], ["female", "male"])
        expect(lookup, [], [])
        expect(.lookup([:]), ["m"], [])
    }

    @Test func `e164 makes numbers international; a blank one becomes absent, a wrong one stays to be refused`() {
        let e164 = Transform.e164(countryCode: "49", trunkPrefix: "0")
        expect(e164, ["030 23125001", "+44 20 7946 0018"], ["+493023125001", "+442079460018"])
        expect(e164, [" ", "+49", "-"], ["-"])
        expect(e164, [], [])
    }

    @Test func `rdn takes the first value of each name`() {
        expect(
            .rdn, ["CN=Sales,OU=Groups", "CN=Back\\, office,OU=Groups", "CN=,OU=x"], ["Sales", "Back, office"])
        expect(.rdn, [], [])
    }

    @Test(arguments: [
        ([], "false"), ([""], "false"), (["0"], "false"), (["No"], "false"), (["off", "1"], "false"), (["1"], "true"),
        (["t"], "true"), (["yes"], "true"), ([" "], "true"), (["2026-01-31"], "true"), (["1", "0"], "true"),
    ])
    func `boolean reads the first value as a flag`(_ values: [String], _ expected: String) {
        expect(.boolean, values, [expected])
    }

    @Test func `present tells a value from none`() {
        expect(.present, ["0"], ["true"])
        expect(.present, ["no", "x"], ["true"])
        expect(.present, [], ["false"])
    }

    @Test(arguments: [
        ("abc", 3, "abc"), ("abc", 2, "ab"), ("äöü", 4, "äö"), ("äöü", 3, "ä"), ("äöü", 1, ""), ("äöü", 0, ""),
        ("e\u{301}e\u{301}", 5, "e\u{301}"), ("e\u{301}", 2, ""), ("a👍🏽b", 8, "a"), ("a👍🏽b", 9, "a👍🏽"),
        ("👩‍👩‍👧‍👦", 24, ""), ("👩‍👩‍👧‍👦", 25, "👩‍👩‍👧‍👦"), ("🇩🇪🇫🇷", 8, "🇩🇪"), ("🇩🇪🇫🇷", 15, "🇩🇪"), ("a\r\nb", 2, "a"),
        ("علي", 4, "عل"), ("क्षि", 3, ""),
    ])
    func `truncate counts bytes and cuts between characters`(_ value: String, _ count: Int, _ expected: String) {
        expect(.truncate(count), [value], expected.isEmpty ? [] : [expected])
    }

    @Test func `default is for no value only, and an empty one is none`() {
        expect(.default("de"), [], ["de"])
        expect(.default("de"), ["en", "fr"], ["en", "fr"])
        expect(.default(""), [], [])
    }

    @Test func `values of 100 kB pass, in a time that nobody notices`() {
        let long = String(repeating: "wo rt@é", count: 14_000)
        let phone = Transform.e164(countryCode: "49", trunkPrefix: "0")
        let transforms: [Transform] = [
            .trim, .lowercase, .uppercase, .collapseWhitespace, .prefix("a"), .suffix("b"),
            .split(separator: "@", index: -1), .split(separator: " ", index: 3), .join(","), .lookup(["a": "b"]), phone,
            .boolean, .present, .truncate(2048), .default("x"),
        ]
        let time = ContinuousClock().measure {
            for transform in transforms {
                let result = transform.apply(to: [long])
                #expect(result.allSatisfy { !$0.isEmpty })
            }
        }
        // A tenth of it on a slow machine; a quadratic one takes minutes.
        #expect(time < .seconds(10))
    }

    @Test(arguments: [
        (Transform.trim, "trim"), (.lowercase, "lowercase"), (.uppercase, "uppercase"),
        (.collapseWhitespace, "collapse_whitespace"), (.prefix(""), "prefix"), (.suffix(""), "suffix"),
        (.split(separator: "", index: 0), "split"), (.join(""), "join"), (.lookup([:]), "lookup"),
        (.e164(countryCode: "", trunkPrefix: nil), "e164"), (.boolean, "boolean"), (.present, "present"),
        (.rdn, "rdn"), (.nfc, "nfc"), (.epoch, "epoch"), (.date(DateReader([])), "date"), (.truncate(1), "truncate"),
        (.default(""), "default"),
    ])
    func `a transform has its name in connectors.yaml`(_ transform: Transform, _ name: String) {
        #expect(transform.name == name)
    }

    // MARK: Names

    /// The end of a full name, with the particles that belong to it, as a mapping would take it apart.
    @Test(
        arguments: [
            ("Ludwig van Beethoven", "Ludwig", "van Beethoven"), ("Ana de la Cruz", "Ana", "de la Cruz"),
            ("Otto von und zu  Stein", "Otto", "von und zu Stein"), ("Rafik bin Said", "Rafik", "bin Said"),
            ("Jan Pieter van der Berg", "Jan Pieter", "van der Berg"), ("Mary O'Neill", "Mary", "O'Neill"),
            ("Anne-Marie Smith-Jones", "Anne-Marie", "Smith-Jones"), ("Élodie d’Artagnan", "Élodie", "d’Artagnan"),
            ("Дмитрий Иванов", "Дмитрий", "Иванов"), ("山田 太郎", "山田", "太郎"), ("علي بن محمد", "علي بن", "محمد"),
            // A particle alone is a name, and so is one in another case: nobody's name is made small or large.
            ("Van Morrison", "Van", "Morrison"), ("DE LA CRUZ", "DE LA", "CRUZ"),
            // One name is the family name, and nothing is left for the other.
            ("Pelé", nil, "Pelé"), ("  ", nil, nil),
        ] as [(String, String?, String?)])
    func `names are taken apart with their particles`(_ full: String, _ given: String?, _ family: String?) throws {
        let particles = "(van|von|und|zu|der|den|de|la|del|bin|di|da)"
        let steps: [Transform] = [.trim, .collapseWhitespace]
        func part(_ pattern: String, group: Int) throws -> String? {
            let extract = Transform.extract(try RegularExpression(pattern), group: group)
            return (steps + [extract]).reduce([full]) { $1.apply(to: $0) }.first
        }
        #expect(try part("(^| )((\(particles) )*[^ ]+)$", group: 2) == family)
        #expect(
            try part("^(.*[^ ]) (\(particles) )*[^ ]+$", group: 1).flatMap { Self.withoutParticles($0, particles) }
                == given
        )
    }

    /// POSIX takes the longest left part, so the particles at its end are taken off by a second step.
    private static func withoutParticles(_ text: String, _ particles: String) -> String? {
        guard let expression = try? RegularExpression("( \(particles))+$"),
            let nothing = try? Replacement("", groupCount: expression.groupCount)
        else { return nil }
        return Transform.replace(expression, nothing).apply(to: [text]).first
    }
}
