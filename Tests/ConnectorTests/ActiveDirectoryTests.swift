import Foundation
import MigrationCore
import TestSupport
import Testing

/// What is Active Directory's own, on Samba's domain controller.
@Suite struct `the ldap connector and Active Directory` {
    private func open(
        filter: String = "(&(objectCategory=person)(|(userPrincipalName={username})(sAMAccountName={username})))",
        reader: String? = ActiveDirectoryServer.readerDN, url: String? = nil, listFilter: String? = nil,
        columns: [String] = [], flags: [String: Bool] = [:]
    ) async throws -> any ListableDirectory {
        let server = try await ActiveDirectoryServer.shared()
        var values = [
            "url": url ?? server.tlsURL, "base": ActiveDirectoryServer.base, "filter": filter,
        ]
        values["bind_dn"] = reader
        values["list_filter"] = listFilter
        return try DirectoryContract.open(
            "ldap", values: values,
            secrets: reader == nil ? [:] : ["bind_password": ActiveDirectoryServer.password],
            paths: ["ca_file": server.certificateAuthority], flags: flags,
            settings: ConnectorSettings(timeout: .seconds(30), columns: columns))
    }

    private struct NotOne: Error {}

    private func entry(_ directory: any ListableDirectory, _ identifier: String) async throws -> DirectoryEntry {
        guard case .one(let entry) = try await directory.lookUp(identifier, by: .after(.seconds(20))) else {
            throw NotOne()
        }
        return entry
    }

    private func check(
        _ directory: any ListableDirectory, _ identifier: String, _ password: String = ActiveDirectoryServer.password
    ) async throws -> PasswordAnswer {
        let checking = try #require(directory as? any PasswordCheckingDirectory)
        return try await checking.check(
            Secret(password), of: entry(directory, identifier), by: .after(.seconds(20)))
    }

    // MARK: Passwords

    /// The sub-codes that it says to each: none, 533, 701, 773, 532, 530, 531.
    @Test(
        arguments: [
            ("ada", .right), ("disabled", .disabled), ("expired", .disabled), ("mustchange", .mustReset),
            ("outdated", .mustReset), ("hours", .disabled), ("station", .disabled),
        ] as [(String, PasswordAnswer)])
    func `what it says to a right password is an answer, and a wrong one is wrong for everybody`(
        _ user: String, _ answer: PasswordAnswer
    ) async throws {
        let directory = try await open()
        #expect(try await check(directory, user) == answer)
        // 52e, and nothing about the account.
        #expect(try await check(directory, user, "Wr0ng-Horse!") == .wrong)
        #expect(try await check(directory, user) == answer)
        await directory.close()
    }

    @Test func `after too many wrong passwords the right one is throttled`() async throws {
        let directory = try await open()
        for _ in 1...3 { #expect(try await check(directory, "locking", "Wr0ng-Horse!") == .wrong) }
        // 775
        #expect(try await check(directory, "locking") == .throttled)
        #expect(try await check(directory, "ada") == .right)
        await directory.close()
    }

    @Test(arguments: ["reader@ad.example.com", #"EXAMPLE\reader"#])
    func `the reader may be named as Windows names accounts`(_ reader: String) async throws {
        let directory = try await open(reader: reader)
        #expect(try await directory.found("ada", column: "sAMAccountName") == .somebody(["ada"]))
        await directory.close()
    }

    @Test func `a reader without TLS, or none at all, is told what to do`() async throws {
        let server = try await ActiveDirectoryServer.shared()
        let plain = try await open(url: server.plainURL, flags: ["plaintext": true])
        let refused = await #expect(throws: DirectoryError.self) {
            _ = try await plain.lookUp("ada", by: .after(.seconds(20)))
        }
        #expect(refused?.code == .readerRefused)
        #expect(refused?.detail.contains("ldaps://") == true)
        await plain.close()
        let anonymous = try await open(reader: nil)
        let nobody = await #expect(throws: DirectoryError.self) {
            _ = try await anonymous.lookUp("ada", by: .after(.seconds(20)))
        }
        #expect(nobody?.nativeCode == "1")
        #expect(nobody?.detail.contains("bind_dn") == true)
        await anonymous.close()
    }

    // MARK: Entries

    @Test func `an entry has its identifiers as text, and what is computed for who names it`() async throws {
        let computed = "msDS-User-Account-Control-Computed"
        let plain = try await open()
        let entry = try await entry(plain, "ada@ad.example.com")
        #expect(entry.texts(named: "dn") == ["CN=ada,CN=Users,DC=ad,DC=example,DC=com"])
        let guid = try #require(entry.texts(named: "objectGUID").first ?? nil)
        #expect(guid.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil)
        let sid = try #require(entry.texts(named: "objectSid").first ?? nil)
        #expect(sid.wholeMatch(of: /S-1-5-21-\d+-\d+-\d+-\d{4}/) != nil)
        #expect(entry.texts(named: "userAccountControl") == ["512"])
        #expect(entry.texts(named: computed) == [])
        await plain.close()

        // Active Directory itself takes both text forms.
        let byText = try await open(filter: "(objectGUID={username})", columns: [computed, "no such attribute", "x;y"])
        let found = try await self.entry(byText, guid)
        #expect(found.texts(named: "objectSid") == [sid])
        #expect(found.texts(named: computed) == ["0"])
        await byText.close()
    }

    @Test func `a flag's attribute is found however the file writes it`() async throws {
        let directory = try await open()
        let entry = try await entry(directory, "disabled")
        for name in ["userAccountControl", "useraccountcontrol", "USERACCOUNTCONTROL"] {
            #expect(entry.texts(named: name) == ["514"])
        }
        await directory.close()
    }

    @Test func `a group of two thousand is read whole, in parts`() async throws {
        let directory = try await open(filter: "(sAMAccountName={username})", columns: ["member;range=0-99"])
        let entry = try await entry(directory, "large")
        #expect(entry.columns.names.filter { $0.lowercased().hasPrefix("member") } == ["member"])
        #expect(
            Set(entry.texts(named: "member"))
                == Set((0..<2000).map { "CN=contact \($0),CN=Users,DC=ad,DC=example,DC=com" }))
        await directory.close()
    }

    @Test func `a listing has everybody once, and the domain's own clock`() async throws {
        let directory = try await open(listFilter: "(|(objectClass=contact)(objectCategory=person))")
        let listing = try await directory.readAll(column: "cn")
        let names = listing.texts.compactMap { $0.first ?? nil }
        #expect(names.count == Set(names).count)
        #expect(Set(names).isSuperset(of: (0..<2000).map { "contact \($0)" } + ["ada", "disabled"]))
        let end = try #require(listing.ends.first ?? nil)
        #expect(listing.ends.count == 1)
        #expect(end.count == names.count)
        // RFC 4517's form with a fraction, as Active Directory writes it.
        #expect(end.watermark?.wholeMatch(of: /\d{14}\.0Z/) != nil)
        await directory.close()
    }
}
