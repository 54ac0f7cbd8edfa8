package import Threads

/// Instants as directories write them.
///
/// - SeeAlso: ISO 8601; RFC 4517 §3.3.13 (GeneralizedTime); [MS-DTYP] 2.3.3 (FILETIME).
package enum InstantText {
    /// Reads ISO 8601 (`2026-01-31`, `20260131`, `2026-01-31 10:00:00.5+01`, no zone = UTC), LDAP's GeneralizedTime
    /// (`20260131100000Z`), epoch seconds until the year 9999, Active Directory's FILETIME (100 ns since 1601; 0 and
    /// 2^63-1 mean never), and PostgreSQL's `infinity`.
    ///
    /// - Returns: nil for anything else.
    package static func parse(_ text: String) -> Instant? {
        if text == "infinity" { return .never }
        if let number = Int64(text), !text.hasPrefix("+") {
            // Since 1632 a FILETIME is more than 10^16; in epoch seconds that is 300 million years from now.
            if number == 0 || number == .max { return .never }
            if number >= 10_000_000_000_000_000 {
                let (seconds, rest) = number.quotientAndRemainder(dividingBy: 10_000_000)
                return .at(UnixTime(sinceEpoch: .seconds(seconds - 11_644_473_600) + .nanoseconds(rest * 100)))
            }
            // Digits that are a day are one: as seconds 99991231 were a day of 1973, and 14 digits the far future.
            let written: Instant? =
                switch text.utf8.count {
                case 8: day(text)
                case 12, 14: generalizedTime(text)
                default: nil
                }
            if let written { return written }
            // Milliseconds would be taken for a time that never comes, and a closed account for an open one.
            return epochSeconds.contains(number) ? .at(UnixTime(sinceEpoch: .seconds(number))) : nil
        }
        return iso8601(text) ?? generalizedTime(text)
    }

    /// The years 1 to 9999.
    static let epochSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// Whether it is `YYYY-MM-DD`.
    static func isDay(_ text: TextBytes) -> Bool {
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") else { return false }
        func number(_ range: Range<Int>) -> Int? {
            var number = 0
            for index in range {
                guard text[index].isDigit else { return nil }
                number = number * 10 + Int(text[index] - UInt8(ascii: "0"))
            }
            return number
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return false }
        return isDay(year, month, day)
    }

    /// Whether the Gregorian calendar has the day.
    static func isDay(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        (1...12).contains(month) && (1...daysIn(month, of: year)).contains(day)
    }

    /// Whether it is an instant of ISO 8601, with its hyphens and colons.
    static func isISO8601(_ text: String) -> Bool {
        iso8601(text) != nil
    }

    /// Whether it is LDAP's GeneralizedTime.
    static func isGeneralizedTime(_ text: String) -> Bool {
        generalizedTime(text) != nil
    }

    /// The number of an English month of three letters, in any case.
    static func month(named name: TextBytes) -> Int? {
        let months: StaticString = "janfebmaraprmayjunjulaugsepoctnovdec"
        guard name.count == 3 else { return nil }
        return months.withUTF8Buffer { months in
            (0..<12).first { month in (0..<3).allSatisfy { months[month * 3 + $0] == name[$0] | 0x20 } }.map { $0 + 1 }
        }
    }

    package enum Instant: Sendable, Hashable {
        case at(UnixTime)
        case never
    }

    private static func iso8601(_ text: String) -> Instant? {
        var rest = Substring(text).utf8
        guard let year = digits(4, &rest), skip("-", &rest), let month = digits(2, &rest), skip("-", &rest),
            let day = digits(2, &rest)
        else { return nil }
        if rest.isEmpty { return instant(year, month, day) }
        guard skip("T", &rest) || skip("t", &rest) || skip(" ", &rest), let hour = digits(2, &rest),
            skip(":", &rest), let minute = digits(2, &rest)
        else { return nil }
        var second = 0
        var fraction: Duration = .zero
        if skip(":", &rest) {
            guard let seconds = digits(2, &rest) else { return nil }
            second = seconds
            guard let part = self.fraction(&rest) else { return nil }
            fraction = part
        }
        guard let offset = zone(&rest), rest.isEmpty else { return nil }
        return instant(year, month, day, hour, minute, second, fraction, offset: offset)
    }

    /// `YYYYMMDD`
    private static func day(_ text: String) -> Instant? {
        var rest = Substring(text).utf8
        guard let year = digits(4, &rest), let month = digits(2, &rest), let day = digits(2, &rest) else { return nil }
        return instant(year, month, day)
    }

    private static func generalizedTime(_ text: String) -> Instant? {
        var rest = Substring(text).utf8
        guard let year = digits(4, &rest), let month = digits(2, &rest), let day = digits(2, &rest),
            let hour = digits(2, &rest)
        else { return nil }
        let minute = digits(2, &rest)
        let second = minute == nil ? nil : digits(2, &rest)
        guard let fraction = fraction(&rest), let offset = zone(&rest), rest.isEmpty else { return nil }
        // A fraction is one of the last unit that is there.
        let unit = minute == nil ? 3600 : second == nil ? 60 : 1
        return instant(year, month, day, hour, minute ?? 0, second ?? 0, fraction * unit, offset: offset)
    }

    private static func digits(_ count: Int, _ rest: inout Substring.UTF8View) -> Int? {
        let part = rest.prefix(count)
        guard part.count == count, part.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        rest = rest.dropFirst(count)
        return part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func skip(_ character: Unicode.Scalar, _ rest: inout Substring.UTF8View) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// `.` or `,` and digits, as a part of a second; zero if there is neither.
    private static func fraction(_ rest: inout Substring.UTF8View) -> Duration? {
        guard skip(".", &rest) || skip(",", &rest) else { return .zero }
        let part = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !part.isEmpty else { return nil }
        rest = rest.dropFirst(part.count)
        var nanoseconds: Int64 = 0
        for index in 0..<9 {
            nanoseconds *= 10
            if index < part.count {
                nanoseconds += Int64(part[part.index(part.startIndex, offsetBy: index)] - UInt8(ascii: "0"))
            }
        }
        return .nanoseconds(nanoseconds)
    }

    /// `Z`, `+01`, `+0100`, `+01:00`, in seconds; zero if there is none.
    private static func zone(_ rest: inout Substring.UTF8View) -> Int? {
        if rest.isEmpty || skip("Z", &rest) || skip("z", &rest) { return 0 }
        let sign: Int
        if skip("+", &rest) {
            sign = 1
        } else if skip("-", &rest) {
            sign = -1
        } else {
            return nil
        }
        guard let hours = digits(2, &rest), hours < 24 else { return nil }
        if rest.isEmpty { return sign * hours * 3600 }
        _ = skip(":", &rest)
        guard let minutes = digits(2, &rest), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private static func instant(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0,
        _ fraction: Duration = .zero, offset: Int = 0
    ) -> Instant? {
        guard isDay(year, month, day), (0...24).contains(hour),
            (0...59).contains(minute), (0...60).contains(second),
            hour < 24 || (minute == 0 && second == 0 && fraction == .zero)
        else { return nil }
        let seconds = daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        return .at(UnixTime(sinceEpoch: .seconds(seconds) + fraction))
    }

    private static func daysIn(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar, by counting in years that start in March.
    private static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The day that many days after 1970-01-01, by counting in years that start in March.
    static func date(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1
        )
    }
}
