import Foundation
import TestSupport
import Testing

@testable import CSVConnector

/// How records and fields are found, without a file.
@Suite struct `the rules of a csv file` {
    /// The records of a text; nil for one whose quotes are wrong.
    private func records(
        _ text: String, delimiter: String = ",", encoding: CSVEncoding = .utf8
    ) throws -> [[String]?] {
        try records(Array(text.utf8), format: CSVFormat(delimiter: delimiter, encoding: encoding))
    }

    private func records(_ bytes: [UInt8], format: CSVFormat) throws -> [[String]?] {
        var records: [[String]?] = []
        var scanner = RecordScanner(delimiter: format.delimiter)
        var fields = RecordFields(format)
        var start = 0
        try bytes.withUnsafeBytes { bytes in
            while start < bytes.count {
                scanner.reset()
                guard case .end(let end) = scanner.scan(bytes, start: start, from: start, isLast: true) else {
                    throw Unterminated()
                }
                let hasReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
                let record = UnsafeRawBufferPointer(rebasing: bytes[start..<(hasReturn ? end - 1 : end)])
                if fields.split(record, expected: nil) != nil {
                    records.append(nil)
                } else {
                    records.append(
                        (0..<fields.count).map { index in
                            fields.withText(index, of: record) { String(decoding: $0, as: UTF8.self) } ?? "(no text)"
                        })
                }
                start = end + 1
            }
        }
        return records
    }

    private struct Unterminated: Error {}

    // RFC 4180, section 2, by its numbers, and what spreadsheets write.
    @Test(
        arguments: [
            ("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),  // 1
            ("aaa,bbb,ccc\r\nzzz,yyy,xxx", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),  // 2
            ("a, b ,c", [["a", " b ", "c"]]),  // 4: spaces are part of a field
            ("a,b,", [["a", "b", ""]]), (",,", [["", "", ""]]), (",", [["", ""]]),
            ("\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),  // 5
            ("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx", [["aaa", "b\r\nbb", "ccc"], ["zzz", "yyy", "xxx"]]),  // 6
            ("\"a,b\",c", [["a,b", "c"]]),  // 6
            ("\"aaa\",\"b\"\"bb\",\"ccc\"", [["aaa", "b\"bb", "ccc"]]),  // 7
            ("\"\",\"\"\"\",\"\"\"\"\"\"", [["", "\"", "\"\""]]), ("\"\"\"a\"\"\"", [["\"a\""]]),
            ("\"a\"\"\r\n\"\"b\",c\nd,e", [["a\"\r\n\"b", "c"], ["d", "e"]]),
            ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]), ("\"a\"\n\"b\"", [["a"], ["b"]]), ("\"a\"\r\n", [["a"]]),
            ("\"a\"\r", [["a"]]), ("a\r", [["a"]]), ("a\rb,c", [["a\rb", "c"]]), ("\r\r\n", [["\r"]]),
            ("5\" disk,a\"b\"", [["5\" disk", "a\"b\""]]), (" \"a\nb\"", [[" \"a"], ["b\""]]),
            ("\n\na", [[""], [""], ["a"]]), ("ж,\"漢,字\",😀", [["ж", "漢,字", "😀"]]),
            // Something follows the closing quote.
            ("\"a\"b,c\nd", [nil, ["d"]]), ("\"a\" ,c\nd", [nil, ["d"]]), ("\"a\"b\"c,d\"\ne", [nil, ["e"]]),
            ("\"a\"\rb\nc", [nil, ["c"]]),
        ] as [(String, [[String]?])])
    func `records and fields are those of RFC 4180`(_ text: String, _ expected: [[String]?]) throws {
        #expect(try records(text) == expected)
    }

    @Test(arguments: ["\"", "\"a", "a,\"", "a\n\"b\n", "\"a\"\"", "\"\"\"", "\"a\nb,\"\"c"])
    func `a quote that is never closed has no end`(_ text: String) {
        #expect(throws: Unterminated.self) { try records(text) }
    }

    @Test(arguments: [
        ",", ";", "|", "\t", "\\t", " ", "\u{1F}", "é", "§", "漢", "😀",
    ])
    func `any character may be the delimiter`(_ delimiter: String) throws {
        let actual = delimiter == "\\t" ? "\t" : delimiter
        let text = ["a", "\"b\(actual)\"\"\n\"", "", "\"\"", "d"].joined(separator: actual) + "\n\"x\"\(actual)y"
        #expect(try records(text, delimiter: delimiter) == [["a", "b\(actual)\"\n", "", "", "d"], ["x", "y"]])
    }

    @Test(arguments: ["", ",,", "\"", "\r", "\n", "\r\n", "\u{0}", "\\n", "tab", "e\u{301}"])
    func `what isn't one character is no delimiter`(_ delimiter: String) {
        #expect(throws: CSVFormat.Problem.self) { try CSVFormat(delimiter: delimiter) }
    }

    @Test func `a delimiter is one of the file's encoding`() throws {
        #expect(try CSVFormat(delimiter: "§", encoding: .latin1).delimiter == [0xA7])
        #expect(try CSVFormat(delimiter: "€", encoding: .windows1252).delimiter == [0x80])
        #expect(try CSVFormat(delimiter: "€").delimiter == [0xE2, 0x82, 0xAC])
        #expect(throws: CSVFormat.Problem.self) { try CSVFormat(delimiter: "€", encoding: .latin1) }
        #expect(throws: CSVFormat.Problem.self) { try CSVFormat(delimiter: "漢", encoding: .windows1252) }
    }

    @Test(
        arguments: [
            (.latin1, [0x4A, 0xFC, 0x72, 0x67, 0x65, 0x6E], "Jürgen"), (.latin1, [0x80, 0x9F], "\u{80}\u{9F}"),
            (.latin1, [0xA0, 0xFF], "\u{A0}ÿ"), (.windows1252, [0x80, 0x8A, 0x9F, 0xE9], "€ŠŸé"),
            (.windows1252, [0x81], nil), (.windows1252, [0x8D], nil), (.windows1252, [0x8F], nil),
            (.windows1252, [0x90], nil), (.windows1252, [0x9D], nil), (.utf8, [0xC3, 0xBC], "ü"),
            // RFC 3629, section 10: overlong forms, surrogates, beyond the last scalar, cut short
            (.utf8, [0xC0, 0x80], nil), (.utf8, [0xED, 0xA0, 0x80], nil), (.utf8, [0xF4, 0x90, 0x80, 0x80], nil),
            (.utf8, [0xE6, 0xBC], nil), (.utf8, [0xFC], nil), (.utf8, [0x61, 0x00], nil), (.latin1, [0x00], nil),
        ] as [(CSVEncoding, [UInt8], String?)])
    func `bytes are text as the encoding says, or none`(
        _ encoding: CSVEncoding, _ bytes: [UInt8], _ expected: String?
    ) throws {
        let format = try CSVFormat(encoding: encoding)
        #expect(try records(bytes, format: format) == [[expected ?? "(no text)"]])
        // The same with doubled quotes, which are read by another way.
        let quoted = [0x22, 0x22, 0x22] + bytes + [0x22]
        #expect(try records(quoted, format: format) == [[expected.map { "\"" + $0 } ?? "(no text)"]])
    }

    @Test func `windows-1252 has 251 characters, each with its byte`() throws {
        var scalars: Set<Unicode.Scalar> = []
        for byte in UInt8(1)...255 {
            var text: [UInt8] = []
            guard withUnsafeBytes(of: byte, { CSVEncoding.windows1252.append($0, to: &text) }) else { continue }
            let scalar = try #require(String(decoding: text, as: UTF8.self).unicodeScalars.first)
            #expect(CSVEncoding.windows1252.bytes(of: scalar) == [byte])
            scalars.insert(scalar)
        }
        // All but the five that have none, and NUL.
        #expect(scalars.count == 250)
    }

    /// Random bytes of those that mean something, in pieces of every size: the pieces must not matter.
    @Test(arguments: 1...20)
    func `a record ends at one place, whatever pieces it comes in`(_ seed: Int) async {
        var random = SeededGenerator(seed: UInt64(seed))
        for delimiter in [",", "§", "漢"] {
            let delimiterBytes = Array(delimiter.utf8)
            for _ in 0..<20 {
                await Task.yield()
                var bytes: [UInt8] = []
                for _ in 0..<Int.random(in: 1...60, using: &random) {
                    bytes +=
                        [[0x22], [0x22], [0x0A], [0x0D], delimiterBytes, [delimiterBytes[0]], [0x61]]
                        .randomElement(using: &random) ?? []
                }
                let whole = end(of: bytes, piece: bytes.count, delimiter: delimiterBytes)
                for piece in 1...5 {
                    #expect(end(of: bytes, piece: piece, delimiter: delimiterBytes) == whole, "\(bytes), \(piece)")
                }
            }
        }
    }

    /// Feeds pieces, and keeps only as much before the place to go on from as the scanner asks for.
    private func end(of bytes: [UInt8], piece: Int, delimiter: [UInt8]) -> [Int] {
        var scanner = RecordScanner(delimiter: delimiter)
        var from = 0
        var fed = min(piece, bytes.count)
        while true {
            let kept = max(0, from - RecordScanner.memory)
            let result = bytes[kept..<fed].withUnsafeBytes {
                scanner.scan($0, start: -kept, from: from - kept, isLast: fed == bytes.count)
            }
            switch result {
            case .end(let end): return [kept + end, scanner.lineFeeds]
            case .unterminated: return [-1, scanner.lineFeeds]
            case .more(let next): from = kept + next
            }
            fed = min(fed + piece, bytes.count)
        }
    }

    // MARK: The index

    private func found(_ value: String, in index: IdentifierIndex, atMost limit: Int = .max) throws -> [Int] {
        var candidates = index.candidates(for: Array(value.utf8))
        var found: [Int] = []
        while found.count < limit, let offset = try candidates.next(while: { true }) { found.append(offset) }
        return found
    }

    @Test func `an index finds where a value is, and its chains don't mix`() throws {
        var index = IdentifierIndex(fileBytes: 1000)
        for number in 0..<10_000 { index.insert(Array("user\(number % 5000)".utf8), at: number * 10) }
        for number in 0..<5000 {
            let found = try found("user\(number)", in: index)
            #expect(found.filter { $0 == number * 10 || $0 == (number + 5000) * 10 }.count == 2)
            // Others share a tag of 24 bits once in a blue moon.
            #expect(found.count < 6)
            #expect(found == found.sorted(by: >))
        }
        #expect(try found("nobody", in: index).count < 4)
    }

    @Test func `a record whose two columns have one value is found once`() throws {
        var index = IdentifierIndex(fileBytes: 1000)
        for _ in 1...2 { index.insert([0x61], at: 7) }
        index.insert([0x61], at: IdentifierIndex.maxFileBytes - 1)
        #expect(try found("a", in: index) == [IdentifierIndex.maxFileBytes - 1, 7])
    }

    @Test func `a million records have a small index`() async throws {
        var index = IdentifierIndex(fileBytes: 80_000_000)
        for number in 0..<1_000_000 {
            index.insert(Array("user\(number)@example.com".utf8), at: number * 80)
            // Others have deadlines.
            if number % 1000 == 0 { await Task.yield() }
        }
        #expect(index.memory < 25_000_000)
        #expect(try found("user77@example.com", in: index).contains(77 * 80))
    }

    /// What takes a while has to be in pieces, between which a look-up sees its deadline.
    @Test func `an index comes and goes in pieces`() async {
        var index = IdentifierIndex(fileBytes: 1 << 20)
        let piece = 256 << 10
        var memory = index.memory
        for number in 0..<150_000 {
            index.insert(Array("user\(number)".utf8), at: number)
            guard number.isMultiple(of: 1000) else { continue }
            // One of the chains and one of the entries.
            #expect(index.memory <= memory + 2 * piece)
            memory = index.memory
            await Task.yield()
        }
        #expect(memory > 1_500_000)
        while index.freePiece() {
            #expect(index.memory >= memory - piece)
            memory = index.memory
        }
        #expect(index.memory == 0)
    }

    @Test func `a long chain of others is walked only as long as somebody waits`() async throws {
        var index = IdentifierIndex(fileBytes: 0)
        let questions = 10
        let count = questions * IdentifierIndex.Candidates.stepsBetweenQuestions
        for number in 0..<count {
            index.insert([0x61], at: number)
            if number % 1000 == 0 { await Task.yield() }
        }
        var stopped = 0
        for number in 0..<1000 {
            var candidates = index.candidates(for: Array("other\(number)".utf8))
            do throws(IdentifierIndex.Candidates.Stopped) {
                let offset = try candidates.next { false }
                #expect(offset == nil)
            } catch {
                stopped += 1
                var asked = 0
                candidates = index.candidates(for: Array("other\(number)".utf8))
                let offset = try candidates.next {
                    asked += 1
                    return true
                }
                #expect(offset == nil)
                #expect(asked == questions)
            }
        }
        // There are 64 chains.
        #expect((1...100).contains(stopped))
    }

    @Test func `an index is asked every few records whether to go on, and goes on without losing one`() throws {
        let file = try CSVFixture("id\n" + (0..<1000).map { "u\($0)\n" }.joined())
        let source = CSVSource(
            name: "csv", path: file.path, match: ["id"], rule: MatchRule(isCaseSensitive: true),
            format: try CSVFormat(), timeout: .seconds(1))
        var table = IndexedTable(try CSVTable(source) { true }, source)
        var asked = 0
        var stops = 0
        while stops < 1000 {
            do throws(IndexedTable.Failure) {
                try table.build {
                    asked += 1
                    return !asked.isMultiple(of: 3)
                }
                break
            } catch {
                guard case .reading(.stopped) = error else { throw error }
                stops += 1
            }
        }
        #expect(asked >= 1000 / IndexedTable.recordsBetweenQuestions)
        #expect(stops > 5)
        for number in 0..<1000 {
            var found = 0
            try table.forEachMatch(of: Array("u\(number)".utf8), while: { true }) { _, _, _ in
                found += 1
                return true
            }
            #expect(found == 1)
        }
    }

    @Test func `a record over a megabyte is skipped, not held`() throws {
        let file = try CSVFixture("a,\(String(repeating: "x", count: 16 << 20))\nb,x\n")
        let reader = RecordReader(try CSVFile(path: file.path), delimiter: [0x2C])
        let long = try #require(try reader.next { true })
        guard case .tooLong = long.content else {
            Issue.record("that is too long")
            return
        }
        let next = try #require(try reader.next { true })
        #expect(next.line == 2)
        guard case .bytes(let range) = next.content else {
            Issue.record("the next record is a short one")
            return
        }
        #expect(reader.withBytes(range) { Array($0) } == Array("b,x".utf8))
        #expect(reader.memory <= RecordReader.maxRecordBytes + (128 << 10))
        let end = try reader.next { true }
        #expect(end.map { $0.offset } == nil)
    }

    @Test func `a value that a million records share slows nobody down`() async throws {
        var index = IdentifierIndex(fileBytes: 64 << 20)
        let start = ContinuousClock.now
        for number in 0..<1_000_000 {
            index.insert([0x61], at: number)
            if number % 1000 == 0 { await Task.yield() }
        }
        #expect(try found("a", in: index, atMost: 3) == [999_999, 999_998, 999_997])
        // Quadratic, it would take hours.
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test(
        arguments: [
            ("Ana@EXAMPLE.com", "ana@example.com"), ("ÄÖÜ ẞ", "äöü ß"), ("ЮЛИЯ", "юлия"), ("ΣΑΣ", "σασ"),
            ("İI", "ii"), ("漢字", "漢字"), ("E\u{301}", "e\u{301}"), ("É", "\u{E9}"), ("[@Z`{", "[@z`{"), ("𐐀", "𐐨"),
        ])
    func `case is folded scalar by scalar, without normalisation`(_ text: String, _ folded: String) {
        #expect(MatchRule(isCaseSensitive: false).fold(text) == Array(folded.utf8))
        #expect(MatchRule(isCaseSensitive: true).fold(text) == Array(text.utf8))
    }
}
