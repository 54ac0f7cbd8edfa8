/// A stored value that passed its grammar and the limits; nothing has been computed yet.
///
/// It may point into the stored value: it lives no longer than the call that read it.
struct StoredHash {
    /// A value of the same scheme and cost, with constants for salt and digest. Nil where verifying is no work.
    let dummy: String?
    let verify: (_ typed: UnsafeRawBufferPointer) -> Verification

    /// The same, in a value that names it by a prefix.
    func prefixed(by prefix: Characters) -> StoredHash {
        StoredHash(dummy: dummy.map { prefix.string + $0 }, verify: verify)
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

/// A stored value as the directory gave it.
struct StoredValue {
    /// In characters, whatever the scheme.
    static let maxLength = 4096

    let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) throws(Refusal) {
        // A character is a byte that continues no other; no character has more than four.
        guard bytes.count <= 4 * Self.maxLength, bytes.count(where: { $0 & 0xC0 != 0x80 }) <= Self.maxLength else {
            throw .malformed
        }
        self.bytes = bytes
    }

    /// What a grammar reads: ASCII, without the spaces that a `CHAR(n)` column appends.
    func text() throws(Refusal) -> Characters {
        var text = bytes[...]
        while text.last == UInt8(ascii: " ") { text.removeLast() }
        guard text.allSatisfy({ $0 < 0x80 }) else { throw .malformed }
        return text
    }
}
