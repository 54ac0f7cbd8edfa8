import MigrationCore
import Threads

/// A directory of one person. A connector is one that asks a server.
struct OnePerson: Directory {
    let name = "memory"

    func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        guard identifier.lowercased() == "ana@example.com" else { return .none }
        var batch = EntryBatch.Builder(columns: ColumnList(["id", "mail", "pw"], isExhaustive: true))
        for value in ["42", "Ana@example.com", "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"] {
            batch.appendValue(value)
            batch.endCell()
        }
        batch.endEntry()
        return .one(batch.take()[0])
    }

    func close() async {}
}

/// What becomes of somebody who types this, and why.
func decide(_ identifier: String, _ password: String) async -> Decision {
    let configuration = ConnectorsConfiguration(
        directories: [
            DirectoryConfiguration(
                name: "memory", type: "memory", key: "id", password: .stored(StoredPassword(column: "pw")))
        ],
        attributes: [
            AttributeRule("email", from: .columns(["mail"]), transforms: [.trim, .lowercase], isRequired: true)
        ])
    let verification = VerificationPool(width: 1, maxQueued: 16)
    let migrator = UserMigrator(configuration, directories: [OnePerson()], verification: verification)
    let decision = await migrator.migrate(identifier, .typed(Secret(password)), by: .after(.seconds(4)))
    await migrator.close()
    verification.close()
    return decision
}
