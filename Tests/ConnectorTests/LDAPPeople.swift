import Foundation
import TestSupport

/// Who is in the LDAP server's `ou=staff`, beside what the contract needs.
enum LDAPPeople {
    static let password = "opensesame"
    static let guid: [UInt8] = [
        0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF,
    ]
    static let sid: [UInt8] =
        [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0] + [
            0xA0, 0x65, 0xCF, 0x7E, 0x78, 0x4B, 0x9B, 0x5F, 0xE7, 0x7C, 0x87, 0x70,
        ]
        + [0xF4, 0x01, 0, 0]

    /// 10 MB, none of it text.
    static let photo = [UInt8](repeating: 0xFF, count: 10_000_000)

    private static func person(_ uid: String, _ more: String = "", in container: String = "staff") -> String {
        """
        dn: uid=\(uid),ou=\(container),\(LDAPServer.suffix)
        objectClass: inetOrgPerson
        objectClass: testPerson
        uid: \(uid)
        cn: \(uid)
        sn: Example
        mail: \(uid)@example.com
        userPassword: \(password)
        \(more)

        """
    }

    static let ldif: String = {
        var ldif = DirectoryContract.container("staff") + DirectoryContract.container("hidden")
        ldif += person(
            "ada",
            """
            mail: second@example.com
            jpegPhoto:: /9j/gAA=
            description;lang-de: Beispiel
            \(LDAPServer.line("objectGUID", guid))\(LDAPServer.line("objectSid", sid))
            """)
        for name in ["wrong", "locking", "unlocked"] { ldif += person(name) }
        ldif += person("locked", "pwdAccountLockedTime: 000001010000Z\n")
        ldif += person("reset", "pwdReset: TRUE\n")
        for policy in ["expiring", "graceful"] {
            ldif += person(
                policy,
                "pwdPolicySubentry: cn=\(policy),\(LDAPServer.suffix)\npwdChangedTime: 20200101000000Z\n")
        }
        for number in 1...20 { ldif += person("many\(number)", "description: many\n") }
        ldif += person("hidden", in: "hidden")
        // Where somebody else's server has the entries.
        ldif += """
            dn: ou=elsewhere,ou=staff,\(LDAPServer.suffix)
            objectClass: referral
            objectClass: extensibleObject
            ou: elsewhere
            ref: ldap://192.0.2.1/ou=elsewhere,dc=example,dc=com


            """
        // Large ones.
        ldif += DirectoryContract.container("large")
        let values = (1...1000).map { "description: value \($0)\n" }.joined()
        ldif += person("thousand", values, in: "large")
        ldif += person("photo", LDAPServer.line("jpegPhoto", photo), in: "large")
        // Names with what a DN escapes.
        ldif += """
            dn: cn=Lovelace\\, Ada \\+ \\"x\\",ou=staff,\(LDAPServer.suffix)
            objectClass: inetOrgPerson
            cn: Lovelace, Ada + "x"
            sn: Lovelace
            mail: lovelace@example.com
            userPassword: \(password)


            """
        return ldif
    }()
}
