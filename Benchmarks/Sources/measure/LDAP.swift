import CSearchLoop
import Foundation
import LDAPConnector
import MigrationCore

/// A listing from slapd beside ldapsearch, and look-ups beside a loop in C.
struct LDAP {
    private static let filter = "(objectClass=inetOrgPerson)"
    private static let pageSize = 500
    private static let lookUps = 5000
    /// A prime, so that every one is another person.
    private static let step = 7919

    private let url: String
    private let tlsURL: String
    private let authority: String
    private let reader: String
    private let password: String
    private let base: String
    private let people: Int

    init(_ arguments: Arguments) {
        url = arguments.option("--url")
        tlsURL = arguments.option("--tls-url")
        authority = arguments.option("--ca-file")
        reader = arguments.option("--reader")
        password = arguments.option("--password")
        base = arguments.option("--base")
        people = Int(arguments.option("--people")) ?? 0
    }

    func measure(_ arguments: Arguments) async throws {
        let directory = try open(url)
        // ldapsearch is timed from its start to its end, its connection and its bind included, as ours are.
        try checkSearch()
        try await Comparison(
            what: "ldap list", yardstick: "ldapsearch", count: people, unit: "entries/s", required: 0.90
        ).run(arguments) {
            try await seconds { try await directory.listAll(expected: people) }
        } theirs: {
            try await seconds { try Command.run(search, keepsOutput: false) }
        }
        await directory.close()
        try await compareLookUps(url, "ldap look-up, plaintext", arguments)
        try await compareLookUps(tlsURL, "ldap look-up, ldaps", arguments)
    }

    private func open(_ url: String) throws -> any ListableDirectory {
        try LDAPKind.open(
            name: "people",
            options: ResolvedConnectorOptions(
                ConnectorOptions([
                    "url": .text(url), "plaintext": .flag(true), "bind_dn": .text(reader), "base": .text(base),
                    "filter": .text("(uid={username})"), "list_filter": .text(Self.filter),
                    "page_size": .count(Self.pageSize),
                ]),
                secrets: ["bind_password": Secret(password)], paths: ["ca_file": authority]),
            settings: ConnectorSettings())
    }

    // MARK: Listing

    /// The same pages, filter and attributes, as LDIF that nobody reads.
    private var search: [String] {
        [
            "ldapsearch", "-x", "-LLL", "-H", url, "-D", reader, "-w", password, "-b", base,
            "-E", "pr=\(Self.pageSize)/noprompt", Self.filter, "*", "+", "nsUniqueId",
        ]
    }

    private func checkSearch() throws {
        let output = try Command.run(search, keepsOutput: true)
        let entries = String(decoding: output, as: UTF8.self).split(separator: "\n").count { $0.hasPrefix("dn:") }
        guard entries == people else { fail("ldapsearch finds \(entries) entries instead of \(people)") }
    }

    // MARK: Look-ups

    /// Over one connection that is there already, one after the other.
    private func compareLookUps(_ url: String, _ what: String, _ arguments: Arguments) async throws {
        let directory = try open(url)
        guard let loop = search_loop_open(url, authority, reader, password) else { fail("the C loop can't bind") }
        try await Comparison(what: what, yardstick: "C loop", count: Self.lookUps, unit: "look-ups/s").run(arguments) {
            try await seconds {
                try await directory.lookUpAll(Self.lookUps, step: Self.step, people: people)
            }
        } theirs: {
            await seconds {
                let found = search_loop_run(loop, base, 0, Self.lookUps, Self.step, people)
                guard found == Self.lookUps else { fail("the C loop finds \(found)") }
            }
        }
        search_loop_close(loop)
        await directory.close()
    }
}
