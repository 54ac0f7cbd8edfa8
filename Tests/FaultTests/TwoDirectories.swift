import Foundation
import TestSupport
import Testing

/// `serve` over two directories with the same users, a `FaultProxy` before each: `customers` in PostgreSQL by hash, then
/// `staff` in slapd by bind.
struct TwoDirectories {
    let customers: FaultProxy
    let staff: FaultProxy
    let trigger: ServedTrigger

    /// - Parameters:
    ///   - budget: and the directories' timeout, in milliseconds.
    ///   - customersRules: lines of connectors.yaml about it, such as `on_unavailable: next`.
    init(
        budget: Int, timeout: Int, customers customersRules: [String] = [], staff staffRules: [String] = []
    ) async throws {
        let servers = try await Servers.shared()
        let customers = try FaultProxy(to: servers.postgres.port)
        let staff = try FaultProxy(to: servers.ldap.tlsPort)
        self.customers = customers
        self.staff = staff
        func lines(_ rules: [String]) -> String { rules.map { "    \($0)\n" }.joined() }
        let yaml = """
            version: 1
            user_pool: { id: eu-west-1_Ex4mple }
            sign_in: { deny_floor: 20ms, budget: \(budget)ms }
            directories:
              - name: customers
                type: postgres
                connection: "${env:CUSTOMERS_URL}"
                lookup: SELECT * FROM users WHERE lower(email) = lower($1)
                key: id
                password: { from: pw, scheme: auto }
                timeout: \(timeout)ms
            \(lines(customersRules))
              - name: staff
                type: ldap
                url: ldaps://127.0.0.1:\(staff.port)
                ca_file: \(servers.ldap.certificateAuthority)
                bind_dn: \(LDAPServer.readerDN)
                bind_password: "${env:READER_PASSWORD}"
                base: ou=users,\(LDAPServer.suffix)
                filter: (person-email={username})
                key: person-id
                timeout: \(timeout)ms
            \(lines(staffRules))
            attributes:
              email: { from: [email, person-email], transform: [trim, lowercase], required: true }
              email_verified: { from: [email_confirmed, person-email-confirmed], transform: [present] }
            """
        let tls = "sslmode=verify-full sslrootcert=\(servers.postgres.certificateAuthority)"
        trigger = try await ServedTrigger(
            yaml,
            environment: UserEntries.environment.merging([
                "CUSTOMERS_URL": servers.postgres.connection(
                    database: Servers.database, "port=\(customers.port) \(tls)")
            ]) { $1 })
    }

    /// From now on a proxy's server says nothing, on the connections that are there and on new ones.
    static func blackHole(_ proxy: FaultProxy) {
        proxy.behaviour = .silent
        proxy.freeze()
    }

    /// What is wrong with the answer; nil if nothing.
    func problem(_ event: String, _ expected: UserTable.Expected) async throws -> String? {
        let reply = try await trigger.send(event)
        return UserTable.problem(with: reply.bytes, isError: reply.isError, to: event, expected)
    }
}
