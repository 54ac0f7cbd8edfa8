import Foundation
import MigrationCore
import TestSupport
import Testing

/// Answers that slapd never gives.
@Suite struct `an ldap server's unusual answers` {
    private typealias Server = ScriptedLDAPServer

    private static let bound = Server.result(0x61, 0)
    private static let done = Server.result(0x65, 0)

    private func open(_ server: Server) throws -> any ListableDirectory {
        try DirectoryContract.open(
            "ldap",
            values: [
                "url": server.url, "base": "dc=example,dc=com", "filter": "(uid={username})",
                "list_filter": "(objectClass=person)", "bind_dn": "cn=reader",
            ], secrets: ["bind_password": "reader"], flags: ["plaintext": true])
    }

    private func error(_ server: Server, listing: Bool = false) async throws -> DirectoryError? {
        let directory = try open(server)
        let error = await #expect(throws: DirectoryError.self) {
            if listing {
                _ = try await directory.readAll()
            } else {
                _ = try await directory.lookUp("ada", by: .after(.seconds(10)))
            }
        }
        await directory.close()
        return error
    }

    // MARK: Look-ups

    @Test(
        arguments: [
            (1, .unexpected), (2, .badQuery), (3, .deadlineExceeded), (4, .permissionDenied),
            (10, .notADirectory), (11, .permissionDenied), (12, .badQuery), (32, .notADirectory),
            (50, .permissionDenied),
            (51, .overloaded), (52, .overloaded), (53, .permissionDenied), (80, .unexpected), (118, .unexpected),
        ] as [(UInt8, DirectoryError.Code)])
    func `a result code is never an answer about somebody`(_ code: UInt8, _ expected: DirectoryError.Code) async throws
    {
        let server = try Server { request in
            [request.tag == 0x60 ? Self.bound : Server.result(0x65, code, "no such object: uid=ada")]
        }
        let error = try await error(server)
        #expect(error?.code == expected)
        #expect(error?.nativeCode == String(code))
        #expect(error?.detail.contains("uid=ada") == false)
    }

    @Test func `a size limit after two entries is several, after one an error`() async throws {
        for count in 1...2 {
            let server = try Server { request in
                if request.tag == 0x60 { return [Self.bound] }
                return (1...count).map { Server.entry("uid=\($0)", [("uid", ["ada"])]) } + [Server.result(0x65, 4)]
            }
            if count == 1 {
                #expect(try await error(server)?.code == .permissionDenied)
            } else {
                let directory = try open(server)
                #expect(try await directory.found("ada") == .several(2))
                await directory.close()
            }
        }
    }

    @Test func `references to other servers are no entries and aren't followed`() async throws {
        let server = try Server { request in
            if request.tag == 0x60 { return [Self.bound] }
            let reference = Server.element(0x73, Server.text("ldap://198.51.100.1/dc=other"))
            return [reference, Server.entry("uid=ada", [("uid", ["ada"])]), reference, Self.done]
        }
        let directory = try open(server)
        #expect(try await directory.found("ada", column: "uid") == .somebody(["ada"]))
        await directory.close()
    }

    @Test func `a server that ends the connection in the middle is asked once more, on a new one`() async throws {
        let server = try Server { request in request.tag == 0x60 ? [Self.bound] : [] }
        let error = try await error(server)
        #expect(error?.code == .connectionLost)
        #expect(server.requests.map(\.tag) == [0x60, 0x63, 0x60, 0x63])
    }

    @Test func `an answer that isn't LDAP is an outage`() async throws {
        let server = try Server { request in
            if request.tag == 0x60 { return [Self.bound] }
            return [Server.element(0x64, [0x04, 0x7F, 0x00]), Self.done]
        }
        #expect(try await error(server) != nil)
    }

    @Test func `Active Directory's reason for refusing the reader is shown, not its words`() async throws {
        let server = try Server { _ in
            [Server.result(0x61, 49, "80090308: LdapErr: DSID-0C0903A9, comment: for x, data 533, v1db1")]
        }
        let error = try await error(server)
        #expect(error?.code == .readerRefused)
        #expect(error?.detail.contains("533") == true)
        #expect(error?.detail.contains("DSID") == false)
    }

    // MARK: Large attributes

    private static func member(_ range: Range<Int>) -> [String] { range.map { "cn=\($0)" } }

    private static func ranged(_ parts: [String: (String, Range<Int>)]) throws -> Server {
        try Server { request in
            if request.tag == 0x60 { return [bound] }
            for (asked, (answer, range)) in parts where request.mentions(asked) {
                return [Server.entry("uid=ada", [(answer, member(range))]), done]
            }
            return [
                Server.entry(
                    "uid=ada", [("member", []), ("member;range=0-99", member(0..<100)), ("uid", ["ada"])]), done + page,
            ]
        }
    }

    private static let page = Server.page(cookie: "")

    @Test func `an attribute that comes in parts is read whole`() async throws {
        let server = try Self.ranged([
            "member;range=100-*": ("member;range=100-199", 100..<200),
            "member;range=200-*": ("member;range=200-*", 200..<250),
        ])
        let directory = try open(server)
        guard case .one(let entry) = try await directory.lookUp("ada", by: .after(.seconds(10))) else {
            Issue.record("not found")
            return
        }
        #expect(entry.columns.names == ["dn", "member", "uid"])
        #expect(entry.texts(named: "member") == Self.member(0..<250))
        #expect(entry.texts(named: "uid") == ["ada"])
        #expect(try await directory.readAll(column: "member").texts == [Self.member(0..<250)])
        await directory.close()
    }

    @Test func `an attribute whose next part doesn't come is an error`() async throws {
        for parts in [
            ["member;range=100-*": ("member;range=0-99", 0..<100)], ["member;range=100-*": ("other", 0..<1)],
        ] {
            let server = try Self.ranged(parts)
            #expect(try await error(server)?.code == .badData)
            #expect(try await error(server, listing: true)?.code == .badData)
        }
    }

    // MARK: Listings

    @Test func `a listing that ends without a word on further pages isn't complete`() async throws {
        let server = try Server { request in
            if request.tag == 0x60 { return [Self.bound] }
            return [Server.entry("uid=ada", [("uid", ["ada"])]), Self.done]
        }
        #expect(try await error(server, listing: true)?.code == .badData)
    }

    @Test(arguments: [3, 4, 11, 51, 80])
    func `a listing that breaks off after a page isn't complete`(_ code: UInt8) async throws {
        let server = try Server { request in
            if request.tag == 0x60 { return [Self.bound] }
            let entry = Server.entry("uid=ada", [("uid", ["ada"])])
            if request.mentions("cookie-1") { return [entry, Server.result(0x65, code) + Self.page] }
            return [entry, Self.done + Server.page(cookie: "cookie-1")]
        }
        #expect(try await error(server, listing: true)?.nativeCode == String(code))
    }

    @Test func `empty pages are no end, and a server's own clock is the watermark`() async throws {
        let server = try Server { request in
            if request.tag == 0x60 { return [Self.bound] }
            if request.mentions("currentTime") {
                return [Server.entry("", [("currentTime", ["20260131120000.0Z"])]), Self.done]
            }
            let entry = Server.entry("uid=ada", [("uid", ["ada"])])
            if request.mentions("cookie-2") { return [entry, Self.done + Self.page] }
            if request.mentions("cookie-1") { return [Self.done + Server.page(cookie: "cookie-2")] }
            return [entry, Self.done + Server.page(cookie: "cookie-1")]
        }
        let directory = try open(server)
        let listing = try await directory.readAll(column: "uid")
        #expect(listing.texts == [["ada"], ["ada"]])
        #expect(listing.ends == [ListingEnd.complete(count: 2, watermark: "20260131120000.0Z")])
        await directory.close()
    }

    // MARK: Passwords

    private struct NotFound: Error {}

    /// The reader is bound first; everybody else's bind is answered by `answer`.
    private func check(_ answer: [UInt8]) async throws -> (Result<PasswordAnswer, DirectoryError>, binds: Int) {
        let server = try Server { request in
            if request.tag == 0x63 { return [Server.entry("uid=ada", [("uid", ["ada"])]), Self.done] }
            return request.mentions("uid=ada") ? (answer.isEmpty ? [] : [answer]) : [Self.bound]
        }
        let directory = try open(server)
        guard case .one(let entry) = try await directory.lookUp("ada", by: .after(.seconds(10))),
            let checking = directory as? any PasswordCheckingDirectory
        else { throw NotFound() }
        let result: Result<PasswordAnswer, DirectoryError>
        do throws(DirectoryError) {
            result = .success(try await checking.check(Secret("letmein"), of: entry, by: .after(.seconds(10))))
        } catch {
            result = .failure(error)
        }
        await directory.close()
        return (result, server.requests.filter { $0.mentions("letmein") }.count)
    }

    private static func policy(_ value: [UInt8]) -> [UInt8] {
        Server.controls("1.3.6.1.4.1.42.2.27.8.5.1", value)
    }

    @Test(arguments: [
        (
            Server.result(
                0x61, 49, "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 773, v1"),
            PasswordAnswer.mustReset
        ),
        (Server.result(0x61, 49), .wrong),
        // The control's value: an error of 0 (expired), 2 (must change); three grace logins left.
        (Server.result(0x61, 49) + policy([0x30, 0x03, 0x81, 0x01, 0x00]), .mustReset),
        (Server.result(0x61, 0) + policy([0x30, 0x03, 0x81, 0x01, 0x02]), .mustReset),
        (Server.result(0x61, 0) + policy([0x30, 0x05, 0xA0, 0x03, 0x81, 0x01, 0x03]), .mustReset),
        (Server.result(0x61, 0) + policy([0x30, 0x05, 0xA0, 0x03, 0x80, 0x01, 0x03]), .right),
        (Server.result(0x61, 0) + policy([0x30, 0x00]), .right),
        (Server.result(0x61, 19) + policy([0x30, 0x03, 0x81, 0x01, 0x01]), .throttled),
    ])
    func `what a server says to a bind is an answer`(_ bytes: [UInt8], _ answer: PasswordAnswer) async throws {
        let (result, binds) = try await check(bytes)
        #expect(result == .success(answer))
        #expect(binds == 1)
    }

    @Test(arguments: [
        (Server.result(0x61, 1), DirectoryError.Code.unexpected), (Server.result(0x61, 8), .unexpected),
        (Server.result(0x61, 10), .unexpected), (Server.result(0x61, 14), .unexpected),
        (Server.result(0x61, 32), .unexpected), (Server.result(0x61, 48), .unexpected),
        (Server.result(0x61, 50), .unexpected), (Server.result(0x61, 51), .overloaded),
        (Server.result(0x61, 52), .overloaded), (Server.result(0x61, 53), .unexpected),
        (Server.result(0x61, 80), .unexpected),
        (
            Server.result(
                0x61, 49, "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52f, v1"),
            .unexpected
        ),
        (Server.result(0x61, 0) + policy([0x30, 0x7F]), .badData),
        // The connection ends.
        ([], .connectionLost),
    ])
    func `every other answer to a bind is an outage, and none is asked for twice`(
        _ bytes: [UInt8], _ code: DirectoryError.Code
    ) async throws {
        let (result, binds) = try await check(bytes)
        #expect(result == .failure(DirectoryError(code, directory: "ldap")))
        #expect(binds == 1)
    }
}
