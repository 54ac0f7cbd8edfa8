import Testing

@testable import MigrationCore

@Suite struct TemplateTests {
    private static let columns = [
        "given": "Ana", "family": "de la Cruz", "blank": "  ", "rtl": "علي", "mark": "Zoe\u{308}", "emoji": "👩‍👩‍👧‍👦",
        "a b": "spaced", "padded": "  x \t\n y ", "brace": "{given}",
    ]

    private func fill(_ text: String) throws -> String? {
        try Template(text).filled { Self.columns[$0] }
    }

    @Test(
        arguments: [
            ("{given} {family}", "Ana de la Cruz"),
            ("{family}, {given}", "de la Cruz, Ana"),
            ("{given} {middle} {family}", "Ana de la Cruz"),
            ("{middle} {family}", "de la Cruz"),
            ("{given} {middle}", "Ana"),
            ("{given}{given}", "AnaAna"),
            ("  {given}\u{A0}\n {family}  ", "Ana de la Cruz"),
            ("{padded}", "x y"),
            ("Dr. {given}", "Dr. Ana"),
            // all parts missing is absent, whatever stands around them
            ("{middle}", nil), ("Dr. {middle}", nil), ("{middle} {second}", nil), ("{blank}", nil),
            // a value that is blank is one, so what stands around it is left
            ("Dr. {blank}", "Dr."),
            // constants
            ("de", "de"), ("", nil), (" \t", nil), (" a  b ", "a b"),
            // braces
            ("{{{given}}}", "{Ana}"), ("{{given}}", "{given}"), ("a}}b{{c", "a}b{c"), ("{brace}", "{given}"),
            ("{a b}", "spaced"), ("{ given}", nil),
            // scripts
            ("{rtl} {given}", "علي Ana"), ("{mark}", "Zoe\u{308}"), ("{emoji}{given}", "👩‍👩‍👧‍👦Ana"),
            ("山田 {given}", "山田 Ana"),
        ] as [(String, String?)])
    func `a template is filled, trimmed and collapsed`(_ text: String, _ expected: String?) throws {
        let result = try fill(text)
        #expect(result.map { Array($0.unicodeScalars) } == expected.map { Array($0.unicodeScalars) })
    }

    @Test(arguments: [
        ("{", "\"{\" is not closed; write {{ for a brace"),
        ("{given", "\"{\" is not closed; write {{ for a brace"),
        ("a {given} {", "\"{\" is not closed; write {{ for a brace"),
        ("{{{", "\"{\" is not closed; write {{ for a brace"),
        ("}", "\"}\" closes nothing; write }} for a brace"),
        ("{given}}", "\"}\" closes nothing; write }} for a brace"),
        ("{}", "\"{}\" must hold a column's name"),
        ("{a{b}", "\"{}\" must hold a column's name"),
    ])
    func `a template that can't be read says why`(_ text: String, _ message: String) {
        #expect(throws: Template.SyntaxError(message: message)) { try Template(text) }
    }

    @Test func `its columns are those in braces, in order, each as often as it stands there`() throws {
        #expect(try Template("x {b} {{c}} {a}{b}").columns == ["b", "a", "b"])
        #expect(try Template("constant").columns == [])
    }

    @Test func `a value of any length is taken whole`() throws {
        let long = String(repeating: "wort ", count: 20_000)
        #expect(try Template("{a}").filled { _ in long } == String(long.dropLast()))
    }
}
