import Foundation
import MigrationCore
import TestSupport
import Testing

/// What is LDAP's own, on a real slapd.
@Suite struct `the ldap connector` {
    private static let byUID = "(|(uid={username})(mail={username}))"

    private func open(
        _ server: LDAPServer, url: String? = nil, base: String = "ou=staff", filter: String = byUID,
        listFilter: String? = nil, values: [String: String] = [:], secrets: [String: String]? = nil,
        flags: [String: Bool] = [:], authority: String? = nil
    ) throws -> any ListableDirectory {
        try DirectoryContract.openLDAP(
            server, url: url, base: base, filter: filter, listFilter: listFilter, values: values, secrets: secrets,
            flags: flags, authority: authority)
    }

    private func error(
        of directory: any ListableDirectory, by deadline: Deadline = .after(.seconds(20))
    ) async throws -> DirectoryError? {
        let error = await #expect(throws: DirectoryError.self) { _ = try await directory.lookUp("ada", by: deadline) }
        await directory.close()
        return error
    }

    private struct NotOne: Error {}

    private func entry(_ directory: any ListableDirectory, _ identifier: String) async throws -> DirectoryEntry {
        guard case .one(let entry) = try await directory.lookUp(identifier, by: .after(.seconds(20))) else {
            throw NotOne()
        }
        return entry
    }

    // MARK: Connections

    @Test func `TLS from the start, StartTLS and a local socket all lead to the directory`() async throws {
        let server = try await DirectoryContract.ldapServer()
        let directories = [
            try open(server), try open(server, url: server.plainURL, flags: ["start_tls": true]),
            try open(server, url: server.plainURL, flags: ["plaintext": true]), try open(server, url: server.socketURL),
            try open(server, url: server.socketURL, values: ["bind": "external", "bind_dn": ""], secrets: [:]),
        ]
        for directory in directories {
            #expect(try await directory.found("ada", column: "uid") == .somebody(["ada"]))
            await directory.close()
        }
    }

    @Test(arguments: [false, true])
    func `a certificate of somebody else's is refused`(_ startTLS: Bool) async throws {
        let server = try await DirectoryContract.ldapServer()
        let url = startTLS ? server.plainURL : server.tlsURL
        let flags = ["start_tls": startTLS]
        let error = try await error(of: open(server, url: url, flags: flags, authority: server.strangeAuthority))
        #expect(error?.code == .tls)
        #expect(error?.detail.contains("certificate") == true)
        let missing = try await self.error(of: open(server, url: url, flags: flags, authority: "/nowhere/ca.pem"))
        #expect(missing?.code == .tls)
        #expect(missing?.detail.contains("/nowhere/ca.pem") == true)
        let careless = try open(
            server, url: url, flags: flags.merging(["tls_verify": false]) { $1 }, authority: server.strangeAuthority)
        #expect(try await careless.found("ada", column: "uid") == .somebody(["ada"]))
        await careless.close()
    }

    @Test func `a certificate for another name is refused`() async throws {
        let server = try await DirectoryContract.ldapServer()
        // The same server, at an address that isn't in the certificate.
        let relay = try FaultProxy(to: server.tlsPort, on: "127.0.0.2")
        let url = "ldaps://127.0.0.2:\(relay.port)"
        #expect(try await error(of: open(server, url: url))?.code == .tls)
        let careless = try open(server, url: url, flags: ["tls_verify": false])
        #expect(try await careless.found("ada", column: "uid") == .somebody(["ada"]))
        await careless.close()
        withExtendedLifetime(relay) {}
    }

    @Test func `the environment and its files say nothing`() async throws {
        let server = try await DirectoryContract.ldapServer()
        let home = try TemporaryFolder("home")
        let file = home.file("ldap.conf")
        try Data("TLS_REQCERT never\nURI ldap://198.51.100.1\nSIZELIMIT 1\nTIMELIMIT 1\nDEREF always\n".utf8)
            .write(to: URL(fileURLWithPath: file))
        let (url, good, strange) = (server.tlsURL, server.certificateAuthority, server.strangeAuthority)
        // In a process of its own: libldap reads them once.
        await #expect(processExitsWith: .success) {
            [file = file as String, url = url as String, good = good as String, strange = strange as String] in
            for (name, value) in [
                "LDAPCONF": file, "LDAPRC": file, "LDAPTLS_REQCERT": "never", "LDAPURI": "ldap://198.51.100.1",
                "LDAPTLS_CACERT": good, "LDAPSIZELIMIT": "1", "LDAPBASE": "dc=nowhere",
            ] { setenv(name, value, 1) }
            signal(SIGPIPE, SIG_IGN)
            func open(_ authority: String) throws -> any ListableDirectory {
                try DirectoryContract.open(
                    "ldap",
                    values: [
                        "url": url, "base": "ou=n1024,\(LDAPServer.suffix)", "filter": "(cn={username})",
                        "list_filter": "(cn=*)", "bind_dn": LDAPServer.readerDN,
                    ], secrets: ["bind_password": LDAPServer.password], paths: ["ca_file": authority])
            }
            let refused = try open(strange)
            await #expect(throws: DirectoryError(.tls, directory: "ldap")) {
                _ = try await refused.lookUp("1", by: .after(.seconds(20)))
            }
            await refused.close()
            let directory = try open(good)
            #expect(try await directory.readAll().ends.first??.count == 1024)
            await directory.close()
        }
    }

    @Test func `a wrong password of the reader is refused, and shown nowhere`() async throws {
        let server = try await DirectoryContract.ldapServer()
        let url = "\(server.tlsURL)"
        let directory = try open(server, url: url, secrets: ["bind_password": "swordfish"])
        let error = try await error(of: directory)
        #expect(error?.code == .readerRefused)
        #expect(error?.nativeCode == "49")
        #expect(error.map { "\($0) \($0.detail)" }?.contains("swordfish") == false)
    }

    @Test func `of several servers the first that answers is used`() async throws {
        let server = try await DirectoryContract.ldapServer()
        let peer = try FaultProxy(.silent)
        let directory = try LDAPDirectoryOpener.open(
            server, urls: ["ldaps://127.0.0.1:\(try FreePort.next())", "ldaps://127.0.0.1:\(peer.port)", server.tlsURL])
        guard case .one = try await directory.lookUp("ada", by: .after(.seconds(6))) else {
            Issue.record("not found")
            return
        }
        await directory.close()
        withExtendedLifetime(peer) {}
    }

    @Test func `of several servers that can't answer, each says why`() async throws {
        let server = try await DirectoryContract.ldapServer()
        let directory = try LDAPDirectoryOpener.open(
            server, urls: ["ldaps://127.0.0.1:\(try FreePort.next())", "ldaps://nowhere.invalid"])
        let error = try await error(of: directory)
        #expect(error?.code == .unreachable)
        #expect(error?.detail.contains("refused") == true)
        #expect(error?.detail.contains("nowhere.invalid") == true)
    }

    @Test func `a server is reached by its name and by addresses of both families, its certificate checked for each`()
        async throws
    {
        let server = try await DirectoryContract.ldapServer()
        // At this port slapd is on 127.0.0.1 only; the name may be ::1 too.
        let byName = server.tlsURL.replacing("127.0.0.1", with: "localhost")
        for url in [byName, server.tlsURL, server.tlsURL6, byName.replacing("localhost", with: "LOCALHOST")] {
            let directory = try open(server, url: url)
            #expect(try await directory.found("ada", column: "uid") == .somebody(["ada"]), "\(url)")
            await directory.close()
        }
        let startTLS = try open(
            server, url: server.plainURL.replacing("127.0.0.1", with: "localhost"), flags: ["start_tls": true])
        #expect(try await startTLS.found("ada", column: "uid") == .somebody(["ada"]))
        await startTLS.close()
    }

    @Test func `a certificate for the machine's name is none for localhost`() async throws {
        var name = [CChar](repeating: 0, count: 256)
        #expect(gethostname(&name, name.count - 1) == 0)
        let hostname = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let server = try await LDAPServer(ldif: LDAPPeople.ldif, certificateNames: "DNS:\(hostname)")
        #expect(
            try await error(of: open(server, url: server.tlsURL.replacing("127.0.0.1", with: "localhost")))?.code
                == .tls)
    }

    @Test(arguments: [
        FaultProxy.Behaviour.silent,
        // A server's half of a TLS handshake, an answer to StartTLS or to a bind, each without an end.
        .babbling([0x16, 0x03, 0x03, 0x40, 0x00] + [UInt8](repeating: 2, count: 64)),
        .babbling([0x30, 0x83, 0x0F, 0xFF, 0xFF, 0x02, 0x01, 0x01] + [UInt8](repeating: 4, count: 64)),
    ])
    func `a peer that doesn't get to the point is left at the deadline`(_ manner: FaultProxy.Behaviour) async throws {
        let server = try await DirectoryContract.ldapServer()
        let peer = try FaultProxy(manner)
        for (scheme, flags) in [("ldaps", [:]), ("ldap", ["start_tls": true]), ("ldap", ["plaintext": true])] {
            let directory = try open(server, url: "\(scheme)://127.0.0.1:\(peer.port)", flags: flags)
            let deadline = Deadline.after(.milliseconds(400))
            let error = try await error(of: directory, by: deadline)
            // One that says something wrong may be left earlier.
            #expect(deadline.instant.duration(to: .now) < busyMachine)
            if case .silent = manner { #expect(error?.code == .deadlineExceeded) }
            if scheme == "ldap" { #expect(error?.code != .unreachable) }
        }
        withExtendedLifetime(peer) {}
    }

    @Test func `closing the directory ends a TLS handshake`() async throws {
        let server = try await DirectoryContract.ldapServer()
        let peer = try FaultProxy(.silent)
        let directory = try open(server, url: "ldaps://127.0.0.1:\(peer.port)")
        let deadline = Deadline.after(.seconds(25))
        let task = Task { try await directory.lookUp("ada", by: deadline) }
        try await Task.sleep(for: .milliseconds(200))
        await directory.close()
        await #expect(throws: DirectoryError(.cancelled, directory: "ldap")) { _ = try await task.value }
        #expect(!deadline.hasPassed())
        withExtendedLifetime(peer) {}
    }

    // MARK: Look-ups

    @Test func `an entry comes with its attributes, each by the name that the server shows`() async throws {
        let directory = try await open(DirectoryContract.ldapServer())
        let entry = try await entry(directory, "ada@example.com")
        #expect(entry.columns.names.first == "dn")
        #expect(entry.texts(named: "dn") == ["uid=ada,ou=staff,dc=example,dc=com"])
        #expect(entry.texts(named: "mail") == ["ada@example.com", "second@example.com"])
        #expect(entry.texts(named: "description;lang-de") == ["Beispiel"])
        #expect(entry.texts(named: "objectGUID") == ["00112233-4455-6677-8899-aabbccddeeff"])
        #expect(entry.texts(named: "objectSid") == ["S-1-5-21-2127521184-1604012920-1887927527-500"])
        #expect(entry.texts(named: "entryUUID").first??.count == 36)
        #expect(entry.texts(named: "jpegPhoto") == [nil])
        let photo = try #require(entry.columns.indexes(of: "jpegPhoto").first)
        #expect(entry.withFirstValue(photo) { Array($0) } == [0xFF, 0xD8, 0xFF, 0x80, 0x00])
        #expect(entry.texts(named: "userPassword") == [], "this reader doesn't see it")
        #expect(entry.texts(named: "telephoneNumber") == [])
        await directory.close()
    }

    @Test func `names are compared as the attribute compares them`() async throws {
        let directory = try await open(DirectoryContract.ldapServer())
        for identifier in ["ADA", "Ada@Example.COM", " ada"] {
            #expect(try await directory.found(identifier, column: "uid") == .somebody(["ada"]))
        }
        for identifier in ["a*", "*", "ad*a", "ada)(uid=*", "", "ada\u{0}"] {
            #expect(try await directory.found(identifier, column: "uid") == .nobody, "\(identifier)")
        }
        await directory.close()
    }

    @Test func `a thousand values and a photo of ten megabytes are read whole, in look-ups and listings`() async throws
    {
        let directory = try await open(
            DirectoryContract.ldapServer(), base: "ou=large", listFilter: "(objectClass=testPerson)")
        let thousand = try await entry(directory, "thousand")
        #expect(Set(thousand.texts(named: "description")) == Set((1...1000).map { "value \($0)" }))
        let photo = try await entry(directory, "photo")
        let column = try #require(photo.columns.indexes(of: "jpegPhoto").first)
        #expect(photo.withFirstValue(column) { $0.elementsEqual(LDAPPeople.photo) } == true)
        #expect(photo.texts(named: "jpegPhoto") == [nil], "it isn't text")
        #expect(photo.texts(named: "uid") == ["photo"])
        let listing = try await directory.readAll(column: "uid")
        #expect(listing.texts == [["thousand"], ["photo"]])
        #expect(listing.ends.first??.count == 2)
        await directory.close()
    }

    @Test func `another server's entries are not looked for there`() async throws {
        let server = try await DirectoryContract.ldapServer()
        // A reference comes with each search of the base; as a base it has nobody.
        let directory = try open(server, filter: "(|(uid={username})(objectClass=referral))")
        #expect(try await directory.found("ada", column: "uid") == .somebody(["ada"]))
        #expect(try await directory.found("nobody", column: "uid") == .nobody)
        await directory.close()
        let error = try await error(of: open(server, base: "ou=elsewhere,ou=staff"))
        #expect(error?.code == .notADirectory)
        #expect(error?.nativeCode == "10")
    }

    @Test func `a reader who may not read is told so, and nobody is unknown for it`() async throws {
        let server = try await DirectoryContract.ldapServer()
        let directory = try open(
            server, values: ["bind_dn": "uid=ada,ou=staff,\(LDAPServer.suffix)"],
            secrets: ["bind_password": LDAPPeople.password])
        let error = try await error(of: directory)
        #expect(error?.code == .permissionDenied)
        #expect(error?.detail.contains("the reader may not search here") == true)
    }

    @Test func `a reader with a size limit finds one or several, and a listing beyond it is an error`() async throws {
        let server = try await DirectoryContract.ldapServer()
        let directory = try open(
            server, filter: "(|(uid={username})(description={username}))", listFilter: "(objectClass=inetOrgPerson)",
            values: ["bind_dn": LDAPServer.limitedReaderDN])
        #expect(try await directory.found("ada", column: "uid") == .somebody(["ada"]))
        guard case .several = try await directory.lookUp("many", by: .after(.seconds(20))) else {
            Issue.record("not several")
            return
        }
        let error = await #expect(throws: DirectoryError.self) { _ = try await directory.readAll() }
        #expect(error?.code == .permissionDenied)
        #expect(error?.detail.contains("limit") == true)
        await directory.close()
    }

    @Test func `many who are found are several, without all being read`() async throws {
        let directory = try await open(
            DirectoryContract.ldapServer(), filter: "(&(objectClass=inetOrgPerson)(description={username}))")
        guard case .several(let count) = try await directory.lookUp("many", by: .after(.seconds(20))) else {
            Issue.record("not several")
            return
        }
        #expect((2...10).contains(count))
        await directory.close()
    }

    @Test(arguments: [
        ("ou=nowhere", DirectoryError.Code.notADirectory), ("ou=hidden", .notADirectory), ("x", .badQuery),
    ])
    func `a base that can't be searched says nothing about anybody`(
        _ base: String, _ code: DirectoryError.Code
    ) async throws {
        #expect(try await error(of: open(DirectoryContract.ldapServer(), base: base))?.code == code)
    }

    @Test(arguments: ["(=x{username})", "(uid{username=)", "(&(uid={username})())"])
    func `a filter that is none is a bad query`(_ filter: String) async throws {
        let server = try await DirectoryContract.ldapServer()
        do {
            #expect(try await error(of: open(server, filter: filter))?.code == .badQuery)
        } catch let error as DirectoryError {
            #expect(error.code == .badQuery)
        }
    }

    @Test func `a server that was restarted between look-ups is asked again`() async throws {
        let server = try await LDAPServer(ldif: LDAPPeople.ldif)
        let directory = try open(server)
        let entry = try await entry(directory, "ada")
        let checking = try #require(directory as? any PasswordCheckingDirectory)
        let right = Secret(LDAPPeople.password)
        #expect(try await checking.check(right, of: entry, by: .after(.seconds(20))) == .right)
        server.stop()
        try await server.start()
        #expect(try await directory.found("ada", column: "uid") == .somebody(["ada"]))
        #expect(try await checking.check(right, of: entry, by: .after(.seconds(20))) == .right)
        server.stop()
        for _ in 1...2 {
            let error = await #expect(throws: DirectoryError.self) {
                _ = try await checking.check(right, of: entry, by: .after(.seconds(20)))
            }
            #expect(error?.code == .unreachable)
        }
        await directory.close()
    }

    // MARK: Listings

    @Test(arguments: ["1", "7", "1000"])
    func `pages may be of any size`(_ size: String) async throws {
        let server = try await DirectoryContract.ldapServer()
        var values = ConnectorOptions()
        values.values["page_size"] = .count(try #require(Int(size)))
        let directory = try LDAPDirectoryOpener.open(
            server, urls: [server.tlsURL], base: "ou=n513", listFilter: "(objectClass=testPerson)", more: values)
        let listing = try await directory.readAll(column: "number")
        #expect(listing.texts == (1...513).map { [String($0)] })
        #expect(listing.ends.first??.count == 513)
        await directory.close()
    }

    @Test func `a listing of different entries has the values of each in their columns`() async throws {
        let directory = try await open(
            DirectoryContract.ldapServer(), listFilter: "(|(objectClass=inetOrgPerson)(objectClass=organizationalUnit))"
        )
        var uids: [String: [String?]] = [:]
        var count = 0
        for try await batch in directory.list(stallLimit: .seconds(20)) {
            #expect(!batch.columns.isExhaustive)
            for row in 0..<batch.count {
                let entry = batch[row]
                let dn = try #require(entry.texts(named: "dn").first ?? nil)
                if let uid = entry.texts(named: "uid").first ?? nil {
                    #expect(dn == "uid=\(uid),ou=staff,dc=example,dc=com")
                    #expect(entry.texts(named: "mail").first == "\(uid)@example.com")
                    #expect(entry.texts(named: "objectGUID").isEmpty == (uid != "ada"))
                    uids[uid] = entry.texts(named: "description")
                } else {
                    #expect(entry.texts(named: "objectGUID") == [])
                }
                count += 1
            }
            if let end = batch.end {
                #expect(end.count == count)
                #expect(end.watermark?.wholeMatch(of: /\d{14}Z/) != nil)
            }
        }
        #expect(uids.count == 28)
        #expect(uids["many7"] == ["many"])
        await directory.close()
    }

    @Test func `fifty thousand entries pass through a few megabytes`() async throws {
        let server = try await DirectoryContract.ldapServer()
        let (url, authority) = (server.tlsURL, server.certificateAuthority)
        // In a process of its own, where nobody else needs memory.
        await #expect(processExitsWith: .success) {
            [url = url as String, authority = authority as String] in
            let directory = try DirectoryContract.open(
                "ldap",
                values: [
                    "url": url, "base": "ou=n\(DirectoryContract.ldapPopulation),\(LDAPServer.suffix)",
                    "filter": "(cn={username})", "list_filter": "(objectClass=testPerson)",
                    "bind_dn": LDAPServer.readerDN,
                ], secrets: ["bind_password": LDAPServer.password], paths: ["ca_file": authority])
            var count = 0
            var before = 0
            var most = 0
            for try await batch in directory.list(stallLimit: .seconds(60)) {
                count += batch.count
                if before == 0, count > 5000 { before = try residentMemory() }
                most = max(most, try residentMemory())
            }
            #expect(count == DirectoryContract.ldapPopulation)
            // With their attributes they are 40 MB.
            #expect(Sanitizer.addsMemory || most - before < 8_000_000, "\(most - before)")
            await directory.close()
        }
    }

    // MARK: Passwords

    private func check(
        _ directory: any ListableDirectory, _ identifier: String, _ password: String = LDAPPeople.password,
        by deadline: Deadline = .after(.seconds(20))
    ) async throws -> PasswordAnswer {
        let checking = try #require(directory as? any PasswordCheckingDirectory)
        return try await checking.check(Secret(password), of: entry(directory, identifier), by: deadline)
    }

    @Test func `a password is right or wrong, and the reader goes on reading`() async throws {
        let directory = try await open(DirectoryContract.ldapServer())
        for _ in 1...3 {
            #expect(try await check(directory, "ada") == .right)
            #expect(try await check(directory, "lovelace@example.com") == .right)
            #expect(try await check(directory, "ada", "Opensesame") == .wrong)
            #expect(try await check(directory, "lovelace@example.com", LDAPPeople.password + " ") == .wrong)
        }
        await directory.close()
    }

    @Test func `a locked account is throttled, one that was reset has to change its password`() async throws {
        let directory = try await open(DirectoryContract.ldapServer())
        #expect(try await check(directory, "locked") == .throttled)
        #expect(try await check(directory, "locked", "x") == .throttled)
        #expect(try await check(directory, "reset") == .mustReset)
        #expect(try await check(directory, "reset", "x") == .wrong)
        // On the connection that somebody who has to change it was bound on.
        #expect(try await check(directory, "ada") == .right)
        await directory.close()
    }

    @Test func `an expired password must be reset, also with a grace login`() async throws {
        let directory = try await open(DirectoryContract.ldapServer())
        for user in ["expiring", "graceful"] {
            #expect(try await check(directory, user) == .mustReset)
            #expect(try await check(directory, user, "x") == .wrong)
        }
        await directory.close()
    }

    @Test(arguments: ["", "\u{0}", "\u{0}\u{0}\u{0}"])
    func `an empty password opens no connection`(_ password: String) async throws {
        let server = try await DirectoryContract.ldapServer()
        let known = try open(server)
        let entry = try await entry(known, "ada")
        await known.close()
        let (listener, port) = try FreePort.listen()
        defer { close(listener) }
        let directory = try open(server, url: "ldap://127.0.0.1:\(port)", flags: ["plaintext": true])
        let checking = try #require(directory as? any PasswordCheckingDirectory)
        #expect(try await checking.check(Secret(password), of: entry, by: .after(.seconds(20))) == .wrong)
        var descriptor = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        #expect(poll(&descriptor, 1, 100) == 0, "somebody has connected")
        await directory.close()
    }

    @Test func `an empty password, or one with a NUL, is wrong and never sent`() async throws {
        let directory = try await open(DirectoryContract.ldapServer())
        // One more wrong one than the policy takes.
        for password in ["", "\u{0}", "\u{0}\u{0}", "\u{0}x", LDAPPeople.password + "\u{0}"] {
            #expect(try await check(directory, "unlocked", password) == .wrong)
        }
        #expect(try await check(directory, "unlocked") == .right)
        await directory.close()
    }

    @Test func `a password that was sent and not answered isn't sent again`() async throws {
        let server = try await DirectoryContract.ldapServer()
        let relay = try FaultProxy(to: server.plainPort, .stalling(after: 0))
        let direct = try open(server)
        let entry = try await entry(direct, "locking")
        let stalled = try open(server, url: "ldap://127.0.0.1:\(relay.port)", flags: ["plaintext": true])
        let checking = try #require(stalled as? any PasswordCheckingDirectory)
        let deadline = Deadline.after(.milliseconds(500))
        await #expect(throws: DirectoryError(.deadlineExceeded, directory: "ldap")) {
            _ = try await checking.check(Secret("x"), of: entry, by: deadline)
        }
        expectPrompt(after: deadline)
        // The policy takes three. Had it been sent twice, the second of these would be one too many.
        #expect(try await check(direct, "locking", "x") == .wrong)
        #expect(try await check(direct, "locking", "x") == .wrong)
        #expect(try await check(direct, "locking") == .throttled)
        await stalled.close()
        await direct.close()
    }

    @Test func `an entry without a name can't be checked`() async throws {
        let directory = try await open(DirectoryContract.ldapServer())
        let checking = try #require(directory as? any PasswordCheckingDirectory)
        for (column, value) in [("mail", "x"), ("dn", ""), ("dn", "cn=x\u{0}")] {
            var builder = EntryBatch.Builder(columns: ColumnList([column], isExhaustive: false))
            builder.appendValue(value)
            builder.endCell()
            builder.endEntry()
            let entry = builder.take()[0]
            await #expect(throws: DirectoryError(.missingColumn, directory: "ldap")) {
                _ = try await checking.check(Secret("x"), of: entry, by: .after(.seconds(20)))
            }
        }
        await directory.close()
    }
}

/// Opens what takes more than texts.
enum LDAPDirectoryOpener {
    static func open(
        _ server: LDAPServer, urls: [String], base: String = "ou=staff", listFilter: String? = nil,
        more: ConnectorOptions = ConnectorOptions()
    ) throws -> any ListableDirectory {
        var options = more
        options.values["url"] = .texts(urls)
        options.values["base"] = .text("\(base),\(LDAPServer.suffix)")
        options.values["filter"] = .text("(uid={username})")
        options.values["bind_dn"] = .text(LDAPServer.readerDN)
        options.values["list_filter"] = listFilter.map { .text($0) }
        return try DirectoryContract.open(
            "ldap", options: options, secrets: ["bind_password": LDAPServer.password],
            paths: ["ca_file": server.certificateAuthority])
    }
}
