public import Threads

/// A directory that can tell more about itself than its entries do. Optional: any `ListableDirectory` can be examined.
public protocol ExaminableDirectory: ListableDirectory {
    /// Where it is reached over TLS.
    var tlsEndpoints: [TLSEndpoint] { get }

    /// What its kind alone can tell: its clock, the reader's rights, the file's state.
    func examine(by deadline: Deadline) async throws(DirectoryError) -> KindExamination
}

extension ExaminableDirectory {
    public var tlsEndpoints: [TLSEndpoint] { [] }
}

/// What one kind of directory says about itself.
public struct KindExamination: Sendable {
    /// The directory's clock, and ours before it was asked and after it had answered.
    public struct Clock: Sendable, Hashable {
        public let server: UnixTime
        public let before: UnixTime
        public let after: UnixTime

        public init(server: UnixTime, before: UnixTime, after: UnixTime) {
            self.server = server
            self.before = before
            self.after = after
        }
    }

    public var findings: [Finding]
    public var clock: Clock?
    /// The columns that a look-up's result has, where that is known without an entry.
    public var lookUpColumns: [String]?

    public init(findings: [Finding] = [], clock: Clock? = nil, lookUpColumns: [String]? = nil) {
        self.findings = findings
        self.clock = clock
        self.lookUpColumns = lookUpColumns
    }
}

/// A place that is reached over TLS, and what is asked of its certificate.
public struct TLSEndpoint: Sendable, Hashable {
    /// What comes before the handshake.
    public enum Start: Sendable, Hashable {
        case atOnce
        /// LDAP's StartTLS (RFC 4511, 4.14).
        case ldap
        /// PostgreSQL's SSLRequest.
        case postgres
    }

    /// What is asked of the certificate.
    public enum Check: Sendable, Hashable {
        case nothing
        case issuer
        case issuerAndName
    }

    /// A name or an address.
    public let host: String
    /// Where the host is, if it isn't to be looked up.
    public let address: String?
    public let port: UInt16
    public let start: Start
    public let check: Check
    /// The file with the certificates to trust (PEM); those of the system if nil.
    public let authorities: String?
    /// The key of connectors.yaml, or the keyword of the connection, that names this file.
    public let authoritiesKey: String

    public init(
        host: String, address: String? = nil, port: UInt16, start: Start, check: Check, authorities: String?,
        authoritiesKey: String
    ) {
        self.host = host
        self.address = address
        self.port = port
        self.start = start
        self.check = check
        self.authorities = authorities
        self.authoritiesKey = authoritiesKey
    }

    public var place: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}

/// Makes the handshake and looks at the certificate, whatever is wrong with it.
public protocol TLSInspector: Sendable {
    /// Answers by `deadline`, within a few milliseconds.
    func inspect(_ endpoint: TLSEndpoint, by deadline: Deadline) async -> TLSObservation
}

/// What was seen of a server's TLS.
public enum TLSObservation: Sendable, Hashable {
    /// The handshake was done, and this is the server's certificate.
    case certificate(ServerCertificate)
    /// Nothing was heard of it in time, or there was no connection: with the reason.
    case unreachable(String)
    /// The server doesn't speak TLS there, with its way of saying so.
    case absent(String)
    /// It speaks no TLS 1.2.
    case tooOld
    /// With the library's words.
    case handshakeFailed(String)
    /// The file with the certificates to trust can't be used: what is wrong with it.
    case authorities(String)
}

/// A certificate as a server showed it, and what is to be said about it.
public struct ServerCertificate: Sendable, Hashable {
    /// What is wrong with the chain of issuers.
    public enum IssuerProblem: Sendable, Hashable {
        /// It signed itself and isn't among the trusted ones.
        case selfSigned
        /// The chain ends at a certificate of this issuer, who isn't trusted.
        case notTrusted
        /// With the library's words.
        case other(String)
    }

    public var subject: String
    public var issuer: String
    /// Of `subjectAltName`; else the common name.
    public var names: [String]
    public var notBefore: UnixTime
    public var notAfter: UnixTime
    /// Whether it is for the host that it was asked from.
    public var isForHost: Bool
    public var issuerProblem: IssuerProblem?
    /// `TLSv1.3`.
    public var protocolVersion: String

    public init(
        subject: String, issuer: String, names: [String], notBefore: UnixTime, notAfter: UnixTime, isForHost: Bool,
        issuerProblem: IssuerProblem?, protocolVersion: String
    ) {
        self.subject = subject
        self.issuer = issuer
        self.names = names
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.isForHost = isForHost
        self.issuerProblem = issuerProblem
        self.protocolVersion = protocolVersion
    }
}
