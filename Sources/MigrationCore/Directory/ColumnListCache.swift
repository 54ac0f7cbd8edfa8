internal import Synchronization

/// Hands out one `ColumnList` for as long as the columns stay the same, whichever connection met them.
public final class ColumnListCache: Sendable {
    private let last = Mutex<ColumnList?>(nil)

    public init() {}

    /// The columns of a table's result, exhaustive.
    public func list(_ names: [String]) -> ColumnList {
        last.withLock { last in
            if let last, last.names == names { return last }
            let list = ColumnList(names, isExhaustive: true)
            last = list
            return list
        }
    }
}
