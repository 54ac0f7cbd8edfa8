import MigrationCore

extension ListableDirectory {
    /// Reads all entries and looks at none.
    ///
    /// - Parameter expected: how many there have to be.
    func listAll(expected: Int) async throws {
        var entries = 0
        var end: ListingEnd?
        for try await batch in list(stallLimit: .seconds(60)) {
            entries += batch.count
            end = batch.end
        }
        guard end?.count == entries else { fail("the listing has no end, or rows that are no entries") }
        guard entries == expected else { fail("\(entries) entries instead of \(expected)") }
    }

    /// Looks people up one after the other, each of whom has to be found: user0, user`step`, user`2 * step`, ...
    func lookUpAll(_ count: Int, step: Int, people: Int, suffix: String = "") async throws {
        for number in 0..<count {
            let identifier = "user\(number * step % people)\(suffix)"
            guard case .one = try await lookUp(identifier, by: .after(.seconds(10))) else {
                fail("\(identifier) isn't found")
            }
        }
    }
}
