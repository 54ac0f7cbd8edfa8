import CSearchLoop
import MigrationCore

/// Sign-ins by slapd: a search and a bind, beside a loop in C that does both.
struct LDAPSignIns {
    private let url: String
    private let authority: String
    private let reader: String
    private let password: String
    private let base: String
    private let people: Int

    init(_ arguments: Arguments) {
        url = arguments.option("--url")
        authority = arguments.option("--ca-file")
        reader = arguments.option("--reader")
        password = arguments.option("--password")
        base = arguments.option("--base")
        people = Int(arguments.option("--people")) ?? 0
    }

    func measure(_ arguments: Arguments) async throws {
        let (url, authority, reader, password, base, people) = (url, authority, reader, password, base, people)
        try await SignInComparison(
            kind: "ldap", directory: directory,
            attributes: [
                AttributeRule("email", from: .columns(["mail"]), transforms: [.trim, .lowercase], isRequired: true),
                AttributeRule("name", from: .columns(["cn"])),
                AttributeRule("phone_number", from: .columns(["telephoneNumber"])),
            ], username: "uid", people: people,
            required: .init(notKept: 0.15, notKeptAtOnce: 0.20, kept: 0.30, keptAtOnce: 0.30)
        ) {
            guard let loop = search_loop_open(url, authority, reader, password),
                let binds = search_loop_open(url, authority, reader, password)
            else { fail("the C loop can't bind") }
            // One thread at a time has them.
            nonisolated(unsafe) let own = (loop, binds)
            return { first, count, step in
                let right = sign_in_loop_run(own.0, own.1, base, SignIns.password, first, count, step, people)
                guard right == count else { fail("the C loop signs \(right) in") }
            }
        }.measure(arguments)
    }

    private var directory: DirectoryConfiguration {
        DirectoryConfiguration(
            name: "people", type: "ldap",
            options: ConnectorOptions([
                "url": .text(url), "plaintext": .flag(true), "bind_dn": .text(reader), "bind_password": .text(password),
                "base": .text(base), "filter": .text("(uid={username})"),
            ]), key: "entryUUID", password: .bind)
    }
}
