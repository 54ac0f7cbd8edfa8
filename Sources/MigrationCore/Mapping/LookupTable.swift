/// The table of the transform `lookup`: what each value becomes. Canonically equivalent values are one, case counts.
public struct LookupTable: Sendable, Hashable, Codable, ExpressibleByDictionaryLiteral {
    public let values: [String: String]
    // Sorted by bytes, for a search that makes no String.
    private let keys: [[UInt8]]
    private let results: [[UInt8]]

    public init(_ values: [String: String]) {
        self.values = values
        let rows = values.map { (key: Array($0.key.normalizedToNFC.utf8), result: Array($0.value.utf8)) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        keys = rows.map(\.key)
        results = rows.map(\.result)
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(Dictionary(elements) { first, _ in first })
    }

    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([String: String].self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }

    public static func == (left: LookupTable, right: LookupTable) -> Bool { left.values == right.values }

    public func hash(into hasher: inout Hasher) { hasher.combine(values) }

    /// Writes what a value becomes; nothing if it isn't in the table.
    func write(_ value: TextBytes, _ target: inout GrowingBuffer<UInt8>) {
        guard value.isASCII else {
            var normal = value.string.normalizedToNFC
            return normal.withUTF8 { writeNormal($0, &target) }
        }
        writeNormal(value, &target)
    }

    private func writeNormal(_ value: TextBytes, _ target: inout GrowingBuffer<UInt8>) {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle].withUnsafeBufferPointer({ $0.isBefore(value) }) { low = middle + 1 } else { high = middle }
        }
        guard low < keys.count, keys[low].withUnsafeBufferPointer({ $0.isSame(as: value) }) else { return }
        target.append(contentsOf: results[low])
    }
}
