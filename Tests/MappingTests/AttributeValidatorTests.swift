import Testing

@testable import MigrationCore

@Suite struct AttributeValidatorTests {
    private typealias Attribute = UserPoolSettings.Attribute

    private static func attribute(
        _ name: String, _ type: UserPoolSettings.Attribute.DataType = .string, required: Bool = false,
        length: ClosedRange<Int>? = nil, minValue: Double? = nil, maxValue: Double? = nil
    ) -> UserPoolSettings.Attribute {
        .init(
            name: name, type: type, isMutable: true, isRequired: required, minLength: length?.lowerBound,
            maxLength: length?.upperBound, minValue: minValue, maxValue: maxValue)
    }

    private static func validator(_ attributes: [UserPoolSettings.Attribute]?) -> AttributeValidator {
        AttributeValidator(
            pool: UserPoolSettings(
                id: nil, usernameAttributes: [], aliasAttributes: [], isCaseSensitive: false, attributes: attributes,
                passwordPolicy: nil))
    }

    private static let withoutSchema = validator(nil)

    private static let withSchema = validator([
        attribute("sub", required: true, length: 1...2048), attribute("email", required: true, length: 0...2048),
        attribute("birthdate", length: 10...10), attribute("updated_at", .number, minValue: 0),
        attribute("email_verified", .boolean), attribute("name", required: true, length: 0...2048),
        attribute("custom:city", length: 2...10), attribute("custom:huge", length: 0...5000),
        attribute("custom:age", .number, minValue: 18, maxValue: 130),
        attribute("custom:debt", .number, maxValue: -0.5), attribute("custom:any", .number),
        attribute("custom:vip", .boolean), attribute("custom:since", .dateTime),
    ])

    private static func a(_ count: Int) -> String { String(repeating: "a", count: count) }

    // MARK: Email

    @Test(arguments: [
        "ana@example.com", "ana.maria+news@mail.example.co.uk", "a@b.c", "1@2.de", "o'brien@example.com",
        "!#$%&'*+-/=?^_`{|}~@example.com", "ana@xn--bcher-kva.example", "jürgen@bücher.example", "用户@例子.中国",
        "علي@مثال.إختبار", "ana@192.0.2.1", "ana@[192.0.2.1]", "_@example.com", "-@example.com", "\"a@b\"@example.com",
        "\"..\"@example.com",
        // some Japanese carriers gave out such names
        "ana..b@example.ne.jp", "ana.@example.ne.jp",
        "ANA@EXAMPLE.COM", "e\u{301}@example.com", "👍@example.com", "ana@ex_ample.com", a(64) + "@example.com",
        a(2036) + "@example.com",
    ])
    func `an address that may be one is taken, however unusual`(_ email: String) {
        #expect(Self.withoutSchema.problem(with: email, of: "email") == nil)
        #expect(Self.withSchema.problem(with: email, of: "email") == nil)
    }

    @Test(arguments: [
        "ana", "@", "@example.com", "ana@", "ana@example", "ana@localhost", "ana@.example.com", "ana@example.com.",
        "ana@example..com", "ana@.", "ana@@example.com", "a@b@example.com", "ana @example.com", "ana@ example.com",
        " ana@example.com", "ana@example.com ", "ana@example.com\n", "ana\t@example.com", "ana\u{A0}@example.com",
        "ana\u{3000}@example.com", "ana\u{0}@example.com", "ana\u{7F}@example.com", "ana\u{85}@example.com",
        "ana@example.com, bo@example.com", "ana@example.com;bo@example.com", "Ana <ana@example.com>",
        "mailto:ana@", "n/a", "-", "ana\u{FF20}example.com",
    ])
    func `an address that Cognito refuses is refused`(_ email: String) {
        #expect(Self.withoutSchema.problem(with: email, of: "email") == .emailFormat)
    }

    // MARK: Username

    @Test(arguments: [
        "a", a(128), "ana.maria-b_c+1", "ana@example.com", "DOMAIN\\ana", "山田太郎", "Ελένη", "Дмитрий", "علي", "עדי",
        "हिन्दी", "e\u{301}", "€$+<>", "①Ⅷ½", "👍🏽", "🇩🇪", "!\"#%&'()*,-./:;?@[\\]_{}¡«»", "\u{20DD}", "\u{903}", "ǅ", "ʰ",
        String(repeating: "山", count: 128), String(repeating: "👍", count: 128),
    ])
    func `a user name is of 1 to 128 letters, marks, symbols, numbers and punctuation in any script`(_ name: String) {
        #expect(Self.withoutSchema.problem(with: name, of: "username") == nil)
    }

    @Test(arguments: [
        "", " ", "ana maria", " ana", "ana ", "ana\n", "a\tb", "a\u{A0}b", "a\u{3000}b", "a\u{2028}b", "a\u{0}",
        "\u{7F}",
        "a\u{AD}b", "a\u{200B}b", "a\u{200E}b", "a\u{FEFF}", "\u{E000}", "\u{10FFFF}", "\u{FFFE}",
        // the family is joined by a format character
        "👩‍👩‍👧", a(129), String(repeating: "e\u{301}", count: 65), a(100_000),
    ])
    func `spaces, controls and format characters are no part of a user name`(_ name: String) {
        #expect(Self.withoutSchema.problem(with: name, of: "username") == .usernameFormat)
    }

    // MARK: The other standard attributes

    @Test(
        arguments: [
            ("birthdate", "1990-02-28", nil), ("birthdate", "2024-02-29", nil), ("birthdate", "1899-12-31", nil),
            ("birthdate", "2023-02-29", .birthdateFormat), ("birthdate", "1900-02-29", .birthdateFormat),
            ("birthdate", "1990-13-01", .birthdateFormat), ("birthdate", "1990-00-10", .birthdateFormat),
            ("birthdate", "1990-2-28", .birthdateFormat), ("birthdate", "28.02.1990", .birthdateFormat),
            ("birthdate", "02/28/1990", .birthdateFormat), ("birthdate", "1990-02-28T00:00:00Z", .birthdateFormat),
            ("birthdate", "0000-00-00", .birthdateFormat), ("birthdate", "19900228", .birthdateFormat),
            // ten characters that are something else: epoch seconds, an hour, an instant
            ("birthdate", "0636163200", .birthdateFormat), ("birthdate", "1990022810", .birthdateFormat),
            ("birthdate", "2026013110", .birthdateFormat), ("birthdate", "1990-02-2８", .birthdateFormat),
            ("phone_number", "+493023125001", nil), ("phone_number", "493023125001", .phoneFormat),
            ("phone_number", "+49 30 23125001", .phoneFormat), ("phone_number", "+4930231250010000", .phoneFormat),
            ("email_verified", "true", nil), ("email_verified", "false", nil),
            ("email_verified", "True", .booleanFormat),
            ("email_verified", "1", .booleanFormat), ("email_verified", "yes", .booleanFormat),
            ("email_verified", " true", .booleanFormat), ("phone_number_verified", "TRUE", .booleanFormat),
            ("phone_number_verified", "true", nil),
            ("updated_at", "0", nil), ("updated_at", "1769853600", nil), ("updated_at", "1769853600.5", nil),
            ("updated_at", "-1", .numberRange), ("updated_at", "2026-01-31", .numberFormat),
            ("updated_at", "", .numberFormat),
            ("name", "Ana", nil), ("name", "عبد الله", nil), ("name", "e\u{301} 👩‍👩‍👧‍👦\n", nil),
            ("name", a(2048), nil), ("name", a(2049), .tooLong),
            // bytes, not characters
            ("name", String(repeating: "é", count: 1024), nil), ("name", String(repeating: "é", count: 1025), .tooLong),
            ("name", String(repeating: "山", count: 683), .tooLong),
            ("name", String(repeating: "👍", count: 512), nil), ("name", String(repeating: "👍", count: 513), .tooLong),
            ("custom:unknown", a(2049), .tooLong), ("custom:unknown", "x", nil),
        ] as [(String, String, AttributeRuleCode?)])
    func `a standard attribute is checked with a schema and without`(
        _ attribute: String, _ value: String, _ expected: AttributeRuleCode?
    ) {
        #expect(Self.withoutSchema.problem(with: value, of: attribute) == expected)
        // The schema's own bounds may come first.
        let problem = Self.withSchema.problem(with: value, of: attribute)
        #expect(attribute == "birthdate" ? (problem == nil) == (expected == nil) : problem == expected)
    }

    // MARK: The schema

    @Test(
        arguments: [
            ("custom:city", "Rom", nil), ("custom:city", "Ul", nil), ("custom:city", "U", .tooShort),
            ("custom:city", "Düsseldor", nil), ("custom:city", "Düsseldorf", .tooLong),
            ("custom:city", a(11), .tooLong),
            ("custom:huge", a(2048), nil), ("custom:huge", a(2049), .tooLong),
            ("custom:age", "18", nil), ("custom:age", "130", nil), ("custom:age", "17", .numberRange),
            ("custom:age", "131", .numberRange), ("custom:age", "17.999", .numberRange), ("custom:age", "18.0", nil),
            ("custom:age", "-18", .numberRange), ("custom:age", "018", nil),
            ("custom:debt", "-1", nil), ("custom:debt", "-0.5", nil), ("custom:debt", "0", .numberRange),
            ("custom:any", "-9223372036854775809", nil), ("custom:any", "123456789012345678901234567890", nil),
            ("custom:any", "1e5", .numberFormat), ("custom:any", "0x1F", .numberFormat),
            ("custom:any", "nan", .numberFormat), ("custom:any", "inf", .numberFormat),
            ("custom:any", "1,5", .numberFormat), ("custom:any", "1 ", .numberFormat),
            ("custom:any", "+1", .numberFormat),
            ("custom:any", "-", .numberFormat), ("custom:any", ".", .numberFormat),
            ("custom:any", "1.2.3", .numberFormat),
            ("custom:any", "1-2", .numberFormat), ("custom:any", "--1", .numberFormat),
            ("custom:any", "١", .numberFormat),
            ("custom:any", String(repeating: "9", count: 400), .numberFormat),
            ("custom:any", String(repeating: "0", count: 2049), .numberFormat),
            ("custom:vip", "true", nil), ("custom:vip", "1", .booleanFormat),
            ("custom:since", "2026-01-31T10:00:00Z", nil), ("custom:since", "2026-01-31", nil),
            ("custom:since", "2026-01-31T11:00:00.5+01:00", nil), ("custom:since", "2026-02-30", .dateTimeFormat),
            ("custom:since", "1769853600", .dateTimeFormat), ("custom:since", "0", .dateTimeFormat),
            ("custom:since", "infinity", .dateTimeFormat), ("custom:since", "134143272000000000", .dateTimeFormat),
            ("custom:since", "20260131100000Z", .dateTimeFormat), ("custom:since", "20260131", .dateTimeFormat),
            ("custom:since", "2026-01-31T10:00:00." + String(repeating: "0", count: 2048), .dateTimeFormat),
        ] as [(String, String, AttributeRuleCode?)])
    func `an attribute of the schema is checked by its type and bounds`(
        _ attribute: String, _ value: String, _ expected: AttributeRuleCode?
    ) {
        #expect(Self.withSchema.problem(with: value, of: attribute) == expected)
    }

    @Test func `the longest value is the schema's, and 2048 bytes at most`() {
        #expect(Self.withSchema.maxBytes(of: "custom:city") == 10)
        #expect(Self.withSchema.maxBytes(of: "custom:huge") == 2048)
        #expect(Self.withSchema.maxBytes(of: "custom:unknown") == 2048)
        #expect(Self.withoutSchema.maxBytes(of: "name") == 2048)
    }

    @Test func `the schema demands attributes; sub is Cognito's own`() {
        #expect(Self.withSchema.requiredAttributes == ["email", "name"])
        #expect(Self.withoutSchema.requiredAttributes == [])
    }

    @Test(arguments: [
        "name", "email", "phone_number", "birthdate", "updated_at", "email_verified", "username", "custom:since",
    ])
    func `a value of 100 kB is refused`(_ attribute: String) {
        for start in ["a", "1", "+", "2026-01-31", "a@", "\"", "."] {
            let value = start + String(repeating: "7", count: 100_000)
            #expect(Self.withSchema.problem(with: value, of: attribute) != nil)
        }
    }
}
