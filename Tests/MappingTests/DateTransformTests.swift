import Testing

@testable import MigrationCore

@Suite struct DateTransformTests {
    /// A day, or the rule that refuses it; nil for a form's "never".
    private enum Expected: Sendable, Hashable, ExpressibleByStringLiteral {
        case day(String)
        case never
        case refused(AttributeRuleCode)

        init(stringLiteral text: String) { self = .day(text) }

        static let otherForm = Expected.refused(.dateFormat)
        static let impossible = Expected.refused(.dateImpossible)
    }

    private func read(_ formats: [String], _ text: String, pivot: Int = 30) throws -> Expected {
        var column = ValueColumn([text])
        Transform.date(DateReader(try formats.map { try DateFormat($0) }, pivot: pivot)).apply(to: &column)
        if let failure = column.failure(0) {
            #expect(column.texts(0) == [])
            return .refused(failure)
        }
        return column.texts(0).first.map { .day($0) } ?? .never
    }

    @Test(
        arguments: [
            // Germany, Switzerland, Russia
            ("DD.MM.YYYY", "31.01.1990", "1990-01-31"), ("DD.MM.YYYY", "1.1.1990", .otherForm),
            ("D.M.YYYY", "1.2.1990", "1990-02-01"), ("D.M.YYYY", "01.02.1990", "1990-02-01"),
            ("DD.MM.YYYY", "31.02.1990", .impossible), ("DD.MM.YYYY", "29.02.2023", .impossible),
            ("DD.MM.YYYY", "29.02.2024", "2024-02-29"), ("DD.MM.YYYY", "29.02.1900", .impossible),
            ("DD.MM.YYYY", "00.01.1990", .impossible), ("DD.MM.YYYY", "01.13.1990", .impossible),
            ("DD.MM.YYYY", "01.01.0000", .impossible), ("DD.MM.YYYY", "31.01.90", .otherForm),
            ("DD.MM.YYYY", "31.01.1990 ", .otherForm), ("DD.MM.YYYY", "31/01/1990", .otherForm),
            ("DD.MM.YYYY", "31.01.19900", .otherForm), ("DD.MM.YYYY", "", .never),
            // United States, Britain and France
            ("MM/DD/YYYY", "01/31/1990", "1990-01-31"), ("MM/DD/YYYY", "31/01/1990", .impossible),
            ("M/D/YYYY", "1/31/1990", "1990-01-31"), ("DD/MM/YYYY", "31/01/1990", "1990-01-31"),
            // ISO 8601, as days and instants
            ("YYYY-MM-DD", "1990-01-31", "1990-01-31"), ("iso", "1990-01-31", "1990-01-31"),
            ("iso", "1990-01-31T23:59:59Z", "1990-01-31"), ("iso", "1990-01-31 00:00:00", "1990-01-31"),
            ("iso", "1990-01-31T23:00:00-08:00", "1990-01-31"), ("iso", "1990-02-30", .impossible),
            ("iso", "1990-02-30T00:00:00Z", .impossible), ("iso", "0000-00-00", .impossible),
            ("iso", "0000-00-00 00:00:00", .impossible), ("iso", "1990-01-31T25:00:00Z", .otherForm),
            ("iso", "19900131", .otherForm), ("iso", "1990-1-31", .otherForm),
            // China, Japan, Korea, Hungary
            ("YYYY/MM/DD", "1990/01/31", "1990-01-31"), ("YYYY年M月D日", "1990年1月31日", "1990-01-31"),
            ("YYYY. M. D.", "1990. 1. 31.", "1990-01-31"), ("YYYYMMDD", "19900131", "1990-01-31"),
            ("DDMMYYYY", "31011990", "1990-01-31"),
            // GeneralizedTime
            ("generalized_time", "19900131000000Z", "1990-01-31"),
            ("generalized_time", "19900131000000.0Z", "1990-01-31"),
            ("generalized_time", "19900131235959-0800", "1990-01-31"),
            ("generalized_time", "1990013123Z", "1990-01-31"),
            ("generalized_time", "19900230000000Z", .impossible), ("generalized_time", "19900131", .otherForm),
            ("generalized_time", "19900131250000Z", .otherForm), ("generalized_time", "1990-01-31", .otherForm),
            // epoch seconds and milliseconds, FILETIME
            ("epoch", "633744000", "1990-01-31"), ("epoch", "0", "1970-01-01"), ("epoch", "-1", "1969-12-31"),
            ("epoch", "-86400", "1969-12-31"), ("epoch", "-86401", "1969-12-30"), ("epoch", "1709164800", "2024-02-29"),
            ("epoch", "-62135596800", "0001-01-01"), ("epoch", "253402300799", "9999-12-31"),
            ("epoch", "253402300800", .impossible), ("epoch", "9223372036854775807", .impossible),
            ("epoch", "9223372036854775808", .otherForm), ("epoch", "1.5", .otherForm), ("epoch", "now", .otherForm),
            ("epoch_ms", "633744000000", "1990-01-31"), ("epoch_ms", "-1", "1969-12-31"),
            ("epoch_ms", "-9223372036854775808", .impossible),
            ("filetime", "122782176000000000", "1990-01-31"), ("filetime", "116444736000000000", "1970-01-01"),
            ("filetime", "0", .never), ("filetime", "9223372036854775807", .never), ("filetime", "-1", .impossible),
            ("filetime", "1", "1601-01-01"), ("filetime", "x", .otherForm),
            // years without a century; the pivot is 30
            ("DD.MM.YY", "31.01.90", "1990-01-31"), ("DD.MM.YY", "31.01.31", "1931-01-31"),
            ("DD.MM.YY", "31.01.30", "2030-01-31"), ("DD.MM.YY", "31.01.00", "2000-01-31"),
            ("DD.MM.YY", "29.02.00", "2000-02-29"), ("DD.MM.YY", "31.01.1990", .otherForm),
            // Oracle
            ("DD-MMM-YYYY", "31-JAN-1990", "1990-01-31"), ("DD-MMM-YY", "01-dec-45", "1945-12-01"),
            ("DD-MMM-YYYY", "31-Mai-1990", .otherForm), ("DD-MMM-YYYY", "30-Feb-1990", .impossible),
            ("DMMMYYYY", "1Jan1990", "1990-01-01"), ("DD-MMM-YYYY", "31-J", .otherForm),
            ("DD-MMM-YYYY", "31-J\u{0}N-1990", .otherForm),
            // no digits but ASCII's, and nothing around them
            ("DD.MM.YYYY", "٣١.٠١.١٩٩٠", .otherForm), ("DD.MM.YYYY", "３１.01.1990", .otherForm),
            ("DD.MM.YYYY", "\u{200E}31.01.1990", .otherForm), ("DD.MM.YYYY", "-1.01.1990", .otherForm),
            ("DD.MM.YYYY", "unknown", .otherForm), ("DD.MM.YYYY", "👍", .otherForm),
        ] as [(String, String, Expected)])
    private func `a date becomes YYYY-MM-DD, or is refused by name`(
        _ format: String, _ text: String, _ expected: Expected
    ) throws {
        #expect(try read([format], text) == expected)
    }

    @Test func `of several forms the first that gives a day decides`() throws {
        let formats = ["DD.MM.YYYY", "MM/DD/YYYY", "DD/MM/YYYY", "iso"]
        #expect(try read(formats, "31.01.1990") == "1990-01-31")
        #expect(try read(formats, "02/01/1990") == "1990-02-01")
        // Impossible as month and day, a day as day and month.
        #expect(try read(formats, "31/01/1990") == "1990-01-31")
        #expect(try read(formats, "1990-01-31") == "1990-01-31")
        #expect(try read(formats, "31/02/1990") == .impossible)
        #expect(try read(formats, "31-01-1990") == .otherForm)
    }

    /// Every day of four centuries: there and back again, against the calendar's own rule.
    @Test func `days and seconds agree over four hundred years`() throws {
        var wrong: [Int] = []
        var (year, month, day) = (1800, 1, 1)
        for days in -62_091..<84_006 {
            let date = InstantText.date(daysSinceEpoch: days)
            if (date.year, date.month, date.day) != (year, month, day) { wrong.append(days) }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
            day += 1
            if day > length { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect(wrong == [])
        #expect((year, month, day) == (2200, 1, 1))
    }

    @Test(arguments: ["DD.MM.YYYY", "iso", "generalized_time", "epoch", "filetime", "DD-MMM-YY"])
    func `a value of 100 kB is refused`(_ format: String) throws {
        for start in ["31.01.1990", "1", "19900131x", "-", "é"] {
            // Read as far as a day, sevens are one that no calendar has.
            let result = try read([format], start + String(repeating: "7", count: 100_000))
            #expect(result == .otherForm || result == .impossible && format == "generalized_time")
        }
    }

    @Test(arguments: [
        ("", "a date has one year, one month and one day, such as DD.MM.YYYY"),
        ("DD.MM", "a date has one year, one month and one day, such as DD.MM.YYYY"),
        ("YYYY YY MM DD", "a date has one year, one month and one day, such as DD.MM.YYYY"),
        (
            "dd.mm.yyyy",
            #""dd" is no part of a date; write YYYY or YY, MM, M or MMM, DD or D, or one of iso, "#
                + "generalized_time, filetime, epoch, epoch_ms"
        ),
        ("DMYYYY", "behind M or D stands something that isn't a number"),
        ("M1DD/YYYY", "behind M or D stands something that isn't a number"),
    ])
    func `a form that can't be read says why`(_ text: String, _ message: String) {
        #expect(throws: DateFormat.SyntaxError(message: message)) { try DateFormat(text) }
    }

    @Test(
        arguments: [
            ("2026-01-31T10:00:00Z", "1769853600"), ("2026-01-31 11:00:00.9+01", "1769853600"),
            ("20260131100000Z", "1769853600"), ("1769853600", "1769853600"), ("134143272000000000", "1769853600"),
            ("1969-12-31T23:59:59.5Z", "-1"), ("1970-01-01T00:00:00Z", "0"),
            // never is no instant
            ("0", nil), ("infinity", nil), ("9223372036854775807", nil),
        ] as [(String, String?)])
    func `epoch gives whole seconds`(_ text: String, _ expected: String?) {
        #expect(Transform.epoch.apply(to: [text]) == [expected].compactMap { $0 })
    }

    @Test(arguments: ["yesterday", "2026-02-30", "31.01.2026", "1769853600000", "１", " ", "1.5"])
    func `epoch refuses by name what it can't read`(_ text: String) {
        var column = ValueColumn([text, "2026-01-31"])
        Transform.epoch.apply(to: &column)
        #expect(column.texts(0) == [])
        #expect(column.failure(0) == .epochFormat)
    }
}
