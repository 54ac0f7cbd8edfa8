/// A connection that reads a directory's whole population.
public protocol ListingConnection: PooledConnection {
    /// The next batch, and up to three more if they are there already; the first call starts the listing. The last batch
    /// carries the end, and none is asked for after it.
    ///
    /// A change of thread takes as long as reading some hundred rows, so a connection that lags behind its server brings
    /// more at once (measured: half the rows a second otherwise).
    func nextBatches(by deadline: Deadline) async throws(DirectoryError) -> [EntryBatch]
}

/// A listing that a connection of its own reads, batch by batch, when the consumer asks.
///
/// Each iterator is a listing. Its connection ends with the last batch, with an error, or with the iterator.
public struct ConnectionListing<Connection: ListingConnection>: AsyncSequence, Sendable {
    public typealias Element = EntryBatch
    public typealias Failure = DirectoryError

    private let pool: ConnectionPool<Connection>
    private let stallLimit: Duration

    /// - Parameter stallLimit: the longest wait for one batch.
    public init(pool: ConnectionPool<Connection>, stallLimit: Duration) {
        self.pool = pool
        self.stallLimit = stallLimit
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(pool: pool, stallLimit: stallLimit)
    }

    // A class: an iterator that is dropped in the middle has to let go of its connection.
    public final class Iterator: AsyncIteratorProtocol {
        private let pool: ConnectionPool<Connection>
        private let stallLimit: Duration
        private var connection: Connection?
        /// What was read and not asked for yet, the next one last.
        private var ready: [EntryBatch] = []
        private var isOver = false

        fileprivate init(pool: ConnectionPool<Connection>, stallLimit: Duration) {
            self.pool = pool
            self.stallLimit = stallLimit
        }

        public func next() async throws(DirectoryError) -> EntryBatch? {
            try await next(isolation: #isolation)
        }

        public func next(isolation actor: isolated (any Actor)?) async throws(DirectoryError) -> EntryBatch? {
            if let batch = ready.popLast() { return batch }
            guard !isOver else { return nil }
            do throws(DirectoryError) {
                let connection = try openedConnection()
                let deadline = Deadline.after(stallLimit)
                ready = try await connection.interruptible { connection throws(DirectoryError) in
                    try await connection.nextBatches(by: deadline)
                }.reversed()
                if ready.first?.end != nil { await finish() }
                return ready.popLast()
            } catch {
                await finish()
                throw error
            }
        }

        private func openedConnection() throws(DirectoryError) -> Connection {
            if let connection { return connection }
            let new = try pool.makeSeparate()
            connection = new
            return new
        }

        private func finish(isolation actor: isolated (any Actor)? = #isolation) async {
            isOver = true
            if let connection = connection.take() { await pool.discard(connection) }
        }

        deinit {
            if let connection { pool.abandon(connection) }
        }
    }
}
