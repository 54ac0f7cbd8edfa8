internal import Threads

/// A connection that looks somebody up.
public protocol LookUpConnection: PooledConnection {
    /// What is found for an identifier, which has no NUL.
    func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup
}

/// One whose server may have gone since it was last used.
public protocol ReconnectingConnection: LookUpConnection {
    /// One try, on the connection as it is or on a new one.
    func lookUpOnce(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup
}

extension ReconnectingConnection {
    /// A connection that turns out lost is made anew, once.
    public func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        do throws(DirectoryError) {
            return try await lookUpOnce(identifier, by: deadline)
        } catch  where error.code == .connectionLost && place.interruption.reason == nil {
            return try await lookUpOnce(identifier, by: deadline)
        }
    }
}

extension ConnectionPool where Connection: LookUpConnection {
    /// What a connection finds for an identifier. With a NUL in it it is nobody's: texts of databases have none, and what
    /// comes after one is cut off or compared, as each of them likes.
    public func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        try checkOpen()
        guard !identifier.utf8.contains(0) else { return .none }
        return try await withConnection(by: deadline) { connection throws(DirectoryError) in
            try await connection.lookUp(identifier, by: deadline)
        }
    }
}
