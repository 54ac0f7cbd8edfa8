/// Where in a file the records lie that may have a value: by the value's hash, so every find has to be compared.
///
/// An entry takes 12 bytes, and the table of chains 4 bytes for each 64 of the file, at most 64 MiB: about 20 MB for a
/// million records. A value that a million records share is one long chain, and slows nothing down but itself.
struct IdentifierIndex: Sendable {
    static let maxFileBytes = 1 << 40

    private static let tagBits: UInt64 = 24

    /// By tag: the newest entry of the chain, plus one; 0 for none. A power of two, so never more than there are tags.
    private var chains: [UInt32]
    /// A tag in the upper 24 bits, the record's offset in the lower 40.
    private var entries: [UInt64] = []
    /// The entry before it in the chain, plus one.
    private var previous: [UInt32] = []

    /// - Parameter fileBytes: the size of the file, at most `maxFileBytes`. The table's size follows from it and stays:
    ///   making a larger one in the middle would take longer than a sign-in waits.
    init(fileBytes: Int) {
        precondition(fileBytes <= Self.maxFileBytes)
        var count = 64
        while count < fileBytes / 64, count < 1 << Int(Self.tagBits) { count *= 2 }
        chains = Array(repeating: 0, count: count)
    }

    /// What it takes, in bytes.
    var memory: Int { chains.count * 4 + entries.capacity * 8 + previous.capacity * 4 }

    /// Whether it can take no more entries.
    var isFull: Bool { entries.count >= Int(UInt32.max) - 1 }

    /// - Parameter offset: not less than any before.
    mutating func insert(_ value: [UInt8], at offset: Int) {
        let tag = Self.tag(value)
        let chain = chain(of: tag)
        entries.append(tag << 40 | UInt64(offset))
        previous.append(chains[chain])
        chains[chain] = UInt32(entries.count)
    }

    /// Where records start that may have the value, the last one first, each once.
    func candidates(for value: [UInt8]) -> Candidates {
        let tag = Self.tag(value)
        return Candidates(index: self, tag: tag, entry: chains[chain(of: tag)])
    }

    struct Candidates: Sequence, IteratorProtocol {
        fileprivate let index: IdentifierIndex
        fileprivate let tag: UInt64
        fileprivate var entry: UInt32
        private var last = -1

        fileprivate init(index: IdentifierIndex, tag: UInt64, entry: UInt32) {
            self.index = index
            self.tag = tag
            self.entry = entry
        }

        mutating func next() -> Int? {
            while entry != 0 {
                let found = index.entries[Int(entry) - 1]
                entry = index.previous[Int(entry) - 1]
                let offset = Int(found & (1 << 40 - 1))
                // Two columns of a record may have the same value; its entries follow each other.
                guard found >> 40 == tag, offset != last else { continue }
                last = offset
                return offset
            }
            return nil
        }
    }

    private func chain(of tag: UInt64) -> Int {
        Int(truncatingIfNeeded: tag) & (chains.count - 1)
    }

    /// Seeded anew in each process, so nobody can choose names that all have one.
    private static func tag(_ value: [UInt8]) -> UInt64 {
        var hasher = Hasher()
        value.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt64(UInt(bitPattern: hasher.finalize())) >> (64 - tagBits)
    }
}
