internal import CLibLDAP
import MigrationCore
import Threads

/// The reader's connection and its thread: a warm one for look-ups, or one that reads a listing.
actor LDAPConnection: ListingConnection, ReconnectingConnection {
    /// Entries that a server is to send before a look-up has seen enough.
    private static let maxFound: CInt = 10
    nonisolated let place: PooledThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { place.executor.asUnownedSerialExecutor() }

    private let source: LDAPSource
    private var session: LDAPSession?
    private var lastUse: ContinuousClock.Instant
    private var listing: Listing?

    init(_ source: LDAPSource, on place: PooledThread) {
        self.source = source
        self.place = place
        lastUse = place.trust.now
    }

    func finish() {
        listing = nil
        session = nil
    }

    /// The look-ups' session, for `doctor`'s questions.
    func examinedSession(by deadline: Deadline) async throws(DirectoryError) -> LDAPSession {
        try await warmSession(by: deadline)
    }

    func dropSessionInDoubt() {
        if session?.isIdle == false { session = nil }
    }

    /// A session that the reader is bound on.
    private func connect(by deadline: Deadline) async throws(DirectoryError) -> LDAPSession {
        try await source.connect(interruption: place.interruption, by: deadline) {
            session, deadline throws(DirectoryError) in
            switch source.reader {
            case .nobody: break
            case .external: try session.bindExternal(by: deadline)
            case .simple(let dn, let password):
                let result = try session.bind(dn: dn, password: password, by: deadline)
                guard result.code == LDAP_SUCCESS else {
                    throw session.failure(result.code, by: deadline, diagnostic: result.diagnostic)
                }
            }
        }
    }
}

// MARK: - Look-up

extension LDAPConnection {
    /// The entries that the filter finds.
    func lookUpOnce(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        let session = try await warmSession(by: deadline)
        defer { if !session.isIdle { self.session = nil } }
        let reply = try session.search(
            LDAPSession.Search(
                base: source.base, filter: source.filter.filled(with: identifier), attributes: source.attributes,
                sizeLimit: Self.maxFound), by: deadline)
        lastUse = place.trust.now
        guard let (result, _) = reply.result({ _ in }) else { throw session.unreadable() }
        let count = reply.entryCount
        // Two are too many, whatever else there is.
        if result.code == LDAP_SIZELIMIT_EXCEEDED, count > 1 { return .several(count: count) }
        guard result.code == LDAP_SUCCESS else {
            throw session.failure(result.code, by: deadline, diagnostic: result.diagnostic)
        }
        guard count < 2 else { return .several(count: count) }
        guard let entry = reply.firstEntry else { return .none }
        return .one(try self.entry(entry, session, by: deadline))
    }

    private func entry(
        _ entry: OpaquePointer, _ session: LDAPSession, by deadline: Deadline
    ) throws(DirectoryError) -> DirectoryEntry {
        try session.withEntry(entry) { entry throws(DirectoryError) in
            var columns = EntryColumns()
            try take(entry, into: &columns, session, by: deadline)
            var builder = EntryBatch.Builder(columns: source.lookupColumns.list(columns.list.names))
            columns.append(entry, to: &builder)
            return builder.take()[0]
        }
    }

    private func warmSession(by deadline: Deadline) async throws(DirectoryError) -> LDAPSession {
        if let session {
            if place.trust.holds(since: lastUse) { return session }
            self.session = nil
            if try session.isAlive(by: deadline) {
                self.session = session
                return session
            }
        }
        let session = try await connect(by: deadline)
        self.session = session
        return session
    }
}

extension LDAPSession {
    /// Whether a quarter of what is left brings an answer.
    func isAlive(by deadline: Deadline) throws(DirectoryError) -> Bool {
        do throws(DirectoryError) {
            try ping(by: deadline.capped(to: deadline.remaining() / 4))
            return isIdle
        } catch  where error.code != .cancelled {
            return false
        }
    }
}

// MARK: - Large attributes

extension LDAPConnection {
    private func take(
        _ entry: borrowing DecodedEntry, into columns: inout EntryColumns, _ session: LDAPSession, by deadline: Deadline
    ) throws(DirectoryError) {
        let dn = entry.dn
        let isReadable = try columns.take(entry) { attribute, first throws(DirectoryError) in
            guard let dn = dn.text, !dn.utf8.contains(0) else {
                throw source.error(.badData, "an entry's dn is not UTF-8, or has a NUL in it")
            }
            return try values(of: attribute, from: first, entry: dn, session, by: deadline)
        }
        guard isReadable else { throw source.error(.badData, "an attribute's name is not UTF-8") }
    }

    /// The values that a server didn't give at once, part by part.
    private func values(
        of attribute: String, from first: Int, entry dn: String, _ session: LDAPSession, by deadline: Deadline
    ) throws(DirectoryError) -> [[UInt8]] {
        var values: [[UInt8]] = []
        var next: Int? = first
        while let first = next {
            let reply = try session.search(
                LDAPSession.Search(
                    base: dn, scope: CInt(LDAP_SCOPE_BASE), filter: "(objectClass=*)",
                    attributes: [RangeOption.description(of: attribute, from: first)]), by: deadline)
            guard let (result, _) = reply.result({ _ in }) else { throw session.unreadable() }
            guard result.code == LDAP_SUCCESS else { throw session.failure(result.code, by: deadline) }
            guard let entry = reply.firstEntry else {
                throw source.error(.changedMeanwhile, "an entry is gone in the middle of its values")
            }
            next = try session.withEntry(entry) { entry throws(DirectoryError) in
                for part in entry.attributes {
                    guard let range = part.name.text.flatMap({ RangeOption($0) }), range.first == first else {
                        continue
                    }
                    forEachValue(part.values) { values.append(Array($0)) }
                    return range.last.map { $0 + 1 }
                }
                throw source.error(.badData, "the server doesn't go on with the values of \(attribute)")
            }
        }
        return values
    }
}

// MARK: - Listing

extension LDAPConnection {
    private struct Listing {
        let session: LDAPSession
        let filter: String
        let watermark: String
        var columns = EntryColumns()
        var builder: EntryBatch.Builder
        /// The page at hand, and the entry that comes next.
        var page: (reply: Reply, next: OpaquePointer?)?
        /// Where the next page begins; nil after the last.
        var cookie: [UInt8]? = []
        /// Whether the next page is asked for before the one at hand is read, so that the server and this thread work at the
        /// same time. Not where a page is larger than what is read at once: two of them would be in memory.
        var asksAhead = true
        var count = 0
    }

    func nextBatches(by deadline: Deadline) async throws(DirectoryError) -> [EntryBatch] {
        if listing == nil { listing = try await startListing(by: deadline) }
        guard var listing = listing.take() else { throw source.error(.cancelled, "") }
        var batches: [EntryBatch] = []
        while true {
            if listing.page == nil {
                guard let cookie = listing.cookie else {
                    let end = ListingEnd.complete(count: listing.count, watermark: listing.watermark)
                    return batches + [listing.builder.take(end: end)]
                }
                // Rather than wait for the server with something in hand.
                guard batches.isEmpty else { break }
                try nextPage(&listing, cookie: cookie, by: deadline)
            }
            try readPage(&listing, into: &batches, by: deadline)
            if batches.count >= 4 { break }
        }
        listing.asksAhead = listing.page == nil
        // So that in the common case the server isn't left to wait for whoever takes what was read. Not for longer than half of
        // the time: there is something in hand.
        try listing.session.collectAhead(by: deadline, within: deadline.remaining() / 2)
        self.listing = listing
        return batches
    }

    private func startListing(by deadline: Deadline) async throws(DirectoryError) -> Listing {
        guard let filter = source.listFilter else {
            throw source.error(.badQuery, "this directory has no list_filter, which reading all its entries needs")
        }
        let session = try await connect(by: deadline)
        let columns = EntryColumns()
        return Listing(
            session: session, filter: filter, watermark: try watermark(session, by: deadline), columns: columns,
            builder: EntryBatch.Builder(columns: columns.list))
    }

    private func nextPage(
        _ listing: inout Listing, cookie: [UInt8], by deadline: Deadline
    ) throws(DirectoryError) {
        func search(_ cookie: [UInt8]) -> LDAPSession.Search {
            LDAPSession.Search(
                base: source.base, filter: listing.filter, attributes: source.attributes,
                page: (source.pageSize, cookie))
        }
        let session = listing.session
        let ahead = try session.answerAhead(by: deadline)
        let reply = if let ahead { ahead } else { try session.search(search(cookie), by: deadline) }
        let next = try session.nextCookie(after: reply, by: deadline)
        listing.cookie = next.isEmpty ? nil : next
        listing.page = (reply, reply.firstEntry)
        if listing.asksAhead, !next.isEmpty { try session.searchAhead(search(next), by: deadline) }
    }

    /// Reads entries until the page is over or four batches are full.
    private func readPage(
        _ listing: inout Listing, into batches: inout [EntryBatch], by deadline: Deadline
    ) throws(DirectoryError) {
        guard let page = listing.page else { return }
        var next = page.next
        while let entry = next, batches.count < 4 {
            try listing.session.withEntry(entry) { entry throws(DirectoryError) in
                let before = listing.columns.list
                try take(entry, into: &listing.columns, listing.session, by: deadline)
                if listing.columns.list !== before {
                    if !listing.builder.isEmpty { batches.append(listing.builder.take()) }
                    listing.builder = EntryBatch.Builder(columns: listing.columns.list)
                }
                listing.columns.append(entry, to: &listing.builder)
            }
            listing.count += 1
            if listing.builder.isFull { batches.append(listing.builder.take()) }
            next = page.reply.entry(after: entry)
        }
        listing.page = next == nil ? nil : (page.reply, next)
    }

    /// When the listing began, by the server's clock if it shows one.
    private func watermark(_ session: LDAPSession, by deadline: Deadline) throws(DirectoryError) -> String {
        let reply = try session.search(
            LDAPSession.Search(
                base: "", scope: CInt(LDAP_SCOPE_BASE), filter: "(objectClass=*)", attributes: ["currentTime"]),
            by: deadline)
        // A server that doesn't show even this may still be listed.
        guard let entry = reply.firstEntry else { return GeneralizedTime.beforeNow }
        return try session.withEntry(entry) { entry in
            entry.attributes.lazy.compactMap { $0.values?.pointee.text }.first { !$0.isEmpty }
        } ?? GeneralizedTime.beforeNow
    }
}
