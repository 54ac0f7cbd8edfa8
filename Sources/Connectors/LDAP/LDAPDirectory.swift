public import MigrationCore
internal import Threads

/// The `ldap` kind: users in an LDAP or Active Directory server, found by a filter.
///
///     url: ldaps://ldap.example.com
///     bind_dn: cn=reader,dc=example,dc=com
///     bind_password: "${file:/run/secrets/ldap}"
///     base: ou=people,dc=example,dc=com
///     filter: (&(objectClass=person)(mail={username}))
///     list_filter: (objectClass=person)
public enum LDAPKind: ConnectorKind {
    public static let typeName = "ldap"

    /// By a bind as the entry that was found.
    public static let checksPasswords = true

    public static let options = [
        ConnectorOption(
            "url", .texts, isRequired: true,
            help:
                "The server, or several that are tried in order: ldaps://HOST, ldap://HOST with start_tls: true, ldapi://PATH."
        ),
        ConnectorOption(
            "start_tls", .flag, help: "Whether ldap:// connections start TLS; without it they are refused."),
        ConnectorOption(
            "ca_file", .path, help: "The certificates to trust (PEM); those of the system if it is left out."),
        ConnectorOption(
            "tls_verify", .flag, help: "false: take any certificate. Whoever is in between reads all passwords."),
        ConnectorOption("plaintext", .flag, help: "true: let passwords travel unencrypted over ldap://."),
        ConnectorOption("bind_dn", .text, help: "The distinguished name of the account that reads the directory."),
        ConnectorOption("bind_password", .secret, help: "Its password."),
        ConnectorOption(
            "bind", .choice(["external"]),
            help: "external: the account that a local socket knows us as (SASL EXTERNAL)."),
        ConnectorOption("base", .text, isRequired: true, help: "The entry under which all users are."),
        ConnectorOption(
            "filter", .text, isRequired: true,
            help: "The filter that finds a user; {username} is what the user typed, escaped."),
        ConnectorOption("list_filter", .text, help: "The filter that finds every user, for the batch commands."),
        ConnectorOption(
            "page_size", .count(1...1000),
            help: "Entries a page of a listing, which is in memory: 500 unless said, fewer where they hold photos."),
    ]

    public static let onMigrated: OnMigratedForm? = .modification

    public static func check(_ options: ConnectorOptions) -> [ConnectorOptionProblem] {
        var problems: [ConnectorOptionProblem] = []
        let servers = servers(options.texts("url") ?? [], options.flag, &problems)
        if options.flag("start_tls") == true, options.flag("plaintext") == true {
            problems.append(
                ConnectorOptionProblem("plaintext", "start_tls: true and plaintext: true exclude each other"))
        }
        let isLocal = servers.allSatisfy { if case .file = $0.place { true } else { false } }
        if options.text("bind") == "external" {
            if options.text("bind_dn") != nil {
                problems.append(
                    ConnectorOptionProblem("bind", "bind: external needs no bind_dn; leave one of them out"))
            }
            if !isLocal {
                problems.append(ConnectorOptionProblem("bind", "bind: external is for ldapi:// only; use bind_dn"))
            }
        }
        if options.text("bind_dn") != nil, options.text("bind_password") == nil {
            problems.append(
                ConnectorOptionProblem(
                    "bind_dn", "without bind_password a server takes the reader for nobody (RFC 4513, 5.1.2); add it"))
        }
        if options.text("bind_password") != nil, options.text("bind_dn") == nil {
            problems.append(ConnectorOptionProblem("bind_password", "there is no bind_dn that it is for; add it"))
        }
        if let password = options.text("bind_password"), (try? SecretTemplate(password))?.holdsSecret == true {
            problems.append(ConnectorOptionProblem("bind_password", SecretTemplate.inlineAdvice, severity: .warning))
        }
        for (key, takesIdentifier) in [("filter", true), ("list_filter", false)] {
            guard let text = options.text(key) else { continue }
            do throws(LDAPFilter.SyntaxError) {
                _ = try LDAPFilter(text, takesIdentifier: takesIdentifier)
            } catch {
                problems.append(ConnectorOptionProblem(key, error.message))
            }
        }
        return problems
    }

    public static func open(
        name: String, options: ResolvedConnectorOptions, settings: ConnectorSettings
    ) throws(DirectoryError) -> any ListableDirectory {
        func notADirectory(_ detail: String) -> DirectoryError {
            DirectoryError(.notADirectory, directory: name, detail: detail)
        }
        guard let urls = options.texts("url"), let base = options.text("base"), let filter = options.text("filter")
        else {
            throw notADirectory("url, base and filter are required")
        }
        // As early as can be: other threads may read the environment later.
        guard LDAPEnvironment.shutOut() else {
            throw DirectoryError(.overloaded, directory: name, detail: "no memory is left")
        }
        var problems: [ConnectorOptionProblem] = []
        let servers = servers(urls, options.flag, &problems)
        if let problem = problems.first { throw notADirectory("\(problem.option): \(problem.message)") }
        let reader: LDAPSource.Reader
        switch (options.text("bind"), options.text("bind_dn"), options.secret("bind_password")) {
        case ("external", nil, nil): reader = .external
        case (nil, nil, nil): reader = .nobody
        // Of an empty one the server would make nobody, who finds nobody.
        case (nil, let dn?, let password?) where !dn.isEmpty && !password.isEmpty:
            reader = .simple(dn: dn, password: password)
        default: throw notADirectory("the reader needs bind_dn and bind_password, both not empty, or bind: external")
        }
        do throws(LDAPFilter.SyntaxError) {
            if let list = options.text("list_filter") { _ = try LDAPFilter(list, takesIdentifier: false) }
            return LDAPDirectory(
                LDAPSource(
                    name: name, servers: servers,
                    tls: TLSSettings(
                        authorities: options.path("ca_file"), verifies: options.flag("tls_verify") ?? true),
                    reader: reader, base: base, filter: try LDAPFilter(filter, takesIdentifier: true),
                    listFilter: options.text("list_filter"),
                    attributes: LDAPSource.attributes(naming: settings.columns),
                    pageSize: options.count("page_size") ?? 500, timeout: settings.timeout, resolver: NameResolver()),
                maxConnections: settings.maxConnections, clock: settings.clock)
        } catch {
            throw DirectoryError(.badQuery, directory: name, detail: error.message)
        }
    }

    private static func servers(
        _ urls: [String], _ flag: (String) -> Bool?, _ problems: inout [ConnectorOptionProblem]
    ) -> [ServerURL] {
        var servers: [ServerURL] = []
        for url in urls {
            do throws(ServerURL.SyntaxError) {
                servers.append(
                    try ServerURL(
                        url, startTLS: flag("start_tls") ?? false, plaintext: flag("plaintext") ?? false))
            } catch {
                problems.append(ConnectorOptionProblem("url", error.message))
            }
        }
        return servers
    }
}

struct LDAPDirectory: ListableDirectory, PasswordCheckingDirectory {
    private let source: LDAPSource
    private let readers: ConnectionPool<LDAPConnection>
    private let binds: ConnectionPool<BindConnection>

    init(_ source: LDAPSource, maxConnections: Int, clock: any MonotonicClock) {
        self.source = source
        let trust = ConnectionTrust(clock: clock)
        readers = ConnectionPool(directory: source.name, limit: maxConnections, threadName: "ldap", trust: trust) {
            LDAPConnection(source, on: $0)
        }
        binds = ConnectionPool(directory: source.name, limit: maxConnections, threadName: "ldap bind", trust: trust) {
            BindConnection(source, on: $0)
        }
    }

    var name: String { source.name }

    func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        // A value of an attribute may have a NUL, but servers differ in whether they read on after it: it is nobody's.
        return try await readers.lookUp(identifier, by: deadline.capped(to: source.timeout))
    }

    func check(
        _ password: Secret, of entry: DirectoryEntry, by deadline: Deadline
    ) async throws(DirectoryError) -> PasswordAnswer {
        try binds.checkOpen()
        // A server that reads to the first NUL would take a password that begins with one for an empty one, and that for no
        // bind at all: yes to everybody.
        let isSendable = password.withExposed { !$0.isEmpty && !$0.contains(0) }
        guard isSendable else { return .wrong }
        let dn = nameToCheck(of: entry).flatMap { String(validating: $0, as: UTF8.self) }
        // An empty name is nobody's, with any password.
        guard let dn, !dn.isEmpty, !dn.utf8.contains(0) else {
            throw source.error(.missingColumn, "the entry has no dn, which its password is checked with")
        }
        let deadline = deadline.capped(to: source.timeout)
        return try await binds.withConnection(by: deadline) { connection throws(DirectoryError) in
            try await connection.check(password, dn: dn, by: deadline)
        }
    }

    func nameToCheck(of entry: DirectoryEntry) -> [UInt8]? {
        entry.columns.indexes(of: EntryColumns.dn).first.flatMap { entry.withFirstValue($0) { Array($0) } }
    }

    /// Page by page; the server may change meanwhile, so an entry that moves can come twice or not at all. The watermark is
    /// when the listing began, as GeneralizedTime: by Active Directory's `currentTime`, elsewhere by our own clock, five
    /// minutes back.
    func list(stallLimit: Duration) -> any AsyncSequence<EntryBatch, DirectoryError> {
        ConnectionListing(pool: readers, stallLimit: stallLimit)
    }

    func close() async {
        await readers.close()
        await binds.close()
    }
}

extension LDAPDirectory: ExaminableDirectory {
    var tlsEndpoints: [TLSEndpoint] { source.tlsEndpoints }

    func examine(by deadline: Deadline) async throws(DirectoryError) -> KindExamination {
        try readers.checkOpen()
        var examination = try await readers.withConnection(by: deadline) { connection throws(DirectoryError) in
            try await connection.examine(source, by: deadline)
        }
        examination.findings.insert(contentsOf: source.plaintextFindings, at: 0)
        return examination
    }
}
