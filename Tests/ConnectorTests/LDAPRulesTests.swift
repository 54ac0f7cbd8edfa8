import MigrationCore
import Testing

@testable import LDAPConnector

/// What is decided without a server.
@Suite struct `the rules of the ldap connector` {
    // MARK: Filters

    /// RFC 4515, section 3 and its examples in section 4.
    @Test(arguments: [
        ("ana@example.com", "ana@example.com"), ("*)(uid=*", #"\2a\29\28uid=\2a"#),
        ("Parens R Us (for all your parenthetical needs)", #"Parens R Us \28for all your parenthetical needs\29"#),
        (#"C:\MyFile"#, #"C:\5cMyFile"#), ("\u{0}\u{0}\u{0}\u{4}", "\\00\\00\\00\u{4}"), ("Лучић", "Лучић"), ("", ""),
        (#"\2a"#, #"\5c2a"#), ("{username}", "{username}"),
    ])
    func `what somebody typed is escaped once`(_ identifier: String, _ escaped: String) throws {
        let filter = try LDAPFilter("(|(mail={username})(uid={username}))", takesIdentifier: true)
        #expect(filter.filled(with: identifier) == "(|(mail=\(escaped))(uid=\(escaped)))")
    }

    @Test(arguments: [
        ("(uid=*)", "no {username}"), ("(uid={username}", "( without its )"), ("(uid={username}))", ") without its ("),
        ("({username}=x)", "in a value only"), ("(&{username}(uid=x))", "in a value only"),
        ("(uid:{username}:=x)", "in a value only"), ("(&(uid=x){username})", "in a value only"),
        (#"(uid=\{username})"#, "two hexadecimal digits"), (#"(uid=\2{username})"#, "two hexadecimal digits"),
        ("(uid={username}\u{0})", "NUL"),
    ])
    func `a filter that would take an identifier for more than a value is refused`(
        _ text: String, _ message: String
    ) throws {
        let error = #expect(throws: LDAPFilter.SyntaxError.self) { _ = try LDAPFilter(text, takesIdentifier: true) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        "uid={username}", "(uid={username})", "(uid=pre{username}post)", "(userPrincipalName={username}@example.com)",
        #"(&(cn=\28x\29)(uid={username}))"#, "(member:1.2.840.113556.1.4.1941:={username})", "(uid>={username})",
        "(uid={username}{username})",
    ])
    func `a filter may have the identifier wherever a value is`(_ text: String) throws {
        _ = try LDAPFilter(text, takesIdentifier: true)
    }

    @Test func `a filter for everybody takes nobody's name`() throws {
        _ = try LDAPFilter("(objectClass=person)", takesIdentifier: false)
        #expect(throws: LDAPFilter.SyntaxError.self) { _ = try LDAPFilter("(uid={username})", takesIdentifier: false) }
    }

    // MARK: URLs

    @Test(arguments: [
        (
            "ldaps://ldap.example.com", ServerURL.Place.host("ldap.example.com", port: 636),
            "ldaps://ldap.example.com:636"
        ),
        ("LDAPS://ldap.example.com:3269/", .host("ldap.example.com", port: 3269), "ldaps://ldap.example.com:3269"),
        ("ldaps://192.0.2.1", .host("192.0.2.1", port: 636), "ldaps://192.0.2.1:636"),
        ("ldaps://[2001:db8::1]:1636", .host("2001:db8::1", port: 1636), "ldaps://[2001:db8::1]:1636"),
        ("ldaps://[::1]", .host("::1", port: 636), "ldaps://[::1]:636"),
        ("ldapi://%2Frun%2Fslapd%2fldapi", .file("/run/slapd/ldapi"), "ldapi://%2Frun%2Fslapd%2fldapi"),
    ])
    func `a URL says where the server is`(_ text: String, _ place: ServerURL.Place, _ whole: String) throws {
        let url = try ServerURL(text, startTLS: false, plaintext: false)
        #expect(url.place == place)
        #expect(url.text == whole)
    }

    @Test(arguments: [
        "", "ldap.example.com", "https://ldap.example.com", "ldaps://", "ldaps://:636", "ldaps://a:0",
        "ldaps://a:65536",
        "ldaps://a:x", "ldaps://a b", "ldaps://a,b", "ldaps://a ldap://b", "ldaps://a%2Cb", "ldaps://::1",
        "ldaps://[::1",
        "ldaps://[::1]x", "ldaps://a/dc=example", "ldaps://a?uid", "ldaps://u@a", "ldaps://a\u{0}", "ldapi://",
        "ldapi://run",
        "ldapi://%2", "ldapi://%zz", "ldapi:///run/ldapi", "ldap:a", "ldap://a",
    ])
    func `what isn't a URL of a server is refused`(_ text: String) {
        #expect(throws: ServerURL.SyntaxError.self) { _ = try ServerURL(text, startTLS: false, plaintext: false) }
    }

    @Test func `plaintext has to be said in so many words`() throws {
        #expect(try ServerURL("ldap://a", startTLS: true, plaintext: false).security == .startTLS)
        #expect(try ServerURL("ldap://a", startTLS: true, plaintext: true).security == .startTLS)
        #expect(try ServerURL("ldap://a", startTLS: false, plaintext: true).security == .none)
        #expect(try ServerURL("ldaps://a", startTLS: false, plaintext: true).security == .tls)
        #expect(throws: ServerURL.SyntaxError.self) { _ = try ServerURL("ldaps://a", startTLS: true, plaintext: false) }
    }

    // MARK: The configuration

    private static let good: [String: ConnectorOptions.Value] = [
        "url": .text("ldaps://ldap.example.com"), "base": .text("dc=example,dc=com"),
        "filter": .text("(uid={username})"),
        "bind_dn": .text("cn=reader"), "bind_password": .text("${env:PASSWORD}"),
    ]

    @Test(
        arguments: [
            ([:], []),
            (["url": .texts(["ldaps://a", "ldap://b"])], ["url"]),
            (["url": .text("ldap://a")], ["url"]),
            (["url": .text("ldap://a"), "start_tls": .flag(true)], []),
            (["url": .text("ldap://a"), "plaintext": .flag(true)], []),
            (["url": .text("ldap://a"), "plaintext": .flag(true), "start_tls": .flag(true)], ["plaintext"]),
            (["bind": .text("external")], ["bind", "bind"]),
            (["url": .text("ldapi://%2Frun%2Fldapi"), "bind": .text("external")], ["bind"]),
            (
                [
                    "url": .text("ldapi://%2Frun%2Fldapi"), "bind": .text("external"), "bind_dn": nil,
                    "bind_password": nil,
                ], []
            ),
            (["bind_password": nil], ["bind_dn"]),
            (["bind_dn": nil], ["bind_password"]),
            (["bind_dn": nil, "bind_password": nil], []),
            (["filter": .text("(uid=x)")], ["filter"]),
            (["list_filter": .text("(uid={username})")], ["list_filter"]),
        ] as [([String: ConnectorOptions.Value?], [String])])
    func `keys are checked together`(_ changes: [String: ConnectorOptions.Value?], _ wrong: [String]) {
        var values = Self.good
        for (key, value) in changes { values[key] = value }
        #expect(LDAPKind.check(ConnectorOptions(values)).map(\.option) == wrong)
    }

    @Test(arguments: [
        ("", "cn=reader"), ("x", ""),
    ])
    func `a reader without a name or password isn't taken for one`(_ password: String, _ dn: String) {
        var values = Self.good
        values["bind_dn"] = .text(dn)
        #expect(throws: DirectoryError(.notADirectory, directory: "staff")) {
            _ = try LDAPKind.open(
                name: "staff",
                options: ResolvedConnectorOptions(
                    ConnectorOptions(values), secrets: ["bind_password": Secret(password)]),
                settings: ConnectorSettings())
        }
    }

    // MARK: What a bind says

    private static func activeDirectory(_ code: String) -> String {
        // As Windows Server and Samba write it; the former ends it with a NUL.
        "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data \(code), v1db1\0"
    }

    @Test(
        arguments: [
            ("52e", .wrong), ("52E", .wrong), ("525", .unknownUser), ("530", .disabled), ("531", .disabled),
            ("532", .mustReset), ("533", .disabled), ("701", .disabled), ("773", .mustReset), ("775", .throttled),
            // Not in the table: account restrictions, too many groups, nothing at all.
            ("52f", nil), ("568", nil), ("0", nil), ("52", nil), ("zz", nil), ("", nil),
        ] as [(String, PasswordAnswer?)])
    func `Active Directory's reasons have a meaning each`(_ code: String, _ answer: PasswordAnswer?) {
        #expect(BindResult(code: 49, diagnostic: Self.activeDirectory(code)).answer == answer)
        // With another result code they say nothing.
        #expect(BindResult(code: 1, diagnostic: Self.activeDirectory(code)).answer == nil)
    }

    @Test(arguments: [
        "", "Invalid credentials", "data 533", "no such data 775, sorry", "uid=data 533,dc=x", "x: y: data 533, z",
    ])
    func `another server's words are no reasons`(_ diagnostic: String) {
        #expect(BindResult(code: 49, diagnostic: diagnostic).answer == .wrong)
    }

    @Test(
        arguments: [
            (0, nil, nil, .right), (49, nil, nil, .wrong),
            // Expired, locked, must change.
            (0, 0, nil, .mustReset), (0, 2, nil, .mustReset), (0, nil, 3, .mustReset), (0, nil, 0, .mustReset),
            (49, 0, nil, .mustReset), (49, 1, nil, .throttled), (19, 1, nil, .throttled),
            (53, 1, nil, .throttled),
            // What no server should say is an outage.
            (0, 1, nil, nil), (0, 8, nil, nil), (49, 2, nil, nil), (49, 8, nil, nil), (19, nil, nil, nil),
            (19, 0, nil, nil), (53, nil, nil, nil), (53, 0, nil, nil),
        ] as [(Int32, Int?, Int?, PasswordAnswer?)])
    func `a password policy's word counts beside the result code`(
        _ code: Int32, _ error: Int?, _ grace: Int?, _ answer: PasswordAnswer?
    ) {
        let policy = PasswordPolicyAnswer(error: error, graceLoginsLeft: grace)
        #expect(BindResult(code: code, policy: policy).answer == answer)
        if error == nil, grace == nil { #expect(BindResult(code: code).answer == answer) }
    }

    @Test func `every other result code is an outage`() {
        for code in Int32(-20)...200 where code != 0 && code != 49 {
            #expect(BindResult(code: code).answer == nil, "\(code)")
        }
        for code: Int32 in [1, 5, 6, 14, 36, 80, 118, 123, 4096, -9] {
            #expect(ResultCodes.code(code) == .unexpected, "\(code)")
        }
    }

    // MARK: Values

    @Test(
        arguments: [
            ("member;range=0-1499", "member", 0, 1499), ("member;range=1500-*", "member", 1500, nil),
            ("member;Range=0-0", "member", 0, 0), ("photo;binary;range=5-9", "photo;binary", 5, 9),
            ("photo;range=5-9;binary", "photo;binary", 5, 9),
        ] as [(String, String, Int, Int?)])
    func `a range is part of a large attribute`(_ text: String, _ attribute: String, _ first: Int, _ last: Int?) throws
    {
        let range = try #require(RangeOption(text))
        #expect(range.attribute == attribute)
        #expect(range.first == first)
        #expect(range.last == last)
    }

    @Test(arguments: [
        "member", "member;lang-de", "range=0-1", "member;range=", "member;range=1", "member;range=1-0",
        "member;range=-1-2",
        "member;range=a-b", "member;range=0-1-2", "member;range=0-99999999999999999999", "member;range=0-2147483647",
    ])
    func `other options are no range`(_ text: String) {
        #expect(RangeOption(text) == nil)
    }

    @Test(
        arguments: [
            ("objectGUID", Array(0...15) as [UInt8], "03020100-0504-0706-0809-0a0b0c0d0e0f"),
            ("OBJECTGUID", Array(0...15), "03020100-0504-0706-0809-0a0b0c0d0e0f"),
            ("entryUUID", Array(0...15), "00010203-0405-0607-0809-0a0b0c0d0e0f"),
            ("objectSid", [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0], "S-1-5-18"),
            // MS-DTYP 2.4.2.1: an authority from 2^32 on is written in hexadecimal.
            ("objectSid", [1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0], "S-1-0x100000000-256"),
            ("objectGUID", Array(0...14), nil), ("objectSid", [1, 2, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0], nil),
            ("objectSid", [2, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0], nil), ("objectSid", [], nil),
            ("entryUUID", Array("00010203-0405-0607-0809-0a0b0c0d0e0f".utf8), nil),
        ] as [(String, [UInt8], String?)])
    func `binary identifiers have their usual text form`(_ attribute: String, _ bytes: [UInt8], _ text: String?) throws
    {
        let form = try #require(BinaryText(attribute: attribute))
        #expect(bytes.withUnsafeBytes { form.text($0) } == text)
    }

    @Test func `other attributes are as they are`() {
        #expect(BinaryText(attribute: "jpegPhoto") == nil)
        #expect(BinaryText(attribute: "objectGUIDx") == nil)
    }

    @Test(arguments: [
        (0, "19700101000000Z"), (951_782_400, "20000229000000Z"), (1_769_860_799, "20260131115959Z"),
    ])
    func `an instant is written as LDAP does`(_ seconds: Int, _ text: String) {
        #expect(GeneralizedTime.text(.seconds(seconds)) == text)
    }
}
