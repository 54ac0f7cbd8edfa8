internal import CLibLDAP
import MigrationCore

/// What the result codes of searches, StartTLS and the reader's bind mean for a sign-in. A code that isn't here is
/// `.unexpected`, an outage like the rest: none of them denies. What a user's own bind says is in `BindResult`.
///
/// - SeeAlso: RFC 4511, appendix A; the negative ones are libldap's own (ldap.h).
enum ResultCodes {
    private static let codes: [CInt: DirectoryError.Code] = [
        2: .badQuery,  // protocolError
        3: .deadlineExceeded,  // timeLimitExceeded
        4: .permissionDenied,  // sizeLimitExceeded
        7: .badQuery,  // authMethodNotSupported: no SASL EXTERNAL
        8: .readerRefused,  // strongerAuthRequired
        10: .notADirectory,  // referral
        11: .permissionDenied,  // adminLimitExceeded
        12: .badQuery,  // unavailableCriticalExtension
        13: .readerRefused,  // confidentialityRequired
        16: .badQuery,  // noSuchAttribute
        17: .badQuery,  // undefinedAttributeType
        18: .badQuery,  // inappropriateMatching
        21: .badQuery,  // invalidAttributeSyntax
        32: .notADirectory,  // noSuchObject
        34: .badQuery,  // invalidDNSyntax
        48: .readerRefused,  // inappropriateAuthentication
        49: .readerRefused,  // invalidCredentials
        50: .permissionDenied,  // insufficientAccessRights
        51: .overloaded,  // busy
        52: .overloaded,  // unavailable
        53: .permissionDenied,  // unwillingToPerform
        LDAP_SERVER_DOWN: .connectionLost,
        LDAP_DECODING_ERROR: .badData,
        LDAP_TIMEOUT: .deadlineExceeded,
        LDAP_FILTER_ERROR: .badQuery,
        LDAP_NO_MEMORY: .overloaded,
        LDAP_CONNECT_ERROR: .connectionLost,
    ]

    static func code(_ code: CInt) -> DirectoryError.Code {
        codes[code] ?? .unexpected
    }

    /// Our words: the server's own may quote what somebody typed.
    static func explanation(_ code: CInt) -> String {
        switch code {
        // So says Active Directory to a search of somebody's who isn't bound.
        case 1: "the server refuses to work (operationsError); Active Directory wants bind_dn and bind_password"
        case 3: "the server stopped the search at its own time limit"
        case 4: "the server gives this reader no more than so many entries; raise its size limit for paged searches"
        case 7: "the server takes no SASL EXTERNAL here"
        case 8, 13: "the server wants TLS, or a stronger bind; use ldaps:// or start_tls: true"
        case 10: "the server has no such base and refers to another server"
        case 11: "the search meets an administrative limit of the server; an index or a higher limit is needed"
        case 12: "the server has no paged results (RFC 2696)"
        case 32: "there is no entry at base, or the reader may not see it"
        case 34: "base or bind_dn is no distinguished name"
        case 48, 49: "the server refuses bind_dn or its password"
        case 50: "the reader may not search here"
        case 51, 52: "the server is busy, starting up or shutting down"
        case 53: "the server is unwilling to do this"
        case LDAP_SERVER_DOWN, LDAP_CONNECT_ERROR: "the connection was lost"
        case LDAP_FILTER_ERROR: "the filter is not one (RFC 4515)"
        default: "result code \(code): \(String(cString: ldap_err2string(code)))"
        }
    }
}
