import MigrationCore
import Threads

/// What all connections of a directory share.
struct LDAPSource: Sendable {
    /// Who reads the directory.
    enum Reader: Sendable {
        case nobody
        case simple(dn: String, password: Secret)
        /// Whom the other end of a local socket takes this process for.
        case external
    }

    let name: String
    /// Tried in this order.
    let servers: [ServerURL]
    let tls: TLSSettings
    let reader: Reader
    let base: String
    let filter: LDAPFilter
    let listFilter: String?
    /// What a server is asked for of each entry.
    let attributes: [String]
    let pageSize: Int
    let timeout: Duration
    let resolver: NameResolver
    let lookupColumns = EntryColumnsCache()

    /// All that an entry has, those attributes that the server keeps itself (`+`, RFC 3673), and what some servers give
    /// only when it is named, such as 389 Directory Server's `nsUniqueId` and what Active Directory computes.
    ///
    /// - Parameter columns: names in the configuration. They may be another directory's: what isn't the name of an
    ///   attribute (RFC 4512, 2.5) isn't sent.
    static func attributes(naming columns: [String]) -> [String] {
        let names = columns.filter { name in
            !name.isEmpty && name.utf8.allSatisfy { "-.;".utf8.contains($0) || isLetterOrDigit($0) }
        }
        return ["*", "+"] + names
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    func error(_ code: DirectoryError.Code, _ detail: String) -> DirectoryError {
        DirectoryError(code, directory: name, detail: detail)
    }
}

// MARK: - Connecting

extension LDAPSource {
    /// A session with the first server that is there, secure, and bound if `body` does that.
    ///
    /// Each server has its share of the time that is left, and each address of a server its share of that. One that refuses
    /// the reader is the last, because the next would count that as well.
    func connect(
        interruption: Interruption, by deadline: Deadline,
        _ body: (LDAPSession, Deadline) throws(DirectoryError) -> Void
    ) async throws(DirectoryError) -> LDAPSession {
        var failures: [DirectoryError] = []
        for (number, server) in servers.enumerated() {
            let share = deadline.capped(to: deadline.remaining() / (servers.count - number))
            do throws(DirectoryError) {
                return try await connect(to: server, interruption: interruption, by: share, body)
            } catch {
                failures.append(error)
                if deadline.hasPassed() { throw self.error(.deadlineExceeded, error.detail) }
                if [.cancelled, .readerRefused].contains(error.code) { break }
            }
        }
        return try rethrow(failures)
    }

    private func connect(
        to server: ServerURL, interruption: Interruption, by deadline: Deadline,
        _ body: (LDAPSession, Deadline) throws(DirectoryError) -> Void
    ) async throws(DirectoryError) -> LDAPSession {
        switch server.place {
        case .file(let path):
            return try connect(server, interruption, by: deadline, body) { () throws(ServerSocket.Failure) in
                try ServerSocket.connect(path: path, interruption: interruption, by: deadline.instant)
            }
        case .host(let host, let port):
            let addresses = try await addresses(of: host, by: deadline)
            var failures: [DirectoryError] = []
            for (number, address) in addresses.enumerated() {
                let share = deadline.capped(to: deadline.remaining() / (addresses.count - number))
                do throws(DirectoryError) {
                    return try connect(server, interruption, by: share, body) { () throws(ServerSocket.Failure) in
                        try ServerSocket.connect(
                            address: address, port: port, interruption: interruption, by: share.instant)
                    }
                } catch {
                    failures.append(error)
                    if [.cancelled, .readerRefused].contains(error.code) { break }
                }
            }
            return try rethrow(failures)
        }
    }

    private func connect(
        _ server: ServerURL, _ interruption: Interruption, by deadline: Deadline,
        _ body: (LDAPSession, Deadline) throws(DirectoryError) -> Void,
        _ open: () throws(ServerSocket.Failure) -> CInt
    ) throws(DirectoryError) -> LDAPSession {
        let socket: CInt
        do throws(ServerSocket.Failure) {
            socket = try open()
        } catch {
            switch error {
            case .deadlineExceeded: throw self.error(.deadlineExceeded, "")
            case .interrupted:
                let isClosed = interruption.reason == .closed
                throw self.error(.cancelled, isClosed ? "the directory was closed" : "")
            case .unreachable(let words): throw self.error(.unreachable, "\(server.text): \(words)")
            case .noDescriptor: throw self.error(.overloaded, "no file descriptor is left")
            }
        }
        let session = try LDAPSession(socket: socket, server: server, directory: name, interruption: interruption)
        if server.security != .none {
            try session.startTLS(tls, asksFirst: server.security == .startTLS, by: deadline)
        }
        try body(session, deadline)
        return session
    }

    /// A server's own word says more than that another couldn't be reached.
    private func rethrow(_ failures: [DirectoryError]) throws(DirectoryError) -> LDAPSession {
        guard let last = failures.last else { throw error(.unexpected, "no server is left to connect to") }
        let isDecided = [.cancelled, .readerRefused].contains(last.code)
        let telling = isDecided ? last : failures.last { $0.nativeCode != nil } ?? last
        let details = failures.map { $0.detail.isEmpty ? $0.code.rawValue : $0.detail }
        throw DirectoryError(
            telling.code, directory: name, detail: failures.count == 1 ? last.detail : details.joined(separator: "; "),
            nativeCode: telling.nativeCode)
    }

    private func addresses(of host: String, by deadline: Deadline) async throws(DirectoryError) -> [String] {
        do throws(NameResolver.Failure) {
            return try await resolver.addresses(of: host, by: deadline.instant)
        } catch {
            switch error {
            case .notFound: throw self.error(.unreachable, "no such host: \(host)")
            case .tooManyLeftBehind: throw self.error(.unreachable, "the name server doesn't answer")
            case .noThreadLeft: throw self.error(.overloaded, "the system has no thread left")
            case .cancelled: throw self.error(.cancelled, "")
            case .deadlineExceeded:
                throw self.error(.deadlineExceeded, "no address for \(host) until the deadline")
            }
        }
    }
}
