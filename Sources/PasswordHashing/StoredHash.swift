/// A stored value that passed its grammar and the limits; nothing has been computed yet.
///
/// It may point into the stored value: it lives no longer than the call that read it.
struct StoredHash {
    /// A value of the same scheme and cost, with constants for salt and digest. Nil where verifying is no work.
    let dummy: String?
    let work: VerificationWork
    let handover: HandoverForm
    let verify: (_ typed: UnsafeRawBufferPointer) -> Verification

    init(
        dummy: String?, work: VerificationWork, handover: HandoverForm = .withheld(.algorithm),
        verify: @escaping (_ typed: UnsafeRawBufferPointer) -> Verification
    ) {
        self.dummy = dummy
        self.work = work
        self.handover = handover
        self.verify = verify
    }

    /// The same, in a value that names it by a prefix.
    func prefixed(by prefix: String) -> StoredHash {
        StoredHash(dummy: dummy.map { prefix + $0 }, work: work, handover: handover, verify: verify)
    }

    func prefixed(by prefix: Characters) -> StoredHash { prefixed(by: prefix.string) }

    /// The same hash where it stands in a longer text; `dummy` is that text with constants in it.
    func within(dummy: String?) -> StoredHash {
        StoredHash(dummy: dummy, work: work, handover: handover, verify: verify)
    }

    /// A hash of what `derive` makes of the password; nil is nobody's password. No copy of it stays.
    func keyed(
        _ reason: PasswordHandover.SignInReason?, by derive: @escaping (_ typed: UnsafeRawBufferPointer) -> [UInt8]?
    ) -> StoredHash {
        StoredHash(dummy: dummy, work: work, handover: reason.map { .withheld($0) } ?? handover) { typed in
            guard var key = derive(typed) else { return .mismatch }
            defer { key.withUnsafeMutableBytes(eraseMemory) }
            return withAddressedBytes(of: key, verify)
        }
    }
}

/// Why a stored value can't be verified.
enum Refusal: Error {
    case malformed
    case overLimit
    case unverifiable

    var verification: Verification {
        switch self {
        case .malformed: .malformed
        case .overLimit: .overLimit
        case .unverifiable: .unverifiable
        }
    }
}

/// A stored value as the directory gave it, and what belongs to it.
struct StoredValue {
    /// In characters, whatever the scheme; of a salt or a name in another column too.
    static let maxLength = 4096

    let bytes: UnsafeRawBufferPointer
    let row: PasswordRow
    let secrets: PasswordSecrets

    init(
        _ bytes: UnsafeRawBufferPointer, row: PasswordRow = PasswordRow(), secrets: PasswordSecrets = PasswordSecrets()
    ) throws(Refusal) {
        // A character is a byte that continues no other; no character has more than four.
        guard bytes.count <= 4 * Self.maxLength, bytes.count(where: { $0 & 0xC0 != 0x80 }) <= Self.maxLength,
            row.isWithin(bytes: 4 * Self.maxLength)
        else { throw .malformed }
        self.bytes = bytes
        self.row = row
        self.secrets = secrets
    }

    /// Another text of the same row.
    func replacing(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> StoredValue {
        try StoredValue(bytes, row: row, secrets: secrets)
    }

    /// What a grammar reads: ASCII, without the spaces that a `CHAR(n)` column appends.
    func text() throws(Refusal) -> Characters {
        var text = bytes[...]
        while text.last == UInt8(ascii: " ") { text.removeLast() }
        guard text.first != UInt8(ascii: " "), text.isPrintable || JSONValue.recognizes(text) else { throw .malformed }
        return text
    }
}

/// What other columns of the row say to a stored value. Absent is empty.
public struct PasswordRow: Sendable, Hashable {
    public var salt: [UInt8]
    public var username: [UInt8]
    /// Keycloak's second column.
    public var secretData: [UInt8]?

    public init(salt: [UInt8] = [], username: [UInt8] = [], secretData: [UInt8]? = nil) {
        self.salt = salt
        self.username = username
        self.secretData = secretData
    }

    func isWithin(bytes: Int) -> Bool {
        salt.count <= bytes && username.count <= bytes && (secretData?.count ?? 0) <= bytes
    }
}
