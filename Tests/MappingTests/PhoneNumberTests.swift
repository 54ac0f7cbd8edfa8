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
        static let spain = Country(code: "34", trunk: nil)
        static let switzerland = Country(code: "41", trunk: "0")
        static let austria = Country(code: "43", trunk: "0")
        static let poland = Country(code: "48", trunk: nil)
        static let netherlands = Country(code: "31", trunk: "0")
        static let sweden = Country(code: "46", trunk: "0")
        static let turkey = Country(code: "90", trunk: "0")
        static let brazil = Country(code: "55", trunk: "0")
        static let mexico = Country(code: "52", trunk: nil)
        static let india = Country(code: "91", trunk: "0")
        static let china = Country(code: "86", trunk: "0")
        static let korea = Country(code: "82", trunk: "0")
        static let singapore = Country(code: "65", trunk: nil)
        static let southAfrica = Country(code: "27", trunk: "0")
        static let ireland = Country(code: "353", trunk: "0")
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
            (.spain, "91 123 45 67", "+34911234567"), (.spain, "0034 911 234 567", "+34911234567"),
            (.switzerland, "044 668 18 00", "+41446681800"), (.switzerland, "+41 (0)44/668.18.00", "+41446681800"),
            (.austria, "01/234 56-78", "+4312345678"), (.austria, "0043 (0) 1 2345678", "+4312345678"),
            (.poland, "12 345 67 89", "+48123456789"), (.poland, "(+48) 123-456-789", "+48123456789"),
            (.netherlands, "06 - 12 34 56 78", "+31612345678"), (.netherlands, "+31 (0)6 12345678", "+31612345678"),
            (.sweden, "08-465 004 00", "+46846500400"), (.sweden, "+46 (0)8 465 004 00", "+46846500400"),
            (.turkey, "0 (212) 555 01 23", "+902125550123"), (.turkey, "0090 212 555 01 23", "+902125550123"),
            (.brazil, "(011) 5555-0123", "+551155550123"), (.brazil, "+55 11 95555-0123", "+5511955550123"),
            (.mexico, "55 5555 0123", "+525555550123"), (.mexico, "+52 55 5555 0123", "+525555550123"),
            (.india, "098765 43210", "+919876543210"), (.india, "+91-98765-43210", "+919876543210"),
            (.china, "010 5555 0123", "+861055550123"), (.china, "+86 138 0013 8000", "+8613800138000"),
            (.korea, "02-555-0123", "+8225550123"), (.korea, "001 49 30 23125001", "+493023125001"),
            (.singapore, "6555 0123", "+6565550123"), (.singapore, "001 49 30 23125001", "+493023125001"),
            (.southAfrica, "(011) 555 0123", "+27115550123"), (.southAfrica, "+27 (0)11 555 0123", "+27115550123"),
            (.ireland, "(01) 555 0123", "+35315550123"), (.ireland, "00353 1 555 0123", "+35315550123"),
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
