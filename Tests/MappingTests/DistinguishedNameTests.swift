import Testing

@testable import MigrationCore

@Suite struct DistinguishedNameTests {
    @Test(
        arguments: [
            ("CN=Sales,OU=Groups,DC=example,DC=com", "Sales"),
            ("uid=ana", "ana"),
            ("ou=Zürich,dc=example", "Zürich"),
            ("2.5.4.11=Sales,dc=example", "Sales"),
            ("employeeNumber=0042,o=x", "0042"),
            // RFC 4514 §4
            ("UID=jsmith,DC=example,DC=net", "jsmith"),
            ("OU=Sales+CN=J.  Smith,DC=example,DC=net", "Sales"),
            (#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#, #"James "Jim" Smith, III"#),
            (#"CN=Before\0dAfter,DC=example,DC=net"#, "Before\rAfter"),
            ("1.3.6.1.4.1.1466.0=#04024869", "Hi"),
            (#"CN=Lu\C4\8Di\C4\87"#, "Lučić"),
            // escapes, one by one
            (#"CN=a\,b"#, "a,b"), (#"CN=a\+b"#, "a+b"), (#"CN=a\;b"#, "a;b"), (#"CN=a\<b\>"#, "a<b>"),
            (#"CN=a\=b"#, "a=b"), (#"CN=a\\b"#, #"a\b"#), ("CN=\\#1", "#1"), (#"CN=\ a\ "#, " a "),
            (#"CN=\20a\20"#, " a "), (#"CN=\2C"#, ","), (#"CN=a\2cb"#, "a,b"), (#"CN=\e5\b1\b1"#, "山"),
            // a hex pair comes before a letter that follows it
            (#"CN=\41b"#, "Ab"),
            // unescaped where that is allowed
            ("CN=a=b", "a=b"), ("CN=a#b", "a#b"), ("CN=a  b", "a  b"), ("CN=a:b/c@d", "a:b/c@d"),
            // Active Directory's deleted objects and conflicts
            (#"CN=Ana\0ADEL:6f2b,CN=Deleted Objects,DC=example"#, "Ana\nDEL:6f2b"),
            // what older servers write: RFC 2253 §4, RFC 1779
            ("CN = Sales , OU = Groups", "Sales"), ("CN=Sales; OU=Groups", "Sales"), (" CN=Sales", "Sales"),
            (#"CN="Smith, Ana",OU=x"#, "Smith, Ana"), (#"CN="a \"b\" c" , OU=x"#, #"a "b" c"#), (#"CN=" a ""#, " a "),
            // several values in one RDN: the first
            ("CN=Ana+UID=42,DC=example", "Ana"), ("CN=Ana + UID=42", "Ana"), (#"CN=a\+b+UID=42"#, "a+b"),
            // every script
            ("CN=山田太郎,DC=example", "山田太郎"), ("CN=علي,DC=example", "علي"), ("CN=👩‍👩‍👧‍👦,DC=x", "👩‍👩‍👧‍👦"),
            // BER: PrintableString, UTF8String, IA5String, BMPString, UniversalString, a length of two bytes
            ("CN=#1302486a", "Hj"), ("CN=#0c02c3a9", "é"), ("CN=#16024869,DC=x", "Hi"), ("CN=#1E0400C95C71", "É山"),
            ("CN=#1c0400005c71", "山"), ("CN=#0481024869", "Hi"), ("CN=#04024869+UID=1", "Hi"),
            // no value
            ("CN=", ""), ("CN=,DC=example", ""), ("CN=  ,DC=example", ""), (#"CN="""#, ""),
        ])
    func `the first RDN's value comes without its escapes`(_ name: String, _ expected: String) {
        #expect(DistinguishedName.firstValue(of: name).map { Array($0.utf8) } == Array(expected.utf8))
    }

    @Test(arguments: [
        "", " ", "Sales", "=Sales", "CN", "CN,DC=example", "CN=Ana,", "CN=Ana,,DC=x", "CN=Ana,garbage", "CN=Ana+",
        "CN=Ana,DC", ",CN=Ana", "1=x", "1.=x", ".1=x", "1..2=x", "-a=x", "C N=x", "Ü=x", "CN:=x",
        #"CN=a\"#, #"CN=a\g"#, #"CN=a\4"#, #"CN=a\4g"#, #"CN=\"#, #"CN=a"b"#, "CN=a<b", "CN=a>b", "CN=a\u{0}b",
        #"CN="a"#, #"CN="a"b"#, #"CN="a\"#,
        // bytes that aren't UTF-8
        #"CN=\C4"#, #"CN=\ff"#, #"CN=\ed\a0\80"#,
        // hex strings that are none, or no text
        "CN=#", "CN=#4", "CN=#04", "CN=#0402486", "CN=#04034869", "CN=#0401486900", "CN=#04024869x", "CN=#020101",
        "CN=#0480", "CN=#0402c3", "CN=#1301e9", "CN=#1e0100", "CN=#1e02d800", "CN=#1c0400110000", "CN=#04840000000141",
        "CN=#0483000001",
        "ana@example.com", "Ana Sol", "https://example.com/?a=b", "(cn=ana)",
        String(repeating: ",", count: 100_000), String(repeating: "\\", count: 99_999),
    ])
    func `what isn't a distinguished name has no first value`(_ text: String) {
        #expect(DistinguishedName.firstValue(of: text) == nil)
    }

    @Test func `a name of 100 kB is read to its end`() {
        let long = String(repeating: "a", count: 100_000)
        #expect(DistinguishedName.firstValue(of: "CN=\(long),DC=x") == long)
        #expect(DistinguishedName.firstValue(of: "CN=x" + String(repeating: ",DC=a", count: 25_000)) == "x")
        #expect(DistinguishedName.firstValue(of: "CN=x" + String(repeating: ",DC=a", count: 25_000) + ",") == nil)
    }
}
