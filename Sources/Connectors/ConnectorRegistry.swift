public import MigrationCore

#if LDAP
internal import LDAPConnector
#endif
#if Postgres
internal import PostgresConnector
#endif
#if SQLite
internal import SQLiteConnector
#endif
#if CSV
internal import CSVConnector
#endif

/// The kinds of directory that this build knows, one line each; traits leave out those that aren't wanted.
public enum ConnectorRegistry {
    public static let kinds: [any ConnectorKind.Type] = {
        var kinds: [any ConnectorKind.Type] = []
        #if Postgres
        kinds.append(PostgresKind.self)
        #endif
        #if LDAP
        kinds.append(LDAPKind.self)
        #endif
        #if SQLite
        kinds.append(SQLiteKind.self)
        #endif
        #if CSV
        kinds.append(CSVKind.self)
        #endif
        return kinds
    }()

    /// The kind that connectors.yaml calls `name`.
    public static func kind(named name: String) -> (any ConnectorKind.Type)? {
        kinds.first { $0.typeName == name }
    }
}
