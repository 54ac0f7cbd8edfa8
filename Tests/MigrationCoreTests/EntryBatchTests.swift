import TestSupport
import Testing

@testable import MigrationCore

@Suite struct EntryBatchTests {
    private typealias Builder = EntryBatch.Builder

    private static func columns(_ names: String...) -> ColumnList { ColumnList(names, isExhaustive: true) }

    private static func append(_ row: [[String]], to builder: inout EntryBatch.Builder) {
        for cell in row {
            for value in cell { builder.appendValue(value) }
            builder.endCell()
        }
        builder.endEntry()
    }

    /// All values of all cells, also the empty ones.
    private static func rows(_ batch: EntryBatch) -> [[[String]]] {
        (0..<batch.count).map { row in
            batch.columns.names.indices.map { column in
                batch.values(row: row, column: column).map { value in
                    batch.withBytes(ofValue: value) { String(decoding: $0, as: UTF8.self) }
                }
            }
        }
    }

    private static let sample: [[[String]]] = [
        [["1"], ["ana@example.com", "a@example.org"], []],
        [[""], [], ["x", "", "y"]],
        [[], [], []],
        [["山田"], ["👩‍👩‍👧‍👦", "e\u{301}", "\u{0}"], [String(repeating: "z", count: 100_000)]],
    ]

    @Test func `cells come back as they went in: absent, one value, several, empty ones`() {
        var builder = Builder(columns: Self.columns("id", "mail", "ou"))
        #expect(builder.isEmpty)
        for row in Self.sample { Self.append(row, to: &builder) }
        #expect(builder.count == 4)
        #expect(!builder.isEmpty)
        let batch = builder.take()
        #expect(batch.count == 4)
        #expect(Self.rows(batch) == Self.sample)
        #expect(batch.problems == [])
        #expect(batch.end == nil)
    }

    @Test func `an entry shows the values that aren't empty`() {
        var builder = Builder(columns: Self.columns("id", "mail", "ou"))
        for row in Self.sample { Self.append(row, to: &builder) }
        let batch = builder.take()
        #expect(batch[0].texts(1) == ["ana@example.com", "a@example.org"])
        #expect(batch[1].texts(0) == [])
        #expect(batch[1].valueCount(0) == 0)
        #expect(batch[1].texts(2) == ["x", "y"])
        #expect(batch[1].valueCount(2) == 2)
        #expect(batch[2].valueCount(0) == 0)
        #expect(batch[3].texts(1) == ["👩‍👩‍👧‍👦", "e\u{301}", "\u{0}"])
        #expect(batch[3].withFirstValue(2) { $0.count } == 100_000)
        #expect(batch[1].withFirstValue(2) { Array($0) } == Array("x".utf8))
        #expect(batch[1].withFirstValue(0) { $0.count } == nil)
        #expect(batch[2].withFirstValue(2) { $0.count } == nil)
        #expect(batch[0].columns === batch.columns)
    }

    @Test func `reading stops when it is told to`() {
        var builder = Builder(columns: Self.columns("a"))
        Self.append([["1", "", "2", "3"]], to: &builder)
        var seen: [Int] = []
        builder.take()[0].forEachValue(0) { bytes in
            seen.append(Int(bytes[0]))
            return seen.count < 2
        }
        #expect(seen == [0x31, 0x32])
    }

    @Test(
        arguments: [
            [0xFF], [0x41, 0xC3], [0xC0, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
        ] as [[UInt8]])
    func `bytes that aren't UTF-8 are kept, and are no text`(_ bytes: [UInt8]) {
        var builder = Builder(columns: Self.columns("a", "b"))
        builder.appendValue("ü")
        bytes.withUnsafeBytes { builder.appendValue($0) }
        builder.appendValue("x")
        builder.endCell()
        builder.appendValue("after")
        builder.endCell()
        builder.endEntry()
        let entry = builder.take()[0]
        #expect(entry.texts(0) == ["ü", nil, "x"])
        #expect(entry.texts(1) == ["after"])
        var kept: [[UInt8]] = []
        entry.forEachValue(0) { value in
            kept.append(Array(value))
            return true
        }
        #expect(kept == [Array("ü".utf8), bytes, [0x78]])
    }

    @Test func `a dropped entry leaves no trace but its problem`() {
        let problem = RowProblem(.notUTF8, column: "mail", position: 2)
        for before in 0...2 {
            for cells in 0...3 {
                for values in 0...2 {
                    var builder = Builder(columns: Self.columns("id", "mail", "ou"))
                    for row in Self.sample[..<before] { Self.append(row, to: &builder) }
                    // Cells that ended, then values of one that didn't.
                    for cell in 0..<cells {
                        builder.appendValue("dropped \(cell)")
                        builder.endCell()
                    }
                    for value in 0..<values { builder.appendValue("dropped \(value)") }
                    builder.dropEntry(problem)
                    #expect(builder.count == before)
                    #expect(!builder.isEmpty)
                    for row in Self.sample[before...] { Self.append(row, to: &builder) }
                    let batch = builder.take()
                    #expect(Self.rows(batch) == Self.sample)
                    #expect(batch.problems == [problem])
                }
            }
        }
    }

    @Test func `a builder starts over when it is taken, with the same columns`() {
        var builder = Builder(columns: Self.columns("id", "mail", "ou"))
        var batches: [EntryBatch] = []
        for row in Self.sample {
            Self.append(row, to: &builder)
            builder.appendValue("left over")
            builder.dropEntry(RowProblem(.notUTF8, position: 1))
            batches.append(builder.take())
            #expect(builder.isEmpty)
            #expect(!builder.isFull)
            #expect(builder.count == 0)
        }
        batches.append(builder.take(end: .complete(count: 4, watermark: "w")))
        // Earlier batches are not touched by later ones.
        #expect(batches.dropLast().map(Self.rows) == Self.sample.map { [$0] })
        #expect(batches.dropLast().allSatisfy { $0.problems.count == 1 && $0.columns === builder.columns })
        #expect(batches.last?.count == 0)
        #expect(batches.last?.problems == [])
        #expect(batches.last?.end == .complete(count: 4, watermark: "w"))
    }

    @Test func `nothing of a dropped entry is in the next batch`() {
        var builder = Builder(columns: Self.columns("a"))
        Self.append([["x"]], to: &builder)
        builder.appendValue("half")
        builder.dropEntry(RowProblem(.notUTF8, position: 2))
        _ = builder.take()
        Self.append([["y"]], to: &builder)
        #expect(Self.rows(builder.take()) == [[["y"]]])
    }

    @Test func `512 entries fill a batch, problems counted with them`() {
        var builder = Builder(columns: Self.columns("a"))
        for index in 0..<511 {
            #expect(!builder.isFull)
            if index % 7 == 0 {
                builder.dropEntry(RowProblem(.notUTF8, position: index))
            } else {
                Self.append([["\(index)"]], to: &builder)
            }
        }
        #expect(!builder.isFull)
        Self.append([[]], to: &builder)
        #expect(builder.isFull)
        let batch = builder.take()
        #expect(batch.count + batch.problems.count == 512)
        #expect(!builder.isFull)
    }

    @Test func `256 KiB fill a batch`() {
        var builder = Builder(columns: Self.columns("a"))
        let quarter = String(repeating: "x", count: 64 * 1024)
        for _ in 0..<3 { Self.append([[quarter]], to: &builder) }
        Self.append([[String(quarter.dropLast())]], to: &builder)
        #expect(!builder.isFull)
        Self.append([["y"]], to: &builder)
        #expect(builder.isFull)
        #expect(builder.take().count == 5)
        // One that is larger than a batch passes all the same.
        Self.append([[String(repeating: "z", count: 1_000_000)]], to: &builder)
        #expect(builder.isFull)
        #expect(builder.take()[0].withFirstValue(0) { $0.count } == 1_000_000)
        // What is dropped is counted no more.
        builder.appendValue(String(repeating: "z", count: 1_000_000))
        builder.dropEntry(RowProblem(.notUTF8, position: 1))
        #expect(!builder.isFull)
    }

    @Test func `a directory may have no columns, and a batch no entries`() {
        var builder = Builder(columns: ColumnList([], isExhaustive: false))
        builder.endEntry()
        builder.dropEntry(RowProblem(.notUTF8, position: 2))
        builder.endEntry()
        let batch = builder.take()
        #expect(batch.count == 2)
        #expect(batch[1].columns.names == [])
        #expect(builder.take(end: .complete(count: 2, watermark: nil)).count == 0)
    }

    @Test func `a builder is a value`() {
        var builder = Builder(columns: Self.columns("a"))
        Self.append([["x"]], to: &builder)
        var copy = builder
        Self.append([["y"]], to: &copy)
        Self.append([["z"]], to: &builder)
        #expect(Self.rows(copy.take()) == [[["x"]], [["y"]]])
        #expect(Self.rows(builder.take()) == [[["x"]], [["z"]]])
    }

    @Test func `columns are found by their exact name, also those that are there twice`() {
        let columns = Self.columns("id", "mail", "Mail", "id", "")
        #expect(columns.indexes(of: "id") == [0, 3])
        #expect(columns.indexes(of: "mail") == [1])
        #expect(columns.indexes(of: "MAIL") == [])
        #expect(columns.indexes(of: "") == [4])
    }

    /// Many shapes of rows, drops and takes, compared with arrays of arrays.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `whatever is appended, dropped and taken comes back`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let width = Int.random(in: 1...6, using: &random)
        var builder = Builder(columns: ColumnList((0..<width).map { "c\($0)" }, isExhaustive: true))
        var expected: [[[String]]] = []
        var problems = 0
        for step in 0..<500 {
            let row = (0..<width).map { _ in
                (0..<[0, 1, 1, 1, 3].randomElement(using: &random)!).map { _ in
                    String(
                        repeating: ["a", "é", "👍"].randomElement(using: &random)!,
                        count: .random(in: 0...40, using: &random))
                }
            }
            if Int.random(in: 0..<10, using: &random) == 0 {
                for cell in row.prefix(.random(in: 0...width, using: &random)) {
                    for value in cell { builder.appendValue(value) }
                    builder.endCell()
                }
                builder.dropEntry(RowProblem(.notUTF8, position: step))
                problems += 1
            } else {
                Self.append(row, to: &builder)
                expected.append(row)
            }
            if Int.random(in: 0..<100, using: &random) == 0 || step == 499 {
                let batch = builder.take()
                #expect(Self.rows(batch) == expected)
                #expect(batch.problems.count == problems)
                expected = []
                problems = 0
            }
        }
    }
}
