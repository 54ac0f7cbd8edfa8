import Testing

@testable import MigrationCore

/// Numbers as address books and forms hold them. The subscribers are of ranges set aside for films and examples.
@Suite struct PhoneNumberTests {
    struct Country: Sendable, CustomTestStringConvertible {
        let code: String
        let trunk: String?
        var testDescription: String { "+\(code)" }

        static let germany = Country(code: "49", trunk: "0")
        static let britain = Country(code: "44", trunk: "0")
        static let america = Country(code: "1", trunk: "1")
        static let france = Country(code: "33", trunk: "0")
        static let italy = Country(code: "39", trunk: nil)
        static let hungary = Country(code: "36", trunk: "06")
        static let russia = Country(code: "7", trunk: "8")
        static let australia = Country(code: "61", trunk: "0")
        static let japan = Country(code: "81", trunk: "0")
    }

    private func international(_ text: String, _ country: Country) -> String {
        PhoneNumber.international(text, countryCode: country.code, trunkPrefix: country.trunk)
    }

    @Test(
        arguments: [
            // Germany: Bundesnetzagentur, numbers for media
            (.germany, "030 23125001", "+493023125001"),
            (.germany, "030/23125-001", "+493023125001"),
            (.germany, "(030) 23 12 50 01", "+493023125001"),
            (.germany, "30 23125001", "+493023125001"),
            (.germany, "+49 30 23125001", "+493023125001"),
            (.germany, "+49 (0)30 23125001", "+493023125001"),
            (.germany, "+49 (0) 30 / 23125 - 001", "+493023125001"),
            (.germany, "+49 (030) 23125001", "+493023125001"),
            (.germany, "+49 030 23125001", "+493023125001"),
            (.germany, "+49(0)30-23125001", "+493023125001"),
            (.germany, "(+49) 30 23125001", "+493023125001"),
            (.germany, "0049 30 23125001", "+493023125001"),
            (.germany, "0049 (0)30 23125001", "+493023125001"),
            (.germany, "(0049)(0)30 23125001", "+493023125001"),
            (.germany, "0049 030 23125001", "+493023125001"),
            (.germany, "0171.39200.01", "+491713920001"),
            // abroad, from a German directory
            (.germany, "+44 (0)20 7946 0018", "+442079460018"),
            (.germany, "0033 1 99 00 12 34", "+33199001234"),
            (.germany, "+39 06 5550 1234", "+390655501234"),
            // Britain: Ofcom, numbers for drama
            (.britain, "020 7946 0018", "+442079460018"),
            (.britain, "(020) 7946 0018", "+442079460018"),
            (.britain, "+44 20 7946 0018", "+442079460018"),
            (.britain, "07700 900123", "+447700900123"),
            (.britain, "00 44 7700 900123", "+447700900123"),
            // North America: 555-0100 to 555-0199; from there one dials 011
            (.america, "(202) 555-0123", "+12025550123"),
            (.america, "202.555.0123", "+12025550123"),
            (.america, "1-202-555-0123", "+12025550123"),
            (.america, "+1 202 555 0123", "+12025550123"),
            (.america, "+1 (202) 555\u{2011}0123", "+12025550123"),
            (.america, "011 44 20 7946 0018", "+442079460018"),
            // France: ARCEP, numbers for audiovisual works
            (.france, "01 99 00 12 34", "+33199001234"),
            (.france, "+33 (0)1 99 00 12 34", "+33199001234"),
            (.france, "+33.1.99.00.12.34", "+33199001234"),
            // Italy keeps its 0
            (.italy, "06 5550 1234", "+390655501234"),
            (.italy, "+39 06 5550 1234", "+390655501234"),
            // a trunk prefix of two digits
            (.hungary, "06 1 555 0123", "+3615550123"),
            (.hungary, "+36 (06) 1 555 0123", "+3615550123"),
            // In Russia an area code may start like the trunk prefix.
            (.russia, "8 495 555 01 23", "+74955550123"),
            (.russia, "+7 812 555 01 23", "+78125550123"),
            (.russia, "8 10 49 30 23125001", "+493023125001"),
            (.australia, "(02) 5550 1234", "+61255501234"),
            (.australia, "0011 49 30 23125001", "+493023125001"),
            (.japan, "03-5555-0123", "+81355550123"),
            (.japan, "010 49 30 23125001", "+493023125001"),
            // what copying leaves: direction marks, no-break spaces, other dashes, a byte order mark
            (.germany, "\u{202A}+49 30 23125001\u{202C}", "+493023125001"),
            (.germany, "\u{FEFF}030\u{A0}23125\u{2013}001\u{200B}", "+493023125001"),
            (.germany, "030\u{2009}23125\u{2212}001\t", "+493023125001"),
        ] as [(Country, String, String)])
    func `a number as people write it becomes one with its country`(
        _ country: Country, _ text: String, _ expected: String
    ) {
        #expect(international(text, country) == expected)
        #expect(PhoneNumber.isE164(expected))
    }

    @Test(arguments: [
        "-", "/", "...", "0", "00", "000", "+", "()", "unknown", "n/a", "keine Angabe", "030 23125001 ext. 12",
        "030 23125001 x12", "030 23125001 App. 3", "030 23125001;ext=12", "030 23125001 #12",
        "030 23125001, 0171 3920001", "tel:+493023125001", "+49 30 23125001 / +49 171 3920001", "ana@example.com",
        "030 23125001 030 23125002", "٠٣٠٢٣١٢٥٠٠١", "\u{FF10}30 23125001", "0301️⃣", "☎️ 030", "030\u{0}23125001",
        "++49 30 23125001", "+0 30 23125001", "0x1F", "1e10", "03\u{301}0 23125001",
        String(repeating: "0", count: 100_000), String(repeating: "(0)", count: 40_000),
    ])
    func `what isn't one number is refused by the validator, not made into another`(_ text: String) {
        let result = international(text, .germany)
        #expect(!PhoneNumber.isE164(result), "\(result.prefix(40))")
        #expect(!result.isEmpty, "it would count as absent, and nobody would hear of it")
    }

    @Test(arguments: ["", " ", "\u{A0}\t", "\u{200E}", "+49", " +49 ", "0049", "+49 (0)"])
    func `a blank field, or one with the country code of a form, has no number`(_ text: String) {
        #expect(international(text, .germany) == "")
    }

    @Test(arguments: [
        ("+493023125001", true), ("+12", true), ("+123456789012345", true),
        ("+1234567890123456", false), ("+1", false), ("+", false), ("", false), ("493023125001", false),
        ("+0493023125", false), ("+49 3023125001", false), ("+49-30", false), ("+49a", false), ("++49", false),
        ("+٤٩٣٠", false), ("+49\u{301}", false), ("\u{FF0B}4930", false), ("+49\n", false),
    ])
    func `E.164 is a plus and two to fifteen digits, not from 0`(_ text: String, _ isE164: Bool) {
        #expect(PhoneNumber.isE164(text) == isE164)
    }
}
