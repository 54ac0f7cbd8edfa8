import Foundation
import MigrationCore
import TestSupport
import Testing

/// The next page of an ldap listing is asked for before the one at hand is read.
@Suite struct `an ldap listing's next page` {
    private typealias Server = ScriptedLDAPServer

    /// More than a batch, so that there is something in hand after it.
    private static let firstCount = EntryBatch.maxEntries + 88

    /// Two pages; the second one, of one entry, takes a while.
    ///
    /// - Parameter last: the last entry of the first page.
    private func server(
        secondAfter delay: Double = 0, last: [(String, [String])] = [("uid", ["ada"])]
    ) throws -> Server {
        try Server { request in
            let done = Server.result(0x65, 0)
            if request.tag == 0x60 { return [Server.result(0x61, 0)] }
            if request.mentions("member;range=") {
                return [Server.entry("uid=ada", [("member;range=2-*", ["cn=2"])]), done]
            }
            if request.mentions("cookie-1") {
                Thread.sleep(forTimeInterval: delay)
                return [Server.entry("uid=bob", [("uid", ["bob"])]), done + Server.page(cookie: "")]
            }
            let others = Array(repeating: Server.entry("uid=ada", [("uid", ["ada"])]), count: Self.firstCount - 1)
            return others + [Server.entry("uid=ada", last), done + Server.page(cookie: "cookie-1")]
        }
    }

    private func open(_ server: Server) throws -> any ListableDirectory {
        try DirectoryContract.open(
            "ldap",
            values: [
                "url": server.url, "base": "dc=example,dc=com", "filter": "(uid={username})",
                "list_filter": "(objectClass=person)",
            ], flags: ["plaintext": true])
    }

    @Test func `is on its way when the first entries come`() async throws {
        let server = try server()
        let directory = try open(server)
        var isFirst = true
        for try await batch in directory.list(stallLimit: .seconds(20)) {
            if isFirst {
                #expect(batch.end == nil)
                #expect(server.requests.contains { $0.mentions("cookie-1") })
            }
            isFirst = false
        }
        #expect(server.requests.filter { $0.mentions("cookie-1") }.count == 1)
        await directory.close()
    }

    @Test func `isn't lost when an attribute's other values are asked for meanwhile`() async throws {
        let server = try server(last: [("member;range=0-1", ["cn=0", "cn=1"]), ("uid", ["ada"])])
        let directory = try open(server)
        let listing = try await directory.readAll(column: "uid")
        #expect(listing.texts.last == ["bob"])
        #expect(listing.ends.first??.count == Self.firstCount + 1)
        let members = try await directory.readAll(column: "member").texts
        #expect(members.filter { !$0.isEmpty } == [["cn=0", "cn=1", "cn=2"]])
        await directory.close()
    }

    /// The limit is for each wait, and only the half of one is spent on a page that isn't needed yet.
    @Test func `may take as long as a page may`() async throws {
        let server = try server(secondAfter: 5)
        let directory = try open(server)
        let listing = try await directory.readAll(column: "uid", stallLimit: .seconds(4))
        #expect(listing.texts.count == Self.firstCount + 1)
        await directory.close()
    }

    @Test func `that doesn't come is an error, after the entries that came`() async throws {
        let server = try server(secondAfter: 30)
        let directory = try open(server)
        var count = 0
        let error = await #expect(throws: DirectoryError.self) {
            for try await batch in directory.list(stallLimit: .seconds(1)) { count += batch.count }
        }
        #expect(error?.code == .deadlineExceeded)
        #expect(count == EntryBatch.maxEntries)
        await directory.close()
    }
}
