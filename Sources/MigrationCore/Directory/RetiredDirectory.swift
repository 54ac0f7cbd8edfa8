/// A directory that is never asked (`retired: true`): nobody can say, so nobody gets in or is refused by it.
///
/// The snapshot is to answer in its place.
struct RetiredDirectory: ListableDirectory {
    let name: String

    func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        throw unavailable
    }

    func list(stallLimit: Duration) -> any AsyncSequence<EntryBatch, DirectoryError> {
        Listing(error: unavailable)
    }

    func close() async {}

    private var unavailable: DirectoryError {
        DirectoryError(.unreachable, directory: name, detail: "it is retired and never asked")
    }

    private struct Listing: AsyncSequence, AsyncIteratorProtocol {
        typealias Element = EntryBatch
        typealias Failure = DirectoryError

        let error: DirectoryError

        func makeAsyncIterator() -> Listing { self }

        mutating func next() async throws(DirectoryError) -> EntryBatch? { throw error }

        mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(DirectoryError) -> EntryBatch? { throw error }
    }
}
