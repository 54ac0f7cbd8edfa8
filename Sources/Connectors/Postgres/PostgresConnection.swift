internal import CLibPQ
import MigrationCore
import Threads

/// What all connections of a directory share.
struct PostgresSource: Sendable {
    let name: String
    let connection: Secret
    /// What relative certificate files in it are relative to.
    var baseFolder = ""
    let lookup: String
    let list: String?
    let timeout: Duration
    let resolver: NameResolver
    let lookupColumns = ColumnListCache()
    let listColumns = ColumnListCache()
}

/// A connection and its thread: a warm one for look-ups, or one that reads a listing.
actor PostgresConnection: ListingConnection, ReconnectingConnection {
    /// Rows that are counted before a look-up has seen enough.
    private static let maxCounted = 512

    nonisolated let place: PooledThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { place.executor.asUnownedSerialExecutor() }

    private let source: PostgresSource
    private var session: LibPQConnection?
    private var lastUse: ContinuousClock.Instant
    private var arrayTypes = ArrayTypes()
    private var listing: Listing?

    init(_ source: PostgresSource, on place: PooledThread) {
        self.source = source
        self.place = place
        lastUse = place.trust.now
    }

    func finish() {
        session = nil
        listing = nil
    }

    /// The look-ups' session, for `doctor`'s questions.
    func examinedSession(by deadline: Deadline) async throws(DirectoryError) -> LibPQConnection {
        try await warmSession(by: deadline)
    }

    func dropSessionInDoubt() {
        if session?.isIdle == false { session = nil }
    }

    private func error(_ code: DirectoryError.Code, _ detail: String) -> DirectoryError {
        DirectoryError(code, directory: source.name, detail: detail)
    }

    /// A new session; the names of its hosts are looked up first, because libpq would block for them.
    private func connect(by deadline: Deadline) async throws(DirectoryError) -> LibPQConnection {
        var parameters: ConnectionParameters
        do throws(ConnectionParameters.Problem) {
            parameters = try ConnectionParameters(source.connection, baseFolder: source.baseFolder)
        } catch {
            throw self.error(error.code, error.message)
        }
        if let hosts = parameters.hosts {
            let (reachable, addresses) = try await resolve(hosts, by: deadline)
            parameters.setHosts(reachable, addresses: addresses)
        }
        return try firstToAnswer(parameters.oneServerEach, by: deadline)
    }

    /// Each server has its share of the time that is left; one that refuses us for good is the last.
    private func firstToAnswer(
        _ servers: [ConnectionParameters], by deadline: Deadline
    ) throws(DirectoryError) -> LibPQConnection {
        var failures: [DirectoryError] = []
        for (number, server) in servers.enumerated() {
            let share = deadline.remaining() / (servers.count - number)
            do throws(DirectoryError) {
                return try LibPQConnection.connect(
                    server, directory: source.name, interruption: place.interruption, by: deadline.capped(to: share))
            } catch  where error.isTransient && servers.count > 1 && !deadline.hasPassed() {
                failures.append(error)
            }
        }
        // A word of a server says more than that another couldn't be reached.
        guard let telling = failures.last(where: { $0.nativeCode != nil }) ?? failures.last else {
            throw error(.unexpected, "no server is left to connect to")
        }
        throw DirectoryError(
            telling.code, directory: source.name,
            detail: failures.map { $0.detail.isEmpty ? $0.code.rawValue : $0.detail }.joined(separator: "; "),
            nativeCode: telling.nativeCode)
    }

    /// The hosts that have an address or need none, and the addresses of those that are names.
    private func resolve(
        _ hosts: [ConnectionParameters.Host], by deadline: Deadline
    ) async throws(DirectoryError) -> (hosts: [ConnectionParameters.Host], addresses: [String: [String]]) {
        var reachable: [ConnectionParameters.Host] = []
        var addresses: [String: [String]] = [:]
        var missing: [String] = []
        for host in hosts {
            if host.name.isEmpty || host.isSocket || !host.address.isEmpty || NameResolver.isNumeric(host.name) {
                reachable.append(host)
                continue
            }
            do throws(NameResolver.Failure) {
                addresses[host.name] = try await source.resolver.addresses(of: host.name, by: deadline.instant)
                reachable.append(host)
            } catch {
                switch error {
                case .notFound: missing.append(host.name)
                case .tooManyLeftBehind: throw self.error(.unreachable, "the name server doesn't answer")
                case .noThreadLeft: throw self.error(.overloaded, "the system has no thread left")
                case .cancelled: throw self.error(.cancelled, "")
                case .deadlineExceeded:
                    throw self.error(.deadlineExceeded, "no address for \(host.name) until the deadline")
                }
            }
        }
        if reachable.isEmpty {
            throw error(.unreachable, "no such host: \(missing.joined(separator: ", "))")
        }
        return (reachable, addresses)
    }
}

extension ConnectionParameters.Problem {
    var code: DirectoryError.Code {
        switch self {
        case .malformed, .service: .notADirectory
        case .rootCertificateMissing, .systemCertificatesUnchecked: .tls
        }
    }
}

// MARK: - Look-up

extension PostgresConnection {
    /// The rows that the look-up query finds.
    func lookUpOnce(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        let session = try await warmSession(by: deadline)
        // Whatever stopped in the middle can't be used again, and needn't be: the server ends the query by itself.
        defer { if !session.isIdle { self.session = nil } }
        let lookup: Lookup
        do throws(DirectoryError) {
            lookup = try ask(session, for: identifier, by: deadline)
        } catch  where error.nativeCode.map(SQLState.isDataException) == true {
            guard try canNotBe(identifier, refusal: error, session, by: deadline) else { throw error }
            lookup = .none
        }
        lastUse = place.trust.now
        return lookup
    }

    private func warmSession(by deadline: Deadline) async throws(DirectoryError) -> LibPQConnection {
        if let session {
            if place.trust.holds(since: lastUse) { return session }
            self.session = nil
            if try isAlive(session, by: deadline) {
                self.session = session
                return session
            }
        }
        let session = try await connect(by: deadline)
        self.session = session
        return session
    }

    /// Whether a quarter of what is left brings a reply.
    private func isAlive(_ session: LibPQConnection, by deadline: Deadline) throws(DirectoryError) -> Bool {
        do throws(DirectoryError) {
            try session.run("", by: deadline.capped(to: deadline.remaining() / 4))
            return session.isIdle
        } catch  where error.code != .cancelled {
            return false
        }
    }

    private func ask(
        _ session: LibPQConnection, for identifier: String, by deadline: Deadline
    ) throws(DirectoryError) -> Lookup {
        // Read-only, so that a retried look-up changes nothing; limited, so that the server doesn't work on for nobody.
        try session.sendReadOnly(source.lookup, parameters: [identifier], limit: source.timeout, by: deadline)
        var first: QueryResult?
        var count = 0
        while let result = try session.nextResult(by: deadline) {
            if let error = session.error(in: result) {
                if !result.isCopy { try session.endReadOnly(by: deadline) }
                throw error
            }
            guard result.columnCount > 0 else {
                try session.endReadOnly(by: deadline)
                throw error(.badQuery, "the look-up's query has no columns: it must be one that finds rows")
            }
            guard result.status == PGRES_SINGLE_TUPLE else { continue }
            count += 1
            if count == 1 {
                first = consume result
            } else if count == Self.maxCounted {
                // Enough; the connection is dropped, and with it the rest.
                return .several(count: count)
            }
        }
        try session.endReadOnly(by: deadline)
        guard let row = first.take() else { return .none }
        return count == 1 ? .one(try entry(row, session, by: deadline)) : .several(count: count)
    }

    private func entry(
        _ row: consuming QueryResult, _ session: LibPQConnection, by deadline: Deadline
    ) throws(DirectoryError) -> DirectoryEntry {
        guard let columns = row.columns else { throw error(.badData, "a column's name is not UTF-8") }
        let delimiters = try arrayTypes.delimiters(columns, on: session, by: deadline)
        var builder = EntryBatch.Builder(columns: source.lookupColumns.list(columns.map(\.name)))
        builder.append(row, row: 0, delimiters: delimiters)
        return builder.take()[0]
    }

    /// Whether no row can have this identifier, because the parameter's type can't: `ana` where an id is an integer, a Thai
    /// name where the database's encoding is LATIN1.
    ///
    /// That must be the fault of the identifier alone, not one of the query's text or of a row.
    private func canNotBe(
        _ identifier: String, refusal: DirectoryError, _ session: LibPQConnection, by deadline: Deadline
    ) throws(DirectoryError) -> Bool {
        guard session.isIdle else { return false }
        let types: [Oid]
        do throws(DirectoryError) {
            types = try session.describe(source.lookup, by: deadline).parameters
        } catch  where error.nativeCode != nil {
            return false
        }
        guard types.count == 1 else { return false }
        return try session.refusal(of: identifier, as: types[0], by: deadline) == refusal.nativeCode
    }
}

// MARK: - Listing

extension PostgresConnection {
    private struct Listing {
        let session: LibPQConnection
        let watermark: String?
        let delimiters: [UInt8?]
        var builder: EntryBatch.Builder
        var count = 0
    }

    func nextBatches(by deadline: Deadline) async throws(DirectoryError) -> [EntryBatch] {
        if listing == nil { listing = try await startListing(by: deadline) }
        guard var listing = listing.take() else { throw error(.cancelled, "") }
        var batches: [EntryBatch] = []
        while let result = try listing.session.nextResult(by: deadline) {
            switch result.status {
            case PGRES_SINGLE_TUPLE:
                listing.builder.append(result, row: 0, delimiters: listing.delimiters)
                listing.count += 1
                if listing.builder.isFull { batches.append(listing.builder.take()) }
            case PGRES_TUPLES_OK:
                try listing.session.drain(by: deadline)
                let end = ListingEnd.complete(count: listing.count, watermark: listing.watermark)
                return batches + [listing.builder.take(end: end)]
            default:
                throw listing.session.error(in: result) ?? error(.unexpected, "the listing ended without its end")
            }
            // With the fourth at the latest; with the first, as soon as the server is to be waited for.
            if batches.isEmpty { continue }
            let isMoreHere = try listing.session.hasResult()
            if batches.count == 4 || !isMoreHere {
                self.listing = listing
                return batches
            }
        }
        throw error(.unexpected, "the listing ended without its end")
    }

    /// Begins the transaction and sends the query.
    private func startListing(by deadline: Deadline) async throws(DirectoryError) -> Listing {
        guard let list = source.list else {
            throw error(.badQuery, "this directory has no list: query, which reading all its entries needs")
        }
        let session = try await connect(by: deadline)
        // All rows are of one moment; the watermark is not later than it. The server's own limit on a statement would count
        // what we do with the rows meanwhile, so it is off: our stall limit is the one that holds.
        let watermark = try session.run(
            """
            BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
            SET LOCAL statement_timeout = 0; \
            SELECT to_char(transaction_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            """, by: deadline)
        let columns = try session.describe(list, by: deadline).columns
        guard !columns.isEmpty else {
            throw error(.badQuery, "the list: query has no columns: it must be one that finds rows")
        }
        let delimiters = try arrayTypes.delimiters(columns, on: session, by: deadline)
        try session.send(list, by: deadline)
        return Listing(
            session: session, watermark: watermark, delimiters: delimiters,
            builder: EntryBatch.Builder(columns: source.listColumns.list(columns.map(\.name))))
    }
}
