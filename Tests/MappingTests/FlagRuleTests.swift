import Testing
import Threads

@testable import MigrationCore

@Suite struct FlagRuleTests {
    /// 2026-01-31T10:00:00Z
    private static let now = UnixTime(sinceEpoch: .seconds(1_769_853_600))

    private func read(_ value: String?, _ form: FlagRule.Form) -> FlagRule.Reading {
        FlagRule(column: "flag", form: form).read(value, now: Self.now)
    }

    @Test(arguments: [.trueLike, .bit(2), .equals("x"), .equals(""), .beforeNow] as [FlagRule.Form])
    func `an absent value is no`(_ form: FlagRule.Form) {
        #expect(read(nil, form) == .no)
    }

    @Test(arguments: [
        "", "0", "f", "F", "false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF",
    ])
    func `false-like values are no`(_ value: String) {
        #expect(read(value, .trueLike) == .no)
    }

    @Test(arguments: [
        "1", "t", "T", "true", "y", "yes", "on", "x", "-1", "00", "0.0", " ", " no", "no ", "fa lse", "null", "nein",
        "2026-01-31", "-", "\u{0}", "ＮＯ", "не", "لا", "n\u{301}", "0\u{20E3}", "\u{FEFF}0",
    ])
    func `every other value is yes`(_ value: String) {
        #expect(read(value, .trueLike) == .yes)
    }

    @Test(
        arguments: [
            // userAccountControl: 2 is ACCOUNTDISABLE
            ("512", 2, .no), ("514", 2, .yes), ("66048", 2, .no), ("66050", 2, .yes), ("0", 2, .no), ("2", 2, .yes),
            ("8388608", 0x800000, .yes), ("-1", 2, .yes), ("-2147483648", 0x8000_0000, .yes), ("+2", 2, .yes),
            ("6", 9, .no), ("14", 9, .yes),
            ("9223372036854775807", 2, .yes), ("-9223372036854775808", 2, .no),
            ("9223372036854775808", 2, .unreadable), ("0x202", 2, .unreadable), ("2.0", 2, .unreadable),
            ("", 2, .unreadable), (" 2", 2, .unreadable), ("true", 2, .unreadable), ("ACCOUNTDISABLE", 2, .unreadable),
            ("٢", 2, .unreadable),
        ] as [(String, Int64, FlagRule.Reading)])
    func `a bit of a number`(_ value: String, _ mask: Int64, _ expected: FlagRule.Reading) {
        #expect(read(value, .bit(mask)) == expected)
    }

    @Test(
        arguments: [
            ("0", "0", .yes), ("00", "0", .no), ("inactive", "inactive", .yes), ("Inactive", "inactive", .no),
            ("inactive ", "inactive", .no), ("gelöscht", "gelöscht", .yes), ("山田", "山田", .yes),
            // equivalent texts are not the same text
            ("gel\u{F6}scht", "gelo\u{308}scht", .no), ("\u{212A}", "K", .no),
        ] as [(String, String, FlagRule.Reading)])
    func `equality is exact`(_ value: String, _ text: String, _ expected: FlagRule.Reading) {
        #expect(read(value, .equals(text)) == expected)
    }

    @Test(
        arguments: [
            ("2026-01-31", .yes), ("2026-02-01", .no), ("2026-01-31T09:59:59.999999999Z", .yes),
            ("2026-01-31T10:00:00Z", .no), ("2026-01-31T10:00:00+00:01", .yes), ("2026-01-31T10:00:00-00:01", .no),
            ("20260131095959Z", .yes), ("20260131100000Z", .no), ("1769853599", .yes), ("1769853600", .no),
            ("20991231", .no), ("99991231", .no), ("19991231", .yes),
            ("134143271999999999", .yes), ("134143272000000000", .no),
            ("0", .no), ("9223372036854775807", .no), ("infinity", .no), ("-1", .yes),
            ("-infinity", .unreadable), ("never", .unreadable), ("", .unreadable), ("soon", .unreadable),
            ("2026-02-30", .unreadable), ("0000-00-00", .unreadable), ("1769853600000", .unreadable),
            ("31.12.2099", .unreadable),
        ] as [(String, FlagRule.Reading)])
    func `a time that has passed`(_ value: String, _ expected: FlagRule.Reading) {
        #expect(read(value, .beforeNow) == expected)
    }
}
