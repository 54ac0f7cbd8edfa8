import MigrationCore
import PostgresConnector

/// Whether a table has exactly one user of that address.
///
/// - Parameter connection: such as `host=db.example.com dbname=shop user=reader sslmode=verify-full sslrootcert=ca.pem`.
func isKnown(_ email: String, at connection: Secret) async throws -> Bool {
    let directory = try PostgresKind.open(
        name: "shop",
        options: ResolvedConnectorOptions(
            ConnectorOptions(["lookup": .text("SELECT id, email FROM users WHERE lower(email) = lower($1)")]),
            secrets: ["connection": connection]),
        settings: ConnectorSettings(timeout: .seconds(2), maxConnections: 4))
    let found: Lookup
    do {
        found = try await directory.lookUp(email, by: .after(.seconds(2)))
    } catch {
        await directory.close()
        throw error
    }
    await directory.close()
    if case .one = found { return true }
    return false
}
