public import Logging

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Log lines as JSON, one object a line, each written whole by a single `write`.
///
/// `{"time":"2026-01-31T12:00:00.123Z","level":"info","message":"invocation","requestId":"…"}`: time in UTC, then level
/// and message, then the metadata by key. Numbers and booleans stay what they are, dictionaries become objects. A metadata
/// key that is one of the first three gets an underscore in front.
public struct JSONLogHandler: LogHandler {
    /// What time and levels are called.
    public enum Names: Sendable, Hashable {
        /// `time`; swift-log's levels.
        case swiftLog
        /// `timestamp`; `TRACE DEBUG INFO WARN ERROR FATAL`: those that Lambda filters by if a function's log format is
        /// JSON. It takes a line with other names for one of INFO.
        ///
        /// - SeeAlso: AWS Lambda documentation, "Log-level filtering".
        case lambda
    }

    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let names: Names
    private let fileDescriptor: CInt

    /// - Parameter fileDescriptor: where the lines go: standard error, unless said. It is not closed.
    public init(level: Logger.Level = .info, names: Names = .swiftLog, fileDescriptor: CInt = 2) {
        self.logLevel = level
        self.names = names
        self.fileDescriptor = fileDescriptor
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let error = event.error { all["error"] = .string("\(error)") }
        if let given = event.metadata { all.merge(given) { $1 } }
        Self.emit(
            Self.line(
                time: .now, level: event.level, message: event.message.description, metadata: all,
                names: names),
            to: fileDescriptor)
    }

    static func line(
        time: UTCTime, level: Logger.Level, message: String, metadata: Logger.Metadata, names: Names = .swiftLog
    ) -> [UInt8] {
        var line = Array("{\"\(names.time)\":\"".utf8)
        line.append(contentsOf: time.rfc3339.utf8)
        line.append(contentsOf: "\",\"level\":\"\(names.name(of: level))\",\"message\":".utf8)
        line.append(jsonString: message)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line.append(UInt8(ascii: ","))
            line.append(jsonString: [names.time, "level", "message"].contains(key) ? "_" + key : key)
            line.append(UInt8(ascii: ":"))
            line.append(metadataValue: value)
        }
        line.append(contentsOf: "}\n".utf8)
        return line
    }

    /// A line that can't be written is lost: nobody could be told.
    private static func emit(_ line: [UInt8], to fileDescriptor: CInt) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = write(fileDescriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}

extension JSONLogHandler.Names {
    fileprivate var time: String {
        switch self {
        case .swiftLog: "time"
        case .lambda: "timestamp"
        }
    }

    fileprivate func name(of level: Logger.Level) -> String {
        switch (self, level) {
        case (.swiftLog, _): "\(level)"
        case (.lambda, .trace): "TRACE"
        case (.lambda, .debug): "DEBUG"
        case (.lambda, .info), (.lambda, .notice): "INFO"
        case (.lambda, .warning): "WARN"
        case (.lambda, .error): "ERROR"
        case (.lambda, .critical): "FATAL"
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(metadataValue value: Logger.Metadata.Value) {
        switch value {
        case .string(let text):
            append(jsonString: text)
        case .stringConvertible(let value):
            switch value {
            case let value as Bool: append(contentsOf: "\(value)".utf8)
            case let value as any BinaryInteger: append(contentsOf: "\(value)".utf8)
            case let value as Double where value.isFinite: append(contentsOf: "\(value)".utf8)
            case let value as Float where value.isFinite: append(contentsOf: "\(value)".utf8)
            default: append(jsonString: "\(value)")
            }
        case .array(let values):
            append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                append(metadataValue: value)
            }
            append(UInt8(ascii: "]"))
        case .dictionary(let values):
            append(UInt8(ascii: "{"))
            for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                append(jsonString: key)
                append(UInt8(ascii: ":"))
                append(metadataValue: value)
            }
            append(UInt8(ascii: "}"))
        }
    }
}

/// An instant of the wall clock, to the millisecond, as log lines show it.
struct UTCTime: Sendable {
    /// Since 1970-01-01T00:00:00Z.
    let milliseconds: Int64

    static var now: UTCTime {
        var time = timespec()
        // Can't fail: the clock exists and the pointer is ours.
        clock_gettime(CLOCK_REALTIME, &time)
        return UTCTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// `2026-01-31T12:00:00.123Z`. By hand, because a DateFormatter brings ICU along.
    var rfc3339: String {
        let (days, inDay) = milliseconds.flooredQuotientAndRemainder(dividingBy: 86_400_000)
        // Civil from days (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"): years that begin in March, so
        // that the leap day is the last one, in eras of 400 years.
        let (era, dayOfEra) = (days + 719_468).flooredQuotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

        var text = ""
        text.append(padded: year, 4, "-")
        text.append(padded: month, 2, "-")
        text.append(padded: day, 2, "T")
        text.append(padded: inDay / 3_600_000, 2, ":")
        text.append(padded: inDay / 60_000 % 60, 2, ":")
        text.append(padded: inDay / 1000 % 60, 2, ".")
        text.append(padded: inDay % 1000, 3, "Z")
        return text
    }
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension String {
    fileprivate mutating func append(padded number: Int64, _ width: Int, _ terminator: String) {
        let digits = String(number)
        append(String(repeating: "0", count: max(0, width - digits.count)))
        append(digits)
        append(terminator)
    }
}
