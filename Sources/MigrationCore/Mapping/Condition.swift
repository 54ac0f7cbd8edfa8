/// `when:`: a test of a column of the directory. A rule whose condition doesn't hold makes nothing, and rejects nobody.
public struct Condition: Sendable, Hashable, Codable {
    public enum Test: Sendable, Hashable, Codable {
        /// One of the column's values is this text, by its Unicode scalars.
        case equals(String)
        /// The column has a value (or, if false, has none); an empty one is none.
        case present(Bool)
    }

    public var column: String
    public var test: Test

    public init(column: String, _ test: Test) {
        self.column = column
        self.test = test
    }

    /// - Parameter index: the column's index; nil if the directory has no such column, which counts as one without values.
    func holds(_ entry: DirectoryEntry, index: Int?) -> Bool {
        switch test {
        case .present(let isExpected):
            return isExpected == (index.flatMap { entry.withFirstValue($0) { _ in true } } ?? false)
        case .equals(let text):
            guard let index else { return false }
            var isEqual = false
            entry.forEachValue(index) { value in
                isEqual = value.elementsEqual(text.utf8)
                return !isEqual
            }
            return isEqual
        }
    }
}
