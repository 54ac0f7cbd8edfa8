import Foundation
import Logging
import Testing

@testable import LambdaRuntime

struct JSONLogHandlerTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
            (1_735_689_599_007, "2024-12-31T23:59:59.007Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ])
    func `time is RFC 3339 in UTC, to the millisecond`(_ milliseconds: Int64, _ text: String) {
        #expect(UTCTime(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test func `every day of 400 years is the calendar's`() throws {
        let formatter = ISO8601DateFormatter()
        for day in 0..<146_097 {
            let time = UTCTime(milliseconds: Int64(day) * 86_400_000)
            let expected = formatter.string(from: Date(timeIntervalSince1970: Double(day) * 86_400))
            try #require(time.rfc3339 == expected.replacing("Z", with: ".000Z"))
        }
    }

    @Test(
        arguments: [
            ("plain", #""plain""#),
            ("", #""""#),
            (#"a"b\c"#, #""a\"b\\c""#),
            ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
            ("\u{0}\u{1}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u001f\u{7F}\""),
            ("Grüße, 世界 👋🏽 \u{2028}", "\"Grüße, 世界 👋🏽 \u{2028}\""),
        ])
    func `text is escaped as JSON asks`(_ text: String, _ expected: String) throws {
        var json: [UInt8] = []
        json.append(jsonString: text)
        #expect(String(decoding: json, as: UTF8.self) == expected)
        let read = try JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed)
        #expect(read as? String == text)
    }

    @Test func `a line is one object: time, level, message, then the metadata by key`() {
        let line = JSONLogHandler.line(
            time: UTCTime(milliseconds: 0), level: .warning, message: "in\nvocation",
            metadata: [
                "requestId": "r\"1", "ms": ["total": .stringConvertible(12), "lookup": .stringConvertible(3.5)],
                "list": ["a", .stringConvertible(true)], "level": "mine", "notANumber": .stringConvertible(Double.nan),
                "other": .stringConvertible(UnicodeScalar("é")),
            ])
        let expected =
            #"{"time":"1970-01-01T00:00:00.000Z","level":"warning","message":"in\nvocation","_level":"mine","#
            + #""list":["a",true],"ms":{"lookup":3.5,"total":12},"notANumber":"nan","other":"é","requestId":"r\"1"}"#
            + "\n"
        #expect(String(decoding: line, as: UTF8.self) == expected)
    }

    @Test(
        arguments: [
            (.trace, "TRACE"), (.debug, "DEBUG"), (.info, "INFO"), (.notice, "INFO"), (.warning, "WARN"),
            (.error, "ERROR"), (.critical, "FATAL"),
        ] as [(Logger.Level, String)])
    func `time and level have the names that Lambda filters by, where it does`(_ level: Logger.Level, _ name: String) {
        let line = JSONLogHandler.line(
            time: UTCTime(milliseconds: 0), level: level, message: "m",
            metadata: ["timestamp": "mine", "time": "also"],
            names: .lambda)
        let expected =
            #"{"timestamp":"1970-01-01T00:00:00.000Z","level":"\#(name)","message":"m","time":"also","#
            + #""_timestamp":"mine"}"# + "\n"
        #expect(String(decoding: line, as: UTF8.self) == expected)
    }

    @Test func `lines of many threads stay whole`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(descriptor >= 0)
        var logger = Logger(label: "test") { _ in JSONLogHandler(level: .info, fileDescriptor: descriptor) }
        logger[metadataKey: "fixed"] = "yes"
        let text = String(repeating: "x", count: 5000)
        await withTaskGroup { group in
            for number in 0..<8 {
                group.addTask { [logger] in
                    for _ in 0..<50 {
                        logger.info("event", metadata: ["number": .stringConvertible(number), "text": "\(text)"])
                    }
                    logger.debug("not shown")
                }
            }
        }
        close(descriptor)
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 400)
        for line in lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object.keys.sorted() == ["fixed", "level", "message", "number", "text", "time"])
        }
    }

    @Test func `metadata of the call wins over the provider's, and that over the logger's`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let descriptor = open(file.path, O_WRONLY | O_CREAT, 0o600)
        var handler = JSONLogHandler(fileDescriptor: descriptor)
        handler.metadata = ["a": "logger", "b": "logger", "c": "logger"]
        handler.metadataProvider = .init { ["b": "provider", "c": "provider"] }
        let logger = Logger(label: "test") { [handler] _ in handler }
        logger.error("event", metadata: ["c": "call"])
        close(descriptor)
        let line = try String(contentsOf: file, encoding: .utf8)
        #expect(line.hasSuffix(#""level":"error","message":"event","a":"logger","b":"provider","c":"call"}"# + "\n"))
    }
}
