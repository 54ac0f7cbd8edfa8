internal import Threads

/// A form in which a directory writes days, for the transform `date`.
///
/// Either one of the `Named`, or a pattern such as `DD.MM.YYYY`: `YYYY` and `YY` for the year, `MM` and `DD` with two digits,
/// `M` and `D` with one or two, `MMM` for an English month of three letters in any case; everything else stands for itself.
/// Its code is its text.
public struct DateFormat: Sendable, Hashable {
    public enum Named: String, Sendable, Hashable, CaseIterable {
        /// ISO 8601, with a time or without: the day as it is written, whatever the zone.
        case iso
        /// LDAP's GeneralizedTime: the day as it is written.
        case generalizedTime = "generalized_time"
        /// Active Directory's FILETIME: the day in UTC; 0 and 2^63-1 mean never.
        case filetime
        /// Seconds since 1970: the day in UTC.
        case epoch
        /// Milliseconds since 1970: the day in UTC.
        case epochMilliseconds = "epoch_ms"
    }

    private enum Part: Sendable, Hashable {
        case year
        /// The year without its century.
        case shortYear
        case month
        case monthName
        case day
        /// The same with one digit where one is enough.
        case shortMonth, shortDay
        case literal(UInt8)
    }

    private enum Form: Sendable, Hashable {
        case named(Named)
        case parts([Part])
    }

    public let text: String
    private let form: Form

    /// Why a text is no format.
    public struct SyntaxError: Error, Sendable, Hashable {
        public let message: String
    }

    public init(_ text: String) throws(SyntaxError) {
        self.text = text
        if let named = Named(rawValue: text) {
            form = .named(named)
            return
        }
        var parts: [Part] = []
        var rest = Substring(text)
        while let first = rest.first {
            let run = rest.prefix { $0 == first }
            rest = rest.dropFirst(run.count)
            switch run {
            case "YYYY": parts.append(.year)
            case "YY": parts.append(.shortYear)
            case "MMM": parts.append(.monthName)
            case "MM": parts.append(.month)
            case "M": parts.append(.shortMonth)
            case "DD": parts.append(.day)
            case "D": parts.append(.shortDay)
            default:
                guard !first.isLetter || !first.isASCII else {
                    let names = Named.allCases.map(\.rawValue).joined(separator: ", ")
                    throw SyntaxError(
                        message:
                            "\(quoted(String(run))) is no part of a date; write YYYY or YY, MM, M or MMM, DD or D, "
                            + "or one of \(names)")
                }
                parts += String(run).utf8.map { .literal($0) }
            }
        }
        func count(_ kinds: Part...) -> Int { parts.count { kinds.contains($0) } }
        guard count(.year, .shortYear) == 1, count(.month, .shortMonth, .monthName) == 1, count(.day, .shortDay) == 1
        else { throw SyntaxError(message: "a date has one year, one month and one day, such as DD.MM.YYYY") }
        for (part, next) in zip(parts, parts.dropFirst()) where part == .shortMonth || part == .shortDay {
            switch next {
            case .literal(let byte) where !byte.isDigit: continue
            case .monthName: continue
            default: throw SyntaxError(message: "behind M or D stands something that isn't a number")
            }
        }
        form = .parts(parts)
    }

    /// Whether it has years without their century.
    var hasShortYear: Bool {
        if case .parts(let parts) = form { parts.contains(.shortYear) } else { false }
    }

    enum Reading {
        case day(year: Int, month: Int, day: Int)
        /// The form's way to say that there is none.
        case never
        /// It has the form, and no calendar has the day.
        case impossible
        case otherForm
    }

    /// - Parameter pivot: the last short year of this century: with 30, `30` is 2030 and `31` is 1931.
    func read(_ value: TextBytes, pivot: Int) -> Reading {
        switch form {
        case .parts(let parts): Self.read(value, parts, pivot: pivot)
        case .named(.iso) where value.count < 10 || value[4] != UInt8(ascii: "-") || value[7] != UInt8(ascii: "-"):
            .otherForm
        case .named(.iso): Self.dayAsWritten(value, InstantText.isISO8601(value.string), [0..<4, 5..<7, 8..<10])
        case .named(.generalizedTime):
            Self.dayAsWritten(value, InstantText.isGeneralizedTime(value.string), [0..<4, 4..<6, 6..<8])
        case .named(.filetime):
            switch Int64(value.string) {
            case nil: .otherForm
            case 0, Int64.max: .never
            case let ticks?: ticks < 0 ? .impossible : Self.day(seconds: ticks / 10_000_000 - 11_644_473_600)
            }
        case .named(.epoch): Int64(value.string).map { Self.day(seconds: $0) } ?? .otherForm
        case .named(.epochMilliseconds):
            Int64(value.string).map { Self.day(seconds: $0.dividedRoundingDown(by: 1000)) } ?? .otherForm
        }
    }

    private static func read(_ value: TextBytes, _ parts: [Part], pivot: Int) -> Reading {
        var index = 0
        func number(_ digits: ClosedRange<Int>) -> Int? {
            var count = 0
            var number = 0
            while count < digits.upperBound, index < value.count, value[index].isDigit {
                number = number * 10 + Int(value[index] - UInt8(ascii: "0"))
                index += 1
                count += 1
            }
            return digits.contains(count) ? number : nil
        }
        var year = 0
        var month = 0
        var day = 0
        for part in parts {
            let isThere: Bool
            switch part {
            case .year: isThere = number(4...4).map { year = $0 } != nil
            case .shortYear: isThere = number(2...2).map { year = $0 + ($0 <= pivot ? 2000 : 1900) } != nil
            case .month: isThere = number(2...2).map { month = $0 } != nil
            case .shortMonth: isThere = number(1...2).map { month = $0 } != nil
            case .day: isThere = number(2...2).map { day = $0 } != nil
            case .shortDay: isThere = number(1...2).map { day = $0 } != nil
            case .monthName:
                let name = value.part(index..<min(index + 3, value.count))
                isThere = InstantText.month(named: name).map { month = $0 } != nil
                index += name.count
            case .literal(let byte):
                isThere = index < value.count && value[index] == byte
                index += 1
            }
            guard isThere else { return .otherForm }
        }
        guard index == value.count else { return .otherForm }
        return isDay(year, month, day) ? .day(year: year, month: month, day: day) : .impossible
    }

    /// The numbers at the places of year, month and day.
    ///
    /// - Parameter isWhole: whether the whole text has the form, its day included.
    private static func dayAsWritten(_ value: TextBytes, _ isWhole: Bool, _ places: [Range<Int>]) -> Reading {
        var numbers: [Int] = []
        for place in places {
            guard place.upperBound <= value.count, value[place].allSatisfy(\.isDigit) else { return .otherForm }
            numbers.append(value[place].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
        }
        guard isDay(numbers[0], numbers[1], numbers[2]) else { return .impossible }
        return isWhole ? .day(year: numbers[0], month: numbers[1], day: numbers[2]) : .otherForm
    }

    /// No calendar has a year 0, and databases write one where there is no date.
    private static func isDay(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        year > 0 && InstantText.isDay(year, month, day)
    }

    /// The day in UTC, of the years 1 to 9999.
    private static func day(seconds: Int64) -> Reading {
        guard InstantText.epochSeconds.contains(seconds) else { return .impossible }
        let date = InstantText.date(daysSinceEpoch: Int(seconds.dividedRoundingDown(by: 86_400)))
        return .day(year: date.year, month: date.month, day: date.day)
    }
}

extension Int64 {
    /// As before 1970 too, where plain division rounds up.
    fileprivate func dividedRoundingDown(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension DateFormat: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The transform `date`: the forms that are tried one after the other, and what becomes of them.
public struct DateReader: Sendable, Hashable, Codable {
    public var formats: [DateFormat]
    /// The last year without a century that is this century's: with 30, `30` is 2030 and `31` is 1931.
    public var pivot: Int

    public init(_ formats: [DateFormat], pivot: Int = 0) {
        self.formats = formats
        self.pivot = pivot
    }

    /// Writes `YYYY-MM-DD`, by the first form that reads the value as a day; nothing if the form says that there is none.
    func write(_ value: TextBytes, _ target: inout GrowingBuffer<UInt8>) -> AttributeRuleCode? {
        var problem = AttributeRuleCode.dateFormat
        for format in formats {
            switch format.read(value, pivot: pivot) {
            case .day(let year, let month, let day):
                target.append(number: year, digits: 4)
                target.append(UInt8(ascii: "-"))
                target.append(number: month, digits: 2)
                target.append(UInt8(ascii: "-"))
                target.append(number: day, digits: 2)
                return nil
            case .never: return nil
            case .impossible: problem = .dateImpossible
            case .otherForm: continue
            }
        }
        return problem
    }
}

extension GrowingBuffer<UInt8> {
    /// - Parameter number: not negative, of at most so many digits.
    fileprivate mutating func append(number: Int, digits: Int) {
        let start = count
        append(repeating: UInt8(ascii: "0"), count: digits)
        var rest = number
        for index in stride(from: start + digits - 1, through: start, by: -1) {
            self[index] += UInt8(rest % 10)
            rest /= 10
        }
    }
}
