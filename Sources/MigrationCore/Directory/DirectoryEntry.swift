/// One entry of a directory: a view into its batch.
public struct DirectoryEntry: Sendable {
    let batch: EntryBatch
    let row: Int

    public var columns: ColumnList { batch.columns }

    /// How many values a column has here; none means that it is absent. An empty value is an absent value.
    public func valueCount(_ column: Int) -> Int {
        var count = 0
        forEachValue(column) { _ in
            count += 1
            return true
        }
        return count
    }

    /// Calls `body` with the bytes of each value that isn't empty, in the directory's order, until it returns false.
    public func forEachValue(_ column: Int, _ body: (UnsafeRawBufferPointer) -> Bool) {
        for value in batch.values(row: row, column: column) {
            let goesOn = batch.withBytes(ofValue: value) { bytes in bytes.isEmpty || body(bytes) }
            if !goesOn { return }
        }
    }

    /// Calls `body` with the bytes of the first value that isn't empty, or returns nil if there is none.
    public func withFirstValue<Result>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        var result: Result?
        forEachValue(column) { bytes in
            result = body(bytes)
            return false
        }
        return result
    }

    /// The values of a column as text, the empty ones left out.
    ///
    /// - Returns: nil in place of a value that isn't UTF-8.
    public func texts(_ column: Int) -> [String?] {
        var texts: [String?] = []
        forEachValue(column) { bytes in
            texts.append(String(validating: bytes, as: UTF8.self))
            return true
        }
        return texts
    }
}
