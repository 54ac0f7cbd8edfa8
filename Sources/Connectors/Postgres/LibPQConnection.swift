internal import CLibPQ
internal import Glibc
import MigrationCore
internal import Threads

/// A connection of libpq, never blocking: every wait is a `poll` of ours, with the time that is left.
///
/// Closed when its owner lets go of it, which sends a farewell and waits for nothing. `PQcancel` is never used: it blocks
/// without a limit on a server that doesn't answer.
final class LibPQConnection {
    private let handle: OpaquePointer
    private let directory: String
    private let interruption: Interruption
    private let usesTLS: Bool

    /// Connects; names are addresses already.
    static func connect(
        _ parameters: ConnectionParameters, directory: String, interruption: Interruption, by deadline: Deadline
    ) throws(DirectoryError) -> LibPQConnection {
        let values = parameters.values.sorted { $0.key < $1.key }
        LibPQEnvironment.forget()
        guard
            let handle = withCStrings(
                values.map(\.key),
                { keywords in
                    withCStrings(values.map(\.value)) { values in PQconnectStartParams(keywords, values, 0) }
                })
        else { throw DirectoryError(.overloaded, directory: directory, detail: "out of memory") }
        return try LibPQConnection(handle, directory: directory, interruption: interruption, by: deadline)
    }

    private init(
        _ handle: OpaquePointer, directory: String, interruption: Interruption, by deadline: Deadline
    ) throws(DirectoryError) {
        self.handle = handle
        self.directory = directory
        self.interruption = interruption
        // Otherwise libpq writes notices to stderr.
        PQsetNoticeReceiver(handle, ignoreNotice, nil)
        PQsetErrorVerbosity(handle, PQERRORS_SQLSTATE)
        do throws(DirectoryError) {
            try Self.establish(handle, directory: directory, interruption: interruption, by: deadline)
        } catch {
            PQfinish(handle)
            throw error
        }
        usesTLS = PQsslInUse(handle) != 0
    }

    private static func establish(
        _ handle: OpaquePointer, directory: String, interruption: Interruption, by deadline: Deadline
    ) throws(DirectoryError) {
        var events = CInt(POLLOUT)
        while PQstatus(handle) != CONNECTION_BAD {
            try wait(handle, for: events, atMost: nil, directory: directory, interruption: interruption, by: deadline)
            switch PQconnectPoll(handle) {
            case PGRES_POLLING_READING: events = POLLIN
            case PGRES_POLLING_WRITING: events = CInt(POLLOUT)
            case PGRES_POLLING_OK:
                guard PQsetnonblocking(handle, 1) == 0 else {
                    throw DirectoryError(.unexpected, directory: directory, detail: "PQsetnonblocking failed")
                }
                return
            default:
                throw failure(handle, directory: directory)
            }
        }
        throw failure(handle, directory: directory)
    }

    private static func failure(_ handle: OpaquePointer, directory: String) -> DirectoryError {
        let failure = ConnectFailure(message: String(cString: PQerrorMessage(handle)))
        return DirectoryError(
            failure.code, directory: directory, detail: failure.detail, nativeCode: failure.sqlState)
    }

    deinit {
        PQfinish(handle)
    }

    /// Whether another query can be sent: nothing is under way, no transaction is open, and the connection isn't known to
    /// be lost.
    var isIdle: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }
}

// MARK: - Waiting

extension LibPQConnection {
    /// Waits until the socket is ready, or something should be tried again.
    private static func wait(
        _ handle: OpaquePointer, for events: CInt, atMost limit: Duration?, directory: String,
        interruption: Interruption, by deadline: Deadline
    ) throws(DirectoryError) {
        if let reason = interruption.reason {
            throw DirectoryError(
                .cancelled, directory: directory, detail: reason == .closed ? "the directory was closed" : "")
        }
        let remaining = deadline.remaining()
        guard remaining > .zero else { throw DirectoryError(.deadlineExceeded, directory: directory) }
        let socket = PQsocket(handle)
        guard socket >= 0 else { throw DirectoryError(.connectionLost, directory: directory) }
        let milliseconds = (min(remaining, limit ?? .seconds(3600)) / .milliseconds(1)).rounded(.up)
        withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { descriptors in
            descriptors.initializeElement(at: 0, to: pollfd(fd: socket, events: Int16(events), revents: 0))
            descriptors.initializeElement(
                at: 1, to: pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0))
            // Its result isn't needed: whatever happened (EINTR too), the caller tries again and comes back.
            _ = poll(descriptors.baseAddress, 2, CInt(milliseconds))
        }
    }

    private func wait(for events: CInt, by deadline: Deadline) throws(DirectoryError) {
        try Self.wait(
            handle, for: events,
            // A TLS record larger than libpq's buffer leaves a part inside the TLS library, where poll(2) doesn't see it:
            // look again now and then. PostgreSQL 15 sends records of 8 kB that fit, a proxy may not.
            atMost: usesTLS ? .milliseconds(20) : nil,
            directory: directory, interruption: interruption, by: deadline)
    }

    private func receive() throws(DirectoryError) {
        // After a loss the server's last words may still be there to read.
        guard PQconsumeInput(handle) == 1 || PQisBusy(handle) == 0 else {
            throw DirectoryError(.connectionLost, directory: directory, detail: "the connection was lost")
        }
    }

    /// Whether the next result is here, without waiting for it.
    func hasResult() throws(DirectoryError) -> Bool {
        if PQisBusy(handle) == 0 { return true }
        try receive()
        return PQisBusy(handle) == 0
    }

    /// The next result of what was sent; nil when there is no further one.
    @inline(__always)
    func nextResult(by deadline: Deadline) throws(DirectoryError) -> QueryResult? {
        while PQisBusy(handle) == 1 {
            try wait(for: CInt(POLLIN), by: deadline)
            try receive()
        }
        return PQgetResult(handle).map { QueryResult($0) }
    }

    private func flush(_ wasSent: CInt, by deadline: Deadline) throws(DirectoryError) {
        guard wasSent == 1 else {
            // libpq refuses what it can't send on a lost connection; anything else is a mistake of ours.
            let isLost = PQstatus(handle) == CONNECTION_BAD
            throw DirectoryError(
                isLost ? .connectionLost : .unexpected, directory: directory,
                detail: isLost ? "the connection was lost" : "libpq refuses the query")
        }
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                // The server may be waiting for us to read before it reads on.
                try wait(for: CInt(POLLIN) | CInt(POLLOUT), by: deadline)
                try receive()
            default:
                throw DirectoryError(.connectionLost, directory: directory, detail: "the connection was lost")
            }
        }
    }
}

// MARK: - Queries

extension LibPQConnection {
    /// Sends a query whose rows come one by one.
    func send(_ query: String, by deadline: Deadline) throws(DirectoryError) {
        let wasSent = sendQuery(query) == 1 && PQsetSingleRowMode(handle) == 1
        try flush(wasSent ? 1 : 0, by: deadline)
    }

    /// The server gives each parameter its type, as it does a literal that is typed into psql: with `text` said here,
    /// `email = $1` on a citext column would compare by case.
    private func sendQuery(_ query: String, parameters: [String] = [], types: [Oid]? = nil) -> CInt {
        withCStrings(parameters) { values in
            PQsendQueryParams(handle, query, CInt(parameters.count), types, values, nil, nil, 0)
        }
    }

    /// Sends a query as a transaction of its own that only reads and in which the server stops it after `limit`. Its rows
    /// come one by one from `nextResult`; after the last, or an error, there is `endReadOnly`.
    ///
    /// All of it is one round trip, and nothing stays in the session: behind a pooler such as PgBouncer the session is
    /// somebody else's next.
    func sendReadOnly(
        _ query: String, parameters: [String], limit: Duration, by deadline: Deadline
    ) throws(DirectoryError) {
        let milliseconds = max(Int64(limit / .milliseconds(1)), 1)
        try sendPipeline(by: deadline) {
            sendQuery("BEGIN READ ONLY") == 1 && sendQuery("SET LOCAL statement_timeout = \(milliseconds)") == 1
                && sendQuery(query, parameters: parameters) == 1 && PQpipelineSync(handle) == 1
                // After the mark, so that it is done whatever became of the query; a failed transaction it rolls back.
                && sendQuery("COMMIT") == 1 && PQpipelineSync(handle) == 1
        }
        if let failure = try readStatements(2, by: deadline) { throw failure }
        // Otherwise no row would be seen, and nobody found.
        guard PQsetSingleRowMode(handle) == 1 else {
            throw DirectoryError(.unexpected, directory: directory, detail: "libpq doesn't give single rows")
        }
    }

    /// Reads and drops what is left of the query, and ends the transaction.
    func endReadOnly(by deadline: Deadline) throws(DirectoryError) {
        try readMark(by: deadline)
        let failure = try readStatements(1, by: deadline)
        try readMark(by: deadline)
        try leavePipeline()
        if let failure { throw failure }
    }

    /// Runs statements that have no parameter.
    ///
    /// - Returns: the first column of the last statement's first row.
    @discardableResult
    func run(_ statements: String, by deadline: Deadline) throws(DirectoryError) -> String? {
        try flush(PQsendQuery(handle, statements), by: deadline)
        var text: String?
        try forEachResult(by: deadline) { result in
            text = result.rowCount > 0 ? String(validating: result.value(0, 0), as: UTF8.self) : nil
        }
        return text
    }

    struct Description {
        /// The types of `$1` and so on.
        var parameters: [Oid]
        var columns: [Column]
    }

    /// What a query takes, and the columns that it will have. It isn't run.
    func describe(_ query: String, by deadline: Deadline) throws(DirectoryError) -> Description {
        // In one go, because behind a pooler the server of the second request may be another one, with somebody else's
        // statement.
        try sendPipeline(by: deadline) {
            PQsendPrepare(handle, "", query, 0, nil) == 1 && PQsendDescribePrepared(handle, "") == 1
                && PQpipelineSync(handle) == 1
        }
        var parameters: [Oid] = []
        var columns: [Column]?
        let failure = try readStatements(2, by: deadline) { result in
            parameters = result.parameterTypes
            columns = result.columns
        }
        try readMark(by: deadline)
        try leavePipeline()
        if let failure { throw failure }
        guard let columns else {
            throw DirectoryError(.badData, directory: directory, detail: "a column's name is not UTF-8")
        }
        return Description(parameters: parameters, columns: columns)
    }

    /// The SQLSTATE with which the server refuses a text as a value of a type; nil if it takes it.
    func refusal(of text: String, as type: Oid, by deadline: Deadline) throws(DirectoryError) -> String? {
        try flush(sendQuery("SELECT $1", parameters: [text], types: [type]), by: deadline)
        var state: String?
        while let result = try nextResult(by: deadline) { state = state ?? result.sqlState }
        return state
    }

    /// Reads all results that are left. An error among them is thrown after the last, so that the connection stays good.
    private func forEachResult(
        by deadline: Deadline, _ body: (borrowing QueryResult) -> Void
    ) throws(DirectoryError) {
        var failure: DirectoryError?
        while let result = try nextResult(by: deadline) {
            if let error = error(in: result) {
                failure = failure ?? error
                if result.isCopy { break }
            } else {
                body(result)
            }
        }
        if let failure { throw failure }
    }

    /// Reads and drops what is left, so that another query can be sent.
    func drain(by deadline: Deadline) throws(DirectoryError) {
        while let result = try nextResult(by: deadline), !result.isCopy {}
    }
}

// MARK: - Pipelines

extension LibPQConnection {
    /// Sends several statements in one go, for one round trip. `leavePipeline` is called when all is read.
    private func sendPipeline(by deadline: Deadline, _ send: () -> Bool) throws(DirectoryError) {
        guard PQenterPipelineMode(handle) == 1 else {
            throw DirectoryError(.unexpected, directory: directory, detail: "libpq refuses a pipeline")
        }
        try flush(send() ? 1 : 0, by: deadline)
    }

    /// Reads the results of so many statements to their ends.
    ///
    /// - Returns: the first failure.
    private func readStatements(
        _ count: Int, by deadline: Deadline, _ body: (borrowing QueryResult) -> Void = { _ in }
    ) throws(DirectoryError) -> DirectoryError? {
        var failure: DirectoryError?
        for _ in 0..<count {
            while let result = try nextResult(by: deadline) {
                // What comes after a failure isn't done.
                if result.status == PGRES_PIPELINE_ABORTED { continue }
                if let error = error(in: result) { failure = failure ?? error } else { body(result) }
            }
        }
        return failure
    }

    /// Reads the answer to `PQpipelineSync`, and drops what is left of the statement before it.
    private func readMark(by deadline: Deadline) throws(DirectoryError) {
        // That statement's end, unless it was read, and no other: a lost connection has nothing but ends.
        var ends = 0
        while ends < 2 {
            guard let result = try nextResult(by: deadline) else {
                ends += 1
                continue
            }
            if result.status == PGRES_PIPELINE_SYNC { return }
        }
        throw DirectoryError(.connectionLost, directory: directory, detail: "the connection was lost")
    }

    private func leavePipeline() throws(DirectoryError) {
        guard PQexitPipelineMode(handle) == 1 else {
            throw DirectoryError(.unexpected, directory: directory, detail: "libpq doesn't end the pipeline")
        }
    }
}

// MARK: - Errors

extension LibPQConnection {
    /// What a result that isn't one means.
    func error(in result: borrowing QueryResult) -> DirectoryError? {
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_EMPTY_QUERY:
            return nil
        case _ where result.isCopy:
            return DirectoryError(.badQuery, directory: directory, detail: "COPY is not a query that finds rows")
        default:
            guard let state = result.sqlState else {
                return DirectoryError(.connectionLost, directory: directory, detail: "the connection was lost")
            }
            let code = SQLState.code(state)
            let message = SQLState.messageIsHarmless(state) ? result.message : nil
            return DirectoryError(
                code, directory: directory, detail: message ?? SQLState.explanation(code, state), nativeCode: state)
        }
    }
}

/// Must not be a closure: one from an isolated context traps on another thread.
private func ignoreNotice(_: UnsafeMutableRawPointer?, _: OpaquePointer?) {}

/// The texts as a C array that ends with a null pointer, for the length of the call.
private func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { UnsafePointer($0) } + [nil]
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }  // not empty: it has the nil
}
