/// A directory that checks passwords itself, and shows no hash: LDAP's bind.
public protocol PasswordCheckingDirectory: Directory {
    /// What the directory says to a password for an entry that it returned.
    ///
    /// The directory is asked at most once for one call, whatever happens to the connection: each try may count towards a
    /// lockout there. An empty password, or one with a NUL in it, is never sent and always wrong.
    ///
    /// - Throws: whenever the directory didn't answer, or not with an answer that this connector knows;
    ///   `.missingColumn` if the entry lacks what names it there.
    func check(
        _ password: Secret, of entry: DirectoryEntry, by deadline: Deadline
    ) async throws(DirectoryError) -> PasswordAnswer

    /// What a check names the entry by (its DN): for two entries alike, a check would ask the same.
    ///
    /// - Returns: nil if the entry has no such name.
    func nameToCheck(of entry: DirectoryEntry) -> [UInt8]?
}

/// What a directory says to a password.
public enum PasswordAnswer: Sendable, Hashable {
    case right
    case wrong
    /// The directory knows nobody of that name any more.
    case unknownUser
    /// The password was right, and the account may not be used: disabled, expired, not now, not from here.
    case disabled
    /// The password was right, and has to be changed first.
    case mustReset
    /// Locked after too many wrong passwords. Says nothing about this one.
    case throttled
}
