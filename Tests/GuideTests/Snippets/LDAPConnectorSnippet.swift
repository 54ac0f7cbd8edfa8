import LDAPConnector
import MigrationCore

/// Whether a password is right, by a bind as the entry with that mail address.
func isRight(
    _ password: Secret, of mail: String, at url: String, certificateAuthority: String, readBy reader: String,
    with readerPassword: Secret
) async throws -> Bool {
    let directory = try LDAPKind.open(
        name: "staff",
        options: ResolvedConnectorOptions(
            ConnectorOptions([
                "url": .texts([url]), "bind_dn": .text(reader), "base": .text("ou=people,dc=example,dc=com"),
                "filter": .text("(&(objectClass=person)(mail={username}))"),
            ]),
            secrets: ["bind_password": readerPassword], paths: ["ca_file": certificateAuthority]),
        settings: ConnectorSettings())
    let isRight: Bool
    do {
        isRight = try await check(password, of: mail, in: directory)
    } catch {
        await directory.close()
        throw error
    }
    await directory.close()
    return isRight
}

private func check(_ password: Secret, of mail: String, in directory: any Directory) async throws -> Bool {
    guard case .one(let entry) = try await directory.lookUp(mail, by: .after(.seconds(2))),
        let checking = directory as? any PasswordCheckingDirectory
    else { return false }
    return try await checking.check(password, of: entry, by: .after(.seconds(2))) == .right
}
