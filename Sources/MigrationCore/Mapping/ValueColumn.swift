/// The values of one attribute for a run of entries, on their way from the directory to the pool.
///
/// Bytes of UTF-8 one after the other, where each value ends, and where each entry's values end; most entries have one
/// value, or none. No value is empty. A transform is one pass over all of them, so what a step costs once (finding out which
/// it is, its tables) it costs once a batch.
struct ValueColumn: ~Copyable {
    struct Storage: ~Copyable {
        var bytes = GrowingBuffer<UInt8>(capacity: 4096)
        var valueEnds = GrowingBuffer<Int>(capacity: 64)
        var rowEnds = GrowingBuffer<Int>(capacity: 64)

        mutating func removeAll() {
            bytes.removeAll()
            valueEnds.removeAll()
            rowEnds.removeAll()
        }

        /// Ends the value whose bytes were appended since the last one's end; nothing since then is no value.
        @inline(__always)
        mutating func endValue(from start: Int) {
            if bytes.count > start { valueEnds.append(bytes.count) }
        }

        @inline(__always)
        mutating func endRow() {
            rowEnds.append(valueEnds.count)
        }

        /// Drops what was appended since the last row's end.
        mutating func dropRow() {
            let values = rowEnds.isEmpty ? 0 : rowEnds[rowEnds.count - 1]
            bytes.truncate(to: values == 0 ? 0 : valueEnds[values - 1])
            valueEnds.truncate(to: values)
        }
    }

    private var storage = Storage()
    /// What the next step writes to.
    private var next = Storage()
    /// Why an entry's way ended before the last step.
    enum Stop: BitwiseCopyable {
        /// A value that can't be read.
        case failed(AttributeRuleCode)
        /// The rule is not for this entry.
        case notApplicable
    }

    private var stops = GrowingBuffer<Stop?>(capacity: 64)

    var rowCount: Int { storage.rowEnds.count }

    func stop(_ row: Int) -> Stop? { stops[row] }

    // MARK: Filling

    /// Starts over.
    mutating func removeAll() {
        storage.removeAll()
        stops.removeAll()
    }

    /// Adds an entry.
    ///
    /// - Parameter body: appends its values; or says why they are none.
    @inline(__always)
    mutating func appendRow(_ body: (inout Storage) -> Stop?) {
        let stop = body(&storage)
        if stop != nil { storage.dropRow() }
        storage.endRow()
        stops.append(stop)
    }

    // MARK: Reading

    /// Calls `body` with the first value of an entry, or with nil.
    @inline(__always)
    func withFirstValue<Result>(_ row: Int, _ body: (TextBytes?) -> Result) -> Result {
        let values = valueRange(row)
        guard !values.isEmpty else { return body(nil) }
        let start = values.lowerBound == 0 ? 0 : storage.valueEnds[values.lowerBound - 1]
        let end = storage.valueEnds[values.lowerBound]
        return storage.bytes.withElements { body($0.part(start..<end)) }
    }

    /// An entry's values, for those who look on.
    func texts(_ row: Int) -> [String] {
        valueRange(row).map { value in
            let range = (value == 0 ? 0 : storage.valueEnds[value - 1])..<storage.valueEnds[value]
            return storage.bytes.withElements { $0.part(range).string }
        }
    }

    private func valueRange(_ row: Int) -> Range<Int> {
        (row == 0 ? 0 : storage.rowEnds[row - 1])..<storage.rowEnds[row]
    }

    // MARK: Steps

    /// Replaces each value by what `body` writes for it; a value for which it writes nothing is gone. If it says why a value
    /// can't be, the entry has no value any more.
    @inline(__always)
    mutating func mapValues(_ body: (TextBytes, inout GrowingBuffer<UInt8>) -> AttributeRuleCode?) {
        mapRows { bytes, ends, values, target in
            var start = values.lowerBound == 0 ? 0 : ends[values.lowerBound - 1]
            for value in values {
                let end = ends[value]
                let targetStart = target.bytes.count
                if let failure = body(bytes.part(start..<end), &target.bytes) { return failure }
                target.endValue(from: targetStart)
                start = end
            }
            return nil
        }
    }

    /// Makes one value of all of an entry, which may be none.
    ///
    /// - Parameter body: gets their ranges in the bytes, and writes.
    @inline(__always)
    mutating func mergeValues(_ body: (TextBytes, [Range<Int>], inout GrowingBuffer<UInt8>) -> Void) {
        mapRows { bytes, ends, values, target in
            let ranges = values.map { ($0 == 0 ? 0 : ends[$0 - 1])..<ends[$0] }
            let targetStart = target.bytes.count
            body(bytes, ranges, &target.bytes)
            target.endValue(from: targetStart)
            return nil
        }
    }

    /// Replaces the values of each entry by one that is made of the first of them, or of nil.
    @inline(__always)
    mutating func mapFirst(_ body: (TextBytes?, inout GrowingBuffer<UInt8>) -> Void) {
        mapRows { bytes, ends, values, target in
            let targetStart = target.bytes.count
            if values.isEmpty {
                body(nil, &target.bytes)
            } else {
                let start = values.lowerBound == 0 ? 0 : ends[values.lowerBound - 1]
                body(bytes.part(start..<ends[values.lowerBound]), &target.bytes)
            }
            target.endValue(from: targetStart)
            return nil
        }
    }

    /// Gives each entry without a value the one that `body` writes.
    mutating func mapAbsent(_ body: (inout GrowingBuffer<UInt8>) -> Void) {
        mapRows { bytes, ends, values, target in
            var start = values.lowerBound == 0 ? 0 : ends[values.lowerBound - 1]
            for value in values {
                target.bytes.append(contentsOf: bytes.part(start..<ends[value]))
                target.valueEnds.append(target.bytes.count)
                start = ends[value]
            }
            if values.isEmpty {
                let targetStart = target.bytes.count
                body(&target.bytes)
                target.endValue(from: targetStart)
            }
            return nil
        }
    }

    /// Entries whose way has ended stay as they are: without a value.
    @inline(__always)
    private mutating func mapRows(
        _ body: (TextBytes, UnsafeBufferPointer<Int>, Range<Int>, inout Storage) -> AttributeRuleCode?
    ) {
        next.removeAll()
        let rows = rowCount
        storage.bytes.withElements { bytes in
            storage.valueEnds.withElements { valueEnds in
                storage.rowEnds.withElements { rowEnds in
                    var first = 0
                    for row in 0..<rows {
                        let last = rowEnds[row]
                        if stops[row] == nil, let failure = body(bytes, valueEnds, first..<last, &next) {
                            stops[row] = .failed(failure)
                            next.dropRow()
                        }
                        next.endRow()
                        first = last
                    }
                }
            }
        }
        swap(&storage, &next)
    }

    /// Changes the bytes of all values where they are, without changing their number.
    @inline(__always)
    mutating func withMutableBytes(_ body: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        storage.bytes.withMutableElements(body)
    }

    /// Whether all values together are ASCII.
    var isASCII: Bool { storage.bytes.withElements { $0.isASCII } }
}

// MARK: What several transforms and rules have in common

extension ValueColumn {
    /// One entry with these values.
    init(_ values: [String]) {
        self.init()
        appendRow { storage in
            for value in values {
                let start = storage.bytes.count
                storage.bytes.append(value)
                storage.endValue(from: start)
            }
            return nil
        }
    }

    /// - Parameters:
    ///   - first: the first of the 26 ASCII letters that change.
    ///   - change: does it for a value with letters beyond ASCII.
    mutating func changeCase(from first: UInt8, _ change: (String) -> String) {
        if isASCII {
            withMutableBytes { bytes in
                for index in bytes.indices where bytes[index] &- first < 26 { bytes[index] ^= 0x20 }
            }
            return
        }
        mapValues { value, target in
            if value.isASCII {
                for byte in value { target.append(byte &- first < 26 ? byte ^ 0x20 : byte) }
            } else {
                target.append(change(value.string))
            }
            return nil
        }
    }

    /// Makes one value of several.
    mutating func join(_ separator: String) {
        let separator = Array(separator.utf8)
        mergeValues { bytes, values, target in
            for (index, value) in values.enumerated() {
                if index > 0 { target.append(contentsOf: separator) }
                target.append(contentsOf: bytes.part(value))
            }
        }
    }

}
