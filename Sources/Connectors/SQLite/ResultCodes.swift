import MigrationCore
import SQLiteAccess

/// What SQLite's result codes mean for a sign-in. A code that isn't here is `.unexpected`, an outage like the rest: none
/// of them denies.
///
/// - SeeAlso: https://www.sqlite.org/rescode.html
enum ResultCodes {
    private static let codes: [SQLiteError.Code: DirectoryError.Code] = [
        .error: .badQuery,
        .permission: .permissionDenied,
        .unauthorized: .permissionDenied,
        .busy: .overloaded,
        .locked: .overloaded,
        .noMemory: .overloaded,
        .full: .overloaded,  // no room for a sort
        .readOnly: .badQuery,  // a statement that writes
        .interrupted: .deadlineExceeded,
        .inputOutput: .connectionLost,
        .corrupt: .badData,
        .tooBig: .badData,
        .cannotOpen: .notADirectory,
        .notADatabase: .notADirectory,
        .schemaChanged: .changedMeanwhile,
        .typeMismatch: .badQuery,
    ]

    static func code(_ code: SQLiteError.Code) -> DirectoryError.Code {
        codes[code] ?? .unexpected
    }
}
