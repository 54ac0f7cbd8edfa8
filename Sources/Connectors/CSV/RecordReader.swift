/// The records of a file, one after the other, or from any place where one starts.
///
/// Holds one record and a part of what follows, never more than 1 MiB and 128 KiB. A class, because it owns its buffer.
final class RecordReader {
    static let maxRecordBytes = 1 << 20
    private static let maxRead = 64 << 10

    struct Record {
        enum Content {
            /// Places in the buffer, without the line's end; good until the next call.
            case bytes(Range<Int>)
            /// More than 1 MiB.
            case tooLong
        }

        let content: Content
        /// Where it starts in the file.
        let offset: Int
        /// The line it starts in, from 1.
        let line: Int
    }

    enum Failure: Error {
        /// `goesOn` said no; the same call goes on from here.
        case stopped
        case file(FileState.Problem)
        /// A quote is opened in the record of this line and never closed.
        case unterminatedQuote(line: Int)
    }

    private let file: CSVFile
    private let firstRead: Int
    private var scanner: RecordScanner
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 8)
    /// How much of the buffer is filled.
    private var filled = 0
    /// Where `buffer` starts in the file.
    private var bufferOffset = 0
    /// In the buffer: where the record starts, and how far it was looked at. The start is negative for one that is
    /// being skipped.
    private var start = 0
    private var scanned = 0
    private var isSkipping = false
    private var isAtEnd = false
    /// The line that the next record starts in.
    private(set) var line = 1

    /// - Parameter firstRead: how much is read at once at first: little where single records are wanted.
    init(_ file: CSVFile, delimiter: [UInt8], firstRead: Int = maxRead) {
        self.file = file
        self.firstRead = firstRead
        scanner = RecordScanner(delimiter: delimiter)
    }

    deinit {
        buffer.deallocate()
    }

    /// What it holds, in bytes.
    var memory: Int { buffer.count }

    /// How far it has come in the file.
    var offset: Int { bufferOffset + scanned }

    /// Goes to a place where a record starts.
    ///
    /// - Parameter line: its number.
    func seek(to offset: Int, line: Int) {
        scanner.reset()
        bufferOffset = offset
        filled = 0
        start = 0
        scanned = 0
        isSkipping = false
        isAtEnd = false
        self.line = line
    }

    /// The next record that isn't an empty line; nil at the file's end.
    ///
    /// - Parameter goesOn: asked before each reading.
    func next(while goesOn: () -> Bool) throws(Failure) -> Record? {
        while true {
            let result = scanner.scan(
                UnsafeRawBufferPointer(rebasing: buffer[..<filled]), start: start, from: scanned, isLast: isAtEnd)
            switch result {
            case .end(let end):
                let record = Record(
                    content: .bytes(start..<contentEnd(end)), offset: bufferOffset + start, line: line)
                let wasSkipping = isSkipping
                let isOver = end == filled
                line += scanner.lineFeeds + 1
                start = isOver ? end : end + 1
                scanned = start
                isSkipping = false
                scanner.reset()
                if !wasSkipping, case .bytes(let bytes) = record.content {
                    if bytes.count > Self.maxRecordBytes {
                        return Record(content: .tooLong, offset: record.offset, line: record.line)
                    }
                    if !bytes.isEmpty { return record }
                }
                if isOver, isAtEnd { return nil }
            case .more(let from):
                scanned = from
                if !isSkipping, from - start > Self.maxRecordBytes {
                    isSkipping = true
                    return Record(content: .tooLong, offset: bufferOffset + start, line: line)
                }
                guard goesOn() else { throw .stopped }
                try readMore()
            case .unterminated:
                throw .unterminatedQuote(line: line)
            }
        }
    }

    func withBytes<Result, Failure>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(rebasing: buffer[range]))
    }

    /// A carriage return before the line feed belongs to the line's end.
    private func contentEnd(_ end: Int) -> Int {
        end > max(start, 0) && buffer[end - 1] == CSVFormat.carriageReturn ? end - 1 : max(end, start)
    }

    private func readMore() throws(Failure) {
        // What is needed of what there is: the record, or of one that is skipped what the scanner looks back at.
        let kept = isSkipping ? max(scanned - RecordScanner.memory, 0) : start
        if kept > 0 {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[kept..<filled]))
            bufferOffset += kept
            filled -= kept
            scanned -= kept
            start -= kept
        }
        let size = min(max(firstRead, filled), Self.maxRead)
        if buffer.count - filled < size {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: filled + size, alignment: 8)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
            buffer.deallocate()
            buffer = larger
        }
        do throws(FileState.Problem) {
            let free = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + size)])
            let count = try file.read(at: bufferOffset + filled, into: free)
            filled += count
            isAtEnd = count == 0
        } catch {
            throw .file(error)
        }
    }
}
