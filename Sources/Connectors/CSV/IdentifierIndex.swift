/// Where in a file the records lie that may have a value: by the value's hash, so every find has to be compared.
///
/// An entry takes 12 bytes, and the table of chains 4 bytes for each 64 of the file, at most 64 MiB: about 20 MB for a
/// million records. A value that a million records share is one long chain, and slows nothing down but itself.
///
/// It comes and goes in pieces of a few hundred KiB, because a look-up makes it, walks it and frees it before a deadline:
/// one array of so many entries takes a second to move when it has to grow, and tens of milliseconds to free.
struct IdentifierIndex: Sendable {
    static let maxFileBytes = 1 << 40

    private static let tagBits: UInt64 = 24

    /// By tag: the newest entry of the chain, plus one; 0 for none. Their number is a power of two, so never more than there
    /// are tags.
    private var chains: [[UInt32]]
    private let chainMask: Int
    private var entries: [[Entry]] = []
    private var count = 0

    private static let chainsInPiece = 1 << 14
    private static let entriesInPiece = 1 << 14

    private struct Entry {
        /// A tag in the upper 24 bits, the record's offset in the lower 40. In halves, which need no room between them.
        private let upper: UInt32
        private let lower: UInt32
        /// The entry before it in the chain, plus one.
        let previous: UInt32

        init(tag: UInt64, offset: Int, previous: UInt32) {
            let both = tag << 40 | UInt64(offset)
            upper = UInt32(both >> 32)
            lower = UInt32(truncatingIfNeeded: both)
            self.previous = previous
        }

        var tag: UInt64 { UInt64(upper) >> 8 }
        var offset: Int { Int(upper & 0xFF) << 32 | Int(lower) }
    }

    /// - Parameter fileBytes: the size of the file, at most `maxFileBytes`. The table's size follows from it and stays:
    ///   making a larger one in the middle would take longer than a sign-in waits.
    init(fileBytes: Int) {
        precondition(fileBytes <= Self.maxFileBytes)
        var count = 64
        while count < fileBytes / 64, count < 1 << Int(Self.tagBits) { count *= 2 }
        chainMask = count - 1
        chains = Array(repeating: [], count: (count + Self.chainsInPiece - 1) / Self.chainsInPiece)
    }

    /// What it takes, in bytes.
    var memory: Int {
        chains.reduce(0) { $0 + $1.capacity * MemoryLayout<UInt32>.stride }
            + entries.reduce(0) { $0 + $1.capacity * MemoryLayout<Entry>.stride }
    }

    /// Whether it can take no more entries.
    var isFull: Bool { count >= Int(UInt32.max) - 1 }

    /// - Parameter offset: not less than any before.
    mutating func insert(_ value: [UInt8], at offset: Int) {
        let tag = Self.tag(value)
        let (piece, place) = chain(of: tag)
        if chains[piece].isEmpty {
            chains[piece] = Array(repeating: 0, count: min(chainMask + 1, Self.chainsInPiece))
        }
        if count.isMultiple(of: Self.entriesInPiece) {
            entries.append([])
            // The first one grows with its file: most are small.
            if count > 0 { entries[entries.count - 1].reserveCapacity(Self.entriesInPiece) }
        }
        entries[entries.count - 1].append(Entry(tag: tag, offset: offset, previous: chains[piece][place]))
        count += 1
        chains[piece][place] = UInt32(count)
    }

    /// Frees a piece of it, which has no use afterwards.
    ///
    /// - Returns: false if there was none left.
    mutating func freePiece() -> Bool {
        entries.popLast() != nil || chains.popLast() != nil
    }

    /// Where records start that may have the value, the last one first, each once.
    func candidates(for value: [UInt8]) -> Candidates {
        let tag = Self.tag(value)
        let (piece, place) = chain(of: tag)
        return Candidates(index: self, tag: tag, entry: chains[piece].isEmpty ? 0 : chains[piece][place])
    }

    struct Candidates {
        /// Nobody waits for the rest any more.
        struct Stopped: Error {}

        /// A step takes a few nanoseconds, or a hundred where memory is slow.
        static let stepsBetweenQuestions = 4096

        fileprivate let index: IdentifierIndex
        fileprivate let tag: UInt64
        fileprivate var entry: UInt32
        private var last = -1
        private var steps = 0

        fileprivate init(index: IdentifierIndex, tag: UInt64, entry: UInt32) {
            self.index = index
            self.tag = tag
            self.entry = entry
        }

        /// - Parameter goesOn: asked now and then: others of the same chain may be many millions.
        mutating func next(while goesOn: () -> Bool) throws(Stopped) -> Int? {
            while entry != 0 {
                steps += 1
                if steps.isMultiple(of: Self.stepsBetweenQuestions), !goesOn() { throw Stopped() }
                let number = Int(entry) - 1
                let found = index.entries[number / IdentifierIndex.entriesInPiece][
                    number % IdentifierIndex.entriesInPiece]
                entry = found.previous
                // Two columns of a record may have the same value; its entries follow each other.
                guard found.tag == tag, found.offset != last else { continue }
                last = found.offset
                return found.offset
            }
            return nil
        }
    }

    /// The piece of the table that it is in, and its place there.
    private func chain(of tag: UInt64) -> (piece: Int, place: Int) {
        let chain = Int(truncatingIfNeeded: tag) & chainMask
        return (chain / Self.chainsInPiece, chain % Self.chainsInPiece)
    }

    /// Seeded anew in each process, so nobody can choose names that all have one.
    private static func tag(_ value: [UInt8]) -> UInt64 {
        var hasher = Hasher()
        value.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt64(UInt(bitPattern: hasher.finalize())) >> (64 - tagBits)
    }
}
