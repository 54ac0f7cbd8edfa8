import Foundation
import Testing

@testable import MigrationCore

/// Each rule, broken once: by its name, with the attribute and the column that the value came from.
@Suite struct RuleCodeTests {
    @Test func `docs/rules.md lists every rule once, in the code's order`() throws {
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: project.appending(path: "docs/rules.md"), encoding: .utf8)
        let codes = text.split(separator: "\n").compactMap { line in
            line.hasPrefix("| `") ? String(line.dropFirst(3).prefix { $0 != "`" }) : nil
        }
        #expect(codes == AttributeRuleCode.allCases.map(\.rawValue))
    }

    private struct Case: Sendable, CustomTestStringConvertible {
        let code: AttributeRuleCode
        let attribute: String
        let value: String
        var transform: Transform?
        var testDescription: String { "\(code.rawValue): \(value.prefix(30))" }

        init(_ code: AttributeRuleCode, _ attribute: String, _ value: String, _ transform: Transform? = nil) {
            self.code = code
            self.attribute = attribute
            self.value = value
            self.transform = transform
        }
    }

    private static let pool = UserPoolSettings(
        id: nil, usernameAttributes: [], aliasAttributes: [.email, .phoneNumber], isCaseSensitive: false,
        attributes: [
            .init(
                name: "custom:code", type: .string, isMutable: false, isRequired: false, minLength: 3, maxLength: 5,
                minValue: nil, maxValue: nil),
            .init(
                name: "custom:age", type: .number, isMutable: true, isRequired: false, minLength: nil, maxLength: nil,
                minValue: 18, maxValue: 130),
            .init(
                name: "custom:since", type: .dateTime, isMutable: true, isRequired: false, minLength: nil,
                maxLength: nil, minValue: nil, maxValue: nil),
        ], passwordPolicy: nil)

    private static func cases() throws -> [Case] {
        let digits = try RegularExpression("[0-9]+")
        return [
            Case(.required, "name", "q", .lookup([:])), Case(.tooLong, "custom:code", "ÄÖÜ"),
            Case(.tooLong, "name", String(repeating: "山", count: 683)), Case(.tooShort, "custom:code", "ab"),
            Case(.phoneFormat, "phone_number", "030 23125001 ext. 12", .e164(countryCode: "49", trunkPrefix: "0")),
            Case(.birthdateFormat, "birthdate", "31.01.1990"), Case(.birthdateFormat, "birthdate", "1990-02-30"),
            Case(.emailFormat, "email", "ana@localhost"), Case(.booleanFormat, "email_verified", "yes"),
            Case(.numberFormat, "custom:age", "old"), Case(.numberRange, "custom:age", "17"),
            Case(.numberRange, "updated_at", "-1"), Case(.dateTimeFormat, "custom:since", "yesterday"),
            Case(.localeFormat, "locale", "Deutsch (Deutschland)"), Case(.usernameFormat, "username", "ana sol"),
            Case(.usernameLikeAlias, "username", "ana@example.com"),
            Case(.usernameLikeAlias, "username", "+493023125001"), Case(.neverSettable, "sub", "x"),
            Case(.neverSettable, "identities", "x"), Case(.neverSettable, "cognito:user_status", "CONFIRMED"),
            Case(.dateFormat, "birthdate", "1990/01/31", .date(DateReader([try DateFormat("DD.MM.YYYY")]))),
            Case(.dateImpossible, "birthdate", "31.02.1990", .date(DateReader([try DateFormat("DD.MM.YYYY")]))),
            Case(.epochFormat, "updated_at", "yesterday", .epoch), Case(.dnFormat, "name", "Sales", .rdn),
            Case(.patternLimit, "name", String(repeating: "a", count: 5000), .extract(digits, group: 0)),
        ]
    }

    private func mapping(_ rule: AttributeRule) -> AttributeMapping {
        AttributeMapping([rule], validator: AttributeValidator(pool: Self.pool)) { $0 == "c" ? 0 : nil }
    }

    private func entry(_ bytes: [UInt8]) -> DirectoryEntry {
        var builder = EntryBatch.Builder(columns: ColumnList(["c"], isExhaustive: true))
        bytes.withUnsafeBytes { builder.appendValue($0) }
        builder.endCell()
        builder.endEntry()
        return builder.take()[0]
    }

    @Test func `a rejection names attribute, rule and source column`() throws {
        var seen: Set<AttributeRuleCode> = []
        for test in try Self.cases() {
            let rule = AttributeRule(
                test.attribute, from: .columns(["missing", "c"]), transforms: [test.transform].compactMap { $0 },
                isRequired: test.code == .required)
            let entry = entry(Array(test.value.utf8))
            let mapped = mapping(rule).map(entry)
            #expect(
                mapped.rejections == [AttributeRejection(test.attribute, test.code, column: "c")],
                "\(test.testDescription)")
            #expect(mapped.values == [] && mapped.username == nil)
            #expect(mapping(rule).explain(entry).map(\.outcome) == [.rejected(test.code)])
            // Dropped, nobody is rejected.
            var dropping = rule
            dropping.onInvalid = .drop
            if test.code != .required { #expect(mapping(dropping).map(entry).rejections == []) }
            seen.insert(test.code)
        }
        let rule = AttributeRule("name", from: .columns(["c"]))
        #expect(
            mapping(rule).map(entry([0x61, 0xFF])).rejections == [AttributeRejection("name", .notUTF8, column: "c")])
        // Those two are no value's: Forgot password asks for a contact, and a change of a user in the pool for mutability.
        #expect(seen.union([.notUTF8, .noVerifiedContact, .immutable]) == Set(AttributeRuleCode.allCases))
    }

    @Test(
        arguments: [
            ("custom:code", nil, .immutable), ("custom:age", nil, nil), ("username", nil, .immutable),
            ("email", nil, nil), ("sub", .neverSettable, .neverSettable),
            ("identities", .neverSettable, .neverSettable), ("cognito:mfa_enabled", .neverSettable, .neverSettable),
        ] as [(String, AttributeRuleCode?, AttributeRuleCode?)])
    func `an immutable attribute is set when the user is made, one of Cognito's own never`(
        _ attribute: String, _ new: AttributeRuleCode?, _ existing: AttributeRuleCode?
    ) {
        let validator = AttributeValidator(pool: Self.pool)
        #expect(validator.problem(setting: attribute, of: .new) == new)
        #expect(validator.problem(setting: attribute, of: .existing) == existing)
    }

    @Test(
        arguments: [
            ("ana", nil), ("ana@example", nil), ("ana@example.com", .usernameLikeAlias), ("493023125001", nil),
            ("+493023125001", .usernameLikeAlias), ("+49", .usernameLikeAlias), ("+0", nil),
        ] as [(String, AttributeRuleCode?)])
    func `a user name that looks like an alias is refused only where there are such aliases`(
        _ name: String, _ expected: AttributeRuleCode?
    ) {
        #expect(AttributeValidator(pool: Self.pool).problem(with: name, of: "username") == expected)
        #expect(AttributeValidator(pool: .assumed(hasUsername: true)).problem(with: name, of: "username") == nil)
    }

    @Test(arguments: [
        ("de", true), ("de-DE", true), ("de_CH", true), ("zh-Hant-TW", true), ("es-419", true),
        ("sl-rozaj-biske", true),
        ("ast", true), ("d", false), ("de-", false), ("-de", false), ("de--DE", false), ("de-DE.UTF-8", false),
        ("deutsch (de)", false), ("de DE", false), ("дe", false), ("12", false), ("de-abcdefghi", false),
    ])
    func `a locale is a language tag`(_ text: String, _ isOne: Bool) {
        let problem = AttributeValidator(pool: Self.pool).problem(with: text, of: "locale")
        #expect(problem == (isOne ? nil : .localeFormat))
    }
}
