/// One message of LDAP, as its bytes (RFC 4511, section 4.1.1): a sequence of a number, an operation, and perhaps controls.
public struct LDAPMessage: Sendable {
    /// The operations' tags.
    public enum Operation {
        public static let bindRequest: UInt8 = 0x60
        public static let bindResponse: UInt8 = 0x61
        public static let searchEntry: UInt8 = 0x64
        public static let searchDone: UInt8 = 0x65
    }

    public let bytes: [UInt8]
    /// Where the operation begins.
    private let start: Int

    /// The tag of its operation.
    public var operation: UInt8 { bytes[start] }

    /// - Returns: nil unless the bytes are one whole message.
    public init?(_ bytes: [UInt8]) {
        guard let (contents, end) = Self.element(bytes, at: 0), end == bytes.count, bytes[0] == 0x30,
            let (_, operation) = Self.element(bytes, at: contents), operation < bytes.count
        else { return nil }
        self.bytes = bytes
        start = operation
    }

    /// Takes the whole messages from the front.
    static func takeAll(from bytes: inout [UInt8]) -> [LDAPMessage] {
        var messages: [LDAPMessage] = []
        while let (_, end) = element(bytes, at: 0), end <= bytes.count, let message = LDAPMessage(Array(bytes[..<end]))
        {
            messages.append(message)
            bytes.removeFirst(end)
        }
        return messages
    }

    /// The same with another result code; itself if its operation isn't the result of a bind or a search.
    public func with(resultCode: UInt8) -> LDAPMessage {
        guard [Operation.bindResponse, Operation.searchDone].contains(operation),
            let (contents, _) = Self.element(bytes, at: start), bytes.indices.contains(contents + 2),
            // An ENUMERATED of one byte comes first in a result (section 4.1.9).
            bytes[contents] == 0x0A, bytes[contents + 1] == 1
        else { return self }
        var bytes = bytes
        bytes[contents + 2] = resultCode
        return LDAPMessage(bytes) ?? self
    }

    /// Where the contents of an element begin and where it ends, which may be beyond what is there; nil if that can't be
    /// known yet (X.690, section 8.1.3).
    private static func element(_ bytes: [UInt8], at start: Int) -> (contents: Int, end: Int)? {
        guard bytes.indices.contains(start + 1) else { return nil }
        let first = Int(bytes[start + 1])
        guard first >= 0x80 else { return (start + 2, start + 2 + first) }
        let contents = start + 2 + (first & 0x7F)
        guard first & 0x7F <= 4, contents <= bytes.count else { return nil }
        let length = bytes[(start + 2)..<contents].reduce(0) { $0 << 8 | Int($1) }
        return (contents, contents + length)
    }
}
