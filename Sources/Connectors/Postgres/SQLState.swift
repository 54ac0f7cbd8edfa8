import MigrationCore

/// What the server's error codes mean for a sign-in. A code that isn't here is `.unexpected`, an outage like the rest:
/// none of them denies.
///
/// - SeeAlso: PostgreSQL 15, Appendix A.
enum SQLState {
    /// By the whole code, where it differs from its class.
    private static let codes: [String: DirectoryError.Code] = [
        "08P01": .badQuery,  // protocol_violation: the query has another number of parameters than it is given
        "25006": .badQuery,  // read_only_sql_transaction: a look-up that writes
        "25P03": .connectionLost,  // idle_in_transaction_session_timeout
        "3D000": .notADirectory,  // invalid_catalog_name: no such database
        "42501": .permissionDenied,  // insufficient_privilege
        "55P03": .overloaded,  // lock_not_available
        "57014": .deadlineExceeded,  // query_canceled: statement_timeout
        "57P01": .connectionLost,  // admin_shutdown
        "57P02": .connectionLost,  // crash_shutdown
        "57P03": .overloaded,  // cannot_connect_now: starting up or shutting down
        "57P04": .notADirectory,  // database_dropped
        "57P05": .connectionLost,  // idle_session_timeout
        "XX001": .badData,  // data_corrupted
        "XX002": .badData,  // index_corrupted
    ]

    /// By the first two characters.
    private static let classes: [String: DirectoryError.Code] = [
        "08": .connectionLost,  // connection exception
        "0A": .badQuery,  // feature not supported
        "22": .badData,  // data exception
        "28": .readerRefused,  // invalid authorization specification
        "3F": .badQuery,  // invalid schema name
        "40": .changedMeanwhile,  // transaction rollback; on a standby: a conflict with what is replayed
        "42": .badQuery,  // syntax error or access rule violation
        "53": .overloaded,  // insufficient resources: too many connections, out of memory
    ]

    static func code(_ state: String) -> DirectoryError.Code {
        codes[state] ?? classes[String(state.prefix(2))] ?? .unexpected
    }

    /// Class 22: a value isn't one of its type (22P02, 22003, 22007, ...), or the database's encoding doesn't have one of
    /// its characters (22P05).
    static func isDataException(_ state: String) -> Bool {
        state.hasPrefix("22")
    }

    /// Whether the server's own words may be shown: those of class 42 name columns and quote the query, others may quote
    /// what somebody typed ("invalid input syntax for type integer: ...").
    static func messageIsHarmless(_ state: String) -> Bool {
        state.hasPrefix("42") || state == "08P01"
    }

    /// Our words for the rest.
    static func explanation(_ code: DirectoryError.Code, _ state: String) -> String {
        switch state {
        case "3D000": "the database that the connection names does not exist"
        case "25006": "the query writes; a look-up only reads"
        case "57014": "the server cancelled the query (statement_timeout)"
        case "57P03": "the server is starting up or shutting down"
        default:
            switch code {
            case .readerRefused: "the server refuses the connection's user or password"
            case .overloaded: "the server has no room for another connection or query"
            case .connectionLost: "the server ended the connection"
            case .badData: "a value can't be converted, or is damaged"
            case .changedMeanwhile: "the server rolled the transaction back"
            default: "SQLSTATE \(state)"
            }
        }
    }
}
