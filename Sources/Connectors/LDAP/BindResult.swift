import MigrationCore

/// What a server says to a user's bind: the one place where an answer of LDAP can deny.
struct BindResult: Sendable, Hashable {
    /// The result code (RFC 4511, appendix A).
    var code: Int32
    /// The server's own words; Active Directory gives its reason in them.
    var diagnostic = ""
    /// Nil if the server said nothing of it.
    var policy: PasswordPolicyAnswer?

    /// - Returns: nil if this isn't in the table: an outage.
    var answer: PasswordAnswer? {
        switch code {
        case 0:
            switch policy?.error {
            // A login after the password's expiry, by the server's grace.
            case nil: policy?.graceLoginsLeft == nil ? .right : .mustReset
            case PasswordPolicyAnswer.expired, PasswordPolicyAnswer.mustChange: .mustReset
            default: nil
            }
        case 49:
            switch policy?.error {
            // OpenLDAP and 389 Directory Server look at it after the password.
            case PasswordPolicyAnswer.expired: .mustReset
            case PasswordPolicyAnswer.locked: .throttled
            // Active Directory has no such control; who has neither says that the password is wrong.
            case nil:
                switch ActiveDirectoryReason(diagnostic: diagnostic) {
                case nil: .wrong
                case let reason?: reason.answer
                }
            default: nil
            }
        // constraintViolation and unwillingToPerform: so 389 Directory Server (2.3) says it, of an account that was locked
        // by wrong passwords and by hand (`nsAccountLock`).
        case 19, 53: policy?.error == PasswordPolicyAnswer.locked ? .throttled : nil
        default: nil
        }
    }
}

/// The password policy control's answer.
///
/// - SeeAlso: draft-behera-ldap-password-policy-11, section 6.2.
struct PasswordPolicyAnswer: Sendable, Hashable {
    static let expired = 0
    static let locked = 1
    static let mustChange = 2

    /// Nil if there is none.
    var error: Int?
    /// Set when the login was one after the password's expiry.
    var graceLoginsLeft: Int?
}

/// Why Active Directory refuses a bind: a Windows error code in the words of result code 49.
///
///     80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1
///
/// - SeeAlso: https://learn.microsoft.com/windows/win32/debug/system-error-codes--1300-1699-
struct ActiveDirectoryReason: Sendable, Hashable {
    /// In hexadecimal, as it is written there.
    let code: String

    /// - Returns: nil if these aren't Active Directory's words.
    init?(diagnostic: String) {
        // It follows after a number, which no other server begins with.
        guard let name = diagnostic.split(separator: ":", maxSplits: 2).dropFirst().first, name == " LdapErr" else {
            return nil
        }
        let words = diagnostic.split { " ,\0".contains($0) }
        guard let place = words.lastIndex(of: "data"), words.indices.contains(place + 1),
            UInt32(words[place + 1], radix: 16) != nil
        else {
            code = "an unknown reason"
            return
        }
        code = words[place + 1].lowercased()
    }

    /// - Returns: nil if the code isn't in the table.
    var answer: PasswordAnswer? {
        switch code {
        case "52e": .wrong  // ERROR_LOGON_FAILURE
        case "525": .unknownUser  // ERROR_NO_SUCH_USER
        case "532": .mustReset  // ERROR_PASSWORD_EXPIRED
        case "773": .mustReset  // ERROR_PASSWORD_MUST_CHANGE
        case "530": .disabled  // ERROR_INVALID_LOGON_HOURS
        case "531": .disabled  // ERROR_INVALID_WORKSTATION
        case "533": .disabled  // ERROR_ACCOUNT_DISABLED
        case "701": .disabled  // ERROR_ACCOUNT_EXPIRED
        case "775": .throttled  // ERROR_ACCOUNT_LOCKED_OUT
        default: nil
        }
    }
}
