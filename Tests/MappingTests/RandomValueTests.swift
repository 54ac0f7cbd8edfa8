import TestSupport
import Testing
import Threads

@testable import MigrationCore

/// Values that nobody thought of: no rule may trap, and what each promises of every value holds.
@Suite struct RandomValueTests {
    private static let pieces: [String] =
        [
            "0", "00", "1", "9", "49", "2026", "9999", "9223372036854775807", "-9223372036854775808",
            "18446744073709551615", "-", "+", ".", ",", ":", "/", "(", ")", "(0)", " ", "\t", "\r\n", "\u{A0}", "T",
            "Z",
            "z", "e", "x", "@", "\"", "true", "no", "inf", "nan", "infinity", "2026-02-29", "T23:59:60",
            ".999999999999",
            "+14:00", "-99", "20260131", "20261331235960", "\u{0}", "\u{7F}", "\u{AD}", "\u{200E}", "\u{FEFF}",
            "\u{301}", "é", "ß", "İ", "علي", "٣", "\u{FF10}", "山", "👍🏽", "👩‍👩‍👧‍👦", "\u{20E3}", "🇩🇪", "\u{200D}", "\u{10FFFF}",
        ] + (0...9).map(String.init) + (0...9).map(String.init)

    private static func text(_ random: inout SeededGenerator) -> String {
        // Mostly short: long ones are garbage at their first character.
        let count = Int.random(in: 0...(Bool.random(using: &random) ? 4 : 24), using: &random)
        return (0..<count).map { _ in pieces.randomElement(using: &random)! }.joined()
    }

    private static func transform(_ random: inout SeededGenerator) -> Transform {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: .trim
        case 1: .lowercase
        case 2: .uppercase
        case 3: .collapseWhitespace
        case 4: .prefix(text(&random))
        case 5: .suffix(text(&random))
        case 6:
            .split(
                separator: pieces.randomElement(using: &random)!,
                index: [0, 1, -1, -2, .max, .min].randomElement(using: &random)!)
        case 7: .join(text(&random))
        case 8: .lookup([text(&random): text(&random)])
        case 9:
            .e164(
                countryCode: ["49", "1", "7", "39"].randomElement(using: &random)!,
                trunkPrefix: ["0", "1", "06", nil].randomElement(using: &random)!)
        case 10: .boolean
        case 11: .present
        case 12: .nfc
        case 13: .rdn
        case 14: .epoch
        case 15: .date(dates.randomElement(using: &random)!)
        case 16: .replace(patterns.randomElement(using: &random)!, replacement)
        case 17: .extract(patterns.randomElement(using: &random)!, group: 0)
        case 18: .truncate([0, 1, 7, 2048, .max, .min].randomElement(using: &random)!)
        default: .default(text(&random))
        }
    }

    // Each is right, or the first use of it would trap.
    private static let patterns = ["[0-9]+", "^.", ".$", "x*", "(a|é)+", "[^a-z]", "[[:space:]]"].map {
        try! RegularExpression($0)
    }
    private static let replacement = try! Replacement(#"<\0>"#, groupCount: 0)
    private static let dates = ["DD.MM.YYYY", "D/M/YY", "iso", "generalized_time", "filetime", "epoch", "epoch_ms"].map
    {
        DateReader([try! DateFormat($0)], pivot: 30)
    }

    private static let seeds = 0..<8 as Range<UInt64>

    @Test(arguments: seeds)
    func `an instant is within the years of its forms, and a flag of time is read as it is`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let text = Self.text(&random)
            let instant = InstantText.parse(text)
            let now = UnixTime(sinceEpoch: .seconds(Int64.random(in: .min ... .max, using: &random)))
            let reading = FlagRule(column: "c", form: .beforeNow).read(text, now: now)
            switch instant {
            case nil: #expect(reading == .unreadable, "\(text.debugDescription)")
            case .never: #expect(reading == .no)
            case .at(let time):
                #expect(reading == (time < now ? .yes : .no))
                // Year 0, less a day for a zone, to the last FILETIME.
                let years = Duration.seconds(-62_167_305_600)...Duration.seconds(910_692_730_086)
                #expect(years.contains(time.sinceEpoch), "\(text.debugDescription)")
            }
        }
    }

    @Test(arguments: seeds)
    func `other flags are read too`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let now = UnixTime(milliseconds: 0)
        for _ in 0..<5_000 {
            let text = Self.text(&random)
            let mask = Int64.random(in: .min ... .max, using: &random)
            let bit = FlagRule(column: "c", form: .bit(mask)).read(text, now: now)
            #expect((bit == .unreadable) == (Int64(text) == nil))
            #expect(FlagRule(column: "c", form: .equals(text)).read(text, now: now) == .yes)
            #expect(FlagRule(column: "c").read(text, now: now) != .unreadable)
        }
    }

    @Test(arguments: seeds)
    func `a phone number gains its country code, and no other digits`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let text = Self.text(&random)
            let code = ["49", "1", "7", "61"].randomElement(using: &random)!
            let trunk = ["0", "1", "8", "06", "", nil].randomElement(using: &random)!
            let number = PhoneNumber.international(text, countryCode: code, trunkPrefix: trunk)
            guard PhoneNumber.isE164(number) else { continue }
            let typed = String(String.UnicodeScalarView(text.unicodeScalars.filter { ("0"..."9").contains($0) }))
            let digits = number.dropFirst()
            #expect(
                typed.isSuffix(of: digits, after: code) || typed.hasDigits(of: digits, after: code, trunk: trunk),
                "\(text.debugDescription) became \(number)")
        }
    }

    @Test(arguments: seeds)
    func `transforms in any order give values that aren't empty`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            var values = (0..<Int.random(in: 0...3, using: &random)).map { _ in Self.text(&random) }.filter {
                !$0.isEmpty
            }
            for _ in 0..<4 {
                let transform = Self.transform(&random)
                let result = transform.apply(to: values)
                #expect(result.allSatisfy { !$0.isEmpty }, "\(transform) of \(values)")
                if case .truncate(let count) = transform { #expect(result.allSatisfy { $0.utf8.count <= count }) }
                values = result
            }
        }
    }

    @Test(arguments: seeds)
    func `every value is valid or not`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let types: [UserPoolSettings.Attribute.DataType] = [.string, .number, .boolean, .dateTime]
        let schema = types.map { type in
            UserPoolSettings.Attribute(
                name: "custom:\(type)", type: type, isMutable: true, isRequired: false, minLength: 2, maxLength: 20,
                minValue: -1, maxValue: 1e30)
        }
        let validator = AttributeValidator(
            pool: UserPoolSettings(
                id: nil, usernameAttributes: [], aliasAttributes: [], isCaseSensitive: false, attributes: schema,
                passwordPolicy: nil))
        let names =
            schema.map(\.name) + ["email", "phone_number", "birthdate", "updated_at", "email_verified", "username"]
        for _ in 0..<2_000 {
            let text = Self.text(&random)
            for name in names where validator.problem(with: text, of: name) == nil {
                #expect(text.utf8.count <= 2048)
                if name == "phone_number" { #expect(text.utf8.count <= 16 && text.utf8.first == UInt8(ascii: "+")) }
                if name == "birthdate" { #expect(text.utf8.count == 10 && text.utf8.filter { $0 == 0x2D }.count == 2) }
            }
        }
    }
}

extension String {
    /// Whether digits are a country code and the end of what was typed, or only that end.
    fileprivate func isSuffix(of digits: Substring, after code: String) -> Bool {
        hasSuffix(digits) || digits.hasPrefix(code) && hasSuffix(digits.dropFirst(code.count))
    }

    /// Whether digits are those typed without one trunk prefix in the middle, as in `+49 (0)30`.
    fileprivate func hasDigits(of digits: Substring, after code: String, trunk: String?) -> Bool {
        guard let trunk, !trunk.isEmpty else { return false }
        return indices.contains { index in
            guard self[index...].hasPrefix(trunk) else { return false }
            let shorter = self[..<index] + self[index...].dropFirst(trunk.count)
            return shorter.hasSuffix(digits)
        }
    }
}
