import Foundation

/// The users of `UserTable` as entries of an LDAP server.
public enum UserEntries {
    /// The attribute for a column of the table: names of attributes have no underscores (RFC 4512, 1.4).
    public static func attribute(_ column: String) -> String {
        "person-" + column.replacing("_", with: "-")
    }

    private static let columns = [
        "id", "login", "email", "email_confirmed", "name", "phone", "pw", "is_disabled", "must_change", "migrated_at",
        "birthdate",
    ]

    /// One attribute for each column, compared without regard to case, and their object class.
    public static let schema: String = {
        let attributes = columns.enumerated().map { number, column in
            "attributetype (1.3.6.1.4.1.55555.3.\(number + 1) NAME '\(attribute(column))' EQUALITY caseIgnoreMatch "
                + "SYNTAX 1.3.6.1.4.1.1466.115.121.1.15)\n"
        }
        return attributes.joined()
            + """
            objectclass (1.3.6.1.4.1.55555.4.1 NAME 'testUser' SUP top AUXILIARY
                MAY ( \(columns.map(attribute).joined(separator: " $ ")) ))

            """
    }()

    /// Below `ou=users`. Everybody's password, for a bind, is that of the table.
    public static let ldif: String = {
        let users = UserTable.users.map { user in
            let values = [
                ("id", "\(user.id)"), ("login", user.login), ("email", user.email),
                ("email_confirmed", user.isConfirmed ? "2026-01-01" : ""), ("name", user.name),
                ("phone", "+4917012345"), ("pw", user.hash), ("is_disabled", user.isDisabled ? "1" : "0"),
                ("must_change", user.mustChange ? "1" : "0"), ("migrated_at", user.isMigrated ? "2026-02-01" : ""),
                ("birthdate", user.birthdate ?? ""),
            ]
            return """
                dn: \(dn(of: user.id))
                objectClass: inetOrgPerson
                objectClass: testUser
                cn: \(user.id)
                sn: \(user.id)
                userPassword: \(UserTable.password)

                """
                    + values.filter { !$0.1.isEmpty }.map { LDAPServer.line(attribute($0), $1.utf8) }.joined()
        }
        return "dn: ou=users,\(LDAPServer.suffix)\nobjectClass: organizationalUnit\nou: users\n\n"
            + users.joined(separator: "\n")
    }()

    /// A server of the test's own: wrong passwords count towards its lockout.
    public static func server(logsOperations: Bool = false) async throws -> LDAPServer {
        try await LDAPServer(ldif: ldif, schema: schema, logsOperations: logsOperations)
    }

    /// The name of a user's entry.
    public static func dn(of id: Int) -> String { "person-id=\(id),ou=users,\(LDAPServer.suffix)" }

    /// connectors.yaml over the entries; the reader's password is in `READER_PASSWORD`.
    ///
    /// - Parameters:
    ///   - url: where the server is; its own over TLS if nil.
    ///   - authority: the file of those to trust; nil leaves it out.
    ///   - password: nil is by bind.
    ///   - options: of the directory, each a line.
    public static func configuration(
        _ server: LDAPServer, url: String? = nil, authority: String?, password: String? = nil, options: [String] = [],
        more: String = ""
    ) -> String {
        let lines =
            [
                "url: \(url ?? server.tlsURL)", "bind_dn: \(LDAPServer.readerDN)",
                "bind_password: \"${env:READER_PASSWORD}\"", "base: ou=users,\(LDAPServer.suffix)",
                "filter: (|(\(attribute("email"))={username})(\(attribute("login"))={username}))",
                "list_filter: (objectClass=testUser)",
            ] + (authority.map { ["ca_file: \($0)"] } ?? [])
        return UserTable.configuration(
            type: "ldap", place: (lines + options).joined(separator: "\n    "), parameter: nil,
            password: password ?? "bind", more: more, column: attribute)
    }

    public static let environment = ["READER_PASSWORD": LDAPServer.password]

    /// What a hash alone decides isn't asked of a bind.
    public static let bindCases = UserTable.cases.filter { $0.description != "unverifiable" }
}
