import Testing

@testable import MigrationCore

/// The expected values are Python's (`unicodedata.normalize("NFC", text)`, Unicode 14.0.0).
@Suite struct NormalizationTests {
    @Test(
        arguments: [
            ("e\u{301}", "\u{E9}"), ("E\u{301}cole", "\u{C9}cole"), ("A\u{30A}", "\u{C5}"),
            ("Mu\u{308}ller", "M\u{FC}ller"), ("Nguye\u{302}\u{303}n", "Nguy\u{1EC5}n"),
            ("\u{418}\u{306}", "\u{419}"), ("\u{627}\u{653}", "\u{622}"), ("\u{3B9}\u{308}\u{301}", "\u{390}"),
            // already composed, or with nothing to compose
            ("ana", "ana"), ("\u{E9}", "\u{E9}"), ("\u{301}", "\u{301}"), ("\u{5D0}\u{5B7}", "\u{5D0}\u{5B7}"),
            ("\u{FB01}", "\u{FB01}"), ("e\u{200D}\u{301}", "e\u{200D}\u{301}"),
            ("\u{1F469}\u{200D}\u{1F467}", "\u{1F469}\u{200D}\u{1F467}"),
            // singletons become another character, some of them ASCII
            ("\u{212B}", "\u{C5}"), ("\u{212A}", "K"), ("\u{2126}", "\u{3A9}"), ("\u{37E}", ";"),
            ("\u{340}", "\u{300}"),
            ("\u{F900}", "\u{8C48}"), ("\u{1FEE}", "\u{385}"), ("\u{374}", "\u{2B9}"),
            // marks in order, several of them, blocked ones
            ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("q\u{323}\u{307}", "q\u{323}\u{307}"),
            ("a\u{323}\u{302}", "\u{1EAD}"), ("o\u{302}\u{301}", "\u{1ED1}"), ("a\u{301}\u{301}", "\u{E1}\u{301}"),
            ("S\u{327}\u{30C}", "\u{15E}\u{30C}"), ("\u{1E9B}\u{323}", "\u{1E9B}\u{323}"),
            ("\u{344}", "\u{308}\u{301}"),
            // Hangul
            ("\u{1100}\u{1161}", "\u{AC00}"), ("\u{1100}\u{1161}\u{11A8}", "\u{AC01}"),
            ("\u{AC00}\u{11A8}", "\u{AC01}"),
            ("\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}", "\u{D55C}\u{AD6D}"),
            // excluded from composition
            ("\u{958}", "\u{915}\u{93C}"), ("\u{915}\u{93C}", "\u{915}\u{93C}"), ("\u{F43}", "\u{F42}\u{FB7}"),
            ("\u{2ADC}", "\u{2ADD}\u{338}"), ("\u{1D15E}", "\u{1D157}\u{1D165}"),
            // other scripts
            ("\u{995}\u{9C7}\u{9BE}", "\u{995}\u{9CB}"), ("\u{B47}\u{B56}", "\u{B48}"),
            ("\u{30AB}\u{3099}", "\u{30AC}"),
            ("\u{11099}\u{110BA}", "\u{1109A}"),
        ])
    func `letters and marks are composed`(_ text: String, _ expected: String) {
        #expect(Array(text.normalizedToNFC.unicodeScalars) == Array(expected.unicodeScalars))
        #expect(Transform.nfc.apply(to: [text, "x"]).map { Array($0.utf8) } == [Array(expected.utf8), [0x78]])
    }

    /// One number (FNV-1a of 64 bits, over UTF-8) for every character of Unicode 14 that isn't for private use, with a dot
    /// below and an acute.
    @Test func `every character is composed as Python composes it`() async {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ text: String) {
            for byte in text.normalizedToNFC.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        }
        var count = 0
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .privateUse,
                let age = scalar.properties.age, age <= (major: 14, minor: 0),
                !scalar.properties.isNoncharacterCodePoint
            else { continue }
            count += 1
            // The other tests of this process have deadlines to keep.
            if count.isMultiple(of: 128) { await Task.yield() }
            add(String(Character(scalar)) + "\u{323}\u{301}")
        }
        #expect(count == 144_762)
        #expect(hash == 0xD336_2901_865C_044A)
    }

    @Test func `a value of 100 kB is composed too`() {
        let long = String(repeating: "e\u{301}", count: 34_000)
        #expect(Transform.nfc.apply(to: [long]) == [String(repeating: "\u{E9}", count: 34_000)])
        // As many marks on one letter.
        #expect(Transform.nfc.apply(to: ["e" + String(repeating: "\u{301}", count: 50_000)]).count == 1)
    }
}
