/// A directory that checks passwords itself and keeps no hash for us to see (an LDAP server, by a bind).
public protocol PasswordCheckingDirectory: Directory {
    /// Has the directory check a password for an entry that it returned.
    ///
    /// Each call is one try, which the directory may count towards a lockout. An empty password is never sent (RFC 4513
    /// §5.1.2: such a bind succeeds without proving anything).
    ///
    /// - Throws: whenever the directory didn't say; what isn't in its table of codes is no answer.
    func check(
        _ password: Secret, of entry: DirectoryEntry, by deadline: Deadline
    ) async throws(DirectoryError) -> PasswordAnswer
}

/// What a directory says to a password.
public enum PasswordAnswer: Sendable, Hashable {
    case right
    case wrong
    /// The entry was there a moment ago, and isn't any more.
    case unknownUser
    /// The account is; servers say so after a right password only, or to every password.
    case disabled
    /// The password is right and has to be changed.
    case mustReset
    /// Too many wrong passwords.
    case throttled
}
