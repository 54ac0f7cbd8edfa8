import CSVConnector
import MigrationCore

/// The name of somebody in a CSV file with the columns `email` and `name`; nil if nobody, or several, have the address.
func name(of email: String, inFile path: String) async throws -> String? {
    let directory = try CSVKind.open(
        name: "export",
        options: ResolvedConnectorOptions(
            ConnectorOptions(["match": .texts(["email"])]), paths: ["path": path]),
        settings: ConnectorSettings())
    let found: Lookup
    do {
        found = try await directory.lookUp(email, by: .after(.seconds(2)))
    } catch {
        await directory.close()
        throw error
    }
    await directory.close()
    guard case .one(let entry) = found, let column = entry.columns.indexes(of: "name").first else { return nil }
    return entry.texts(column).first ?? nil
}
