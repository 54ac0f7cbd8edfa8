/// Nobody could answer: what a directory throws. A wrong password or an unknown user is an answer, never this.
public struct DirectoryError: Error, Sendable {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// No connection: refused, no route, no such host.
        case unreachable = "unreachable"
        /// It didn't answer in time.
        case deadlineExceeded = "deadline-exceeded"
        /// The connection was lost in the middle.
        case connectionLost = "connection-lost"
        /// The server's certificate or the TLS handshake.
        case tls = "tls"
        /// The directory refuses the credentials that it is read with.
        case readerRefused = "reader-refused"
        /// The reader may connect, but not read this.
        case permissionDenied = "permission-denied"
        /// The server has no room for us: too many connections, shutting down, starting up.
        case overloaded = "overloaded"
        /// The query or filter of connectors.yaml is one that the directory refuses.
        case badQuery = "bad-query"
        /// A column that the decision needs isn't in the result.
        case missingColumn = "missing-column"
        /// The place isn't a directory of this kind: no such file, not a database.
        case notADirectory = "not-a-directory"
        /// What came back can't be read (text that isn't UTF-8, a damaged file).
        case badData = "bad-data"
        /// A file or database changed in the middle of a listing.
        case changedMeanwhile = "changed-meanwhile"
        /// It failed some times in a row, and isn't asked until it answers again.
        case circuitOpen = "circuit-open"
        /// It was closed, or the task was cancelled.
        case cancelled = "cancelled"
        /// A code that isn't in the connector's table.
        case unexpected = "unexpected"
    }

    public let code: Code
    /// The directory's name in connectors.yaml.
    public let directory: String
    /// What was wrong, in our words or the library's: for `lookup` and `doctor`, which show it to whoever runs the
    /// migration. It may name hosts, columns and files; never logged, and never a value of a row, an identifier or a
    /// connection string.
    public let detail: String
    /// The library's own code (an SQLSTATE, an LDAP or SQLite result code), safe to log.
    public let nativeCode: String?

    public init(_ code: Code, directory: String, detail: String = "", nativeCode: String? = nil) {
        self.code = code
        self.directory = directory
        self.detail = detail
        self.nativeCode = nativeCode
    }

    /// Whether the same call may succeed on a new connection or a little later; a wrong query stays wrong.
    public var isTransient: Bool {
        switch code {
        case .unreachable, .deadlineExceeded, .connectionLost, .overloaded, .changedMeanwhile, .circuitOpen: true
        case .tls, .readerRefused, .permissionDenied, .badQuery, .missingColumn, .notADirectory, .badData, .cancelled,
            .unexpected:
            false
        }
    }
}

extension DirectoryError: Equatable {
    /// By code and directory, so that a test can write down the one it expects.
    public static func == (left: DirectoryError, right: DirectoryError) -> Bool {
        left.code == right.code && left.directory == right.directory
    }
}

extension DirectoryError: CustomStringConvertible {
    /// Safe to log.
    public var description: String {
        (directory.isEmpty ? "" : directory + ": ") + code.rawValue + (nativeCode.map { " (\($0))" } ?? "")
    }
}
