/// Identifiers that directories hold in binary, as everybody writes them.
enum BinaryText {
    case guid
    case sid
    case uuid

    private static let attributes: [String: BinaryText] = [
        "objectguid": .guid, "ms-ds-consistencyguid": .guid, "objectsid": .sid, "sidhistory": .sid, "entryuuid": .uuid,
    ]

    /// - Parameter attribute: its name, in any case, options included.
    init?(attribute: String) {
        let name = attribute.prefix { $0 != ";" }.lowercased()
        guard let form = Self.attributes[name] else { return nil }
        self = form
    }

    /// - Returns: nil if the bytes aren't of this form, such as a UUID that is text already.
    func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        switch self {
        case .guid:
            // MS-DTYP 2.3.4: the first three fields are little-endian.
            guard bytes.count == 16 else { return nil }
            return Self.grouped([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map { bytes[$0] })
        case .uuid:
            // RFC 4122; RFC 4530 has it as text, of 36 characters.
            guard bytes.count == 16 else { return nil }
            return Self.grouped(Array(bytes))
        case .sid:
            // MS-DTYP 2.4.2.2: revision, number of sub-authorities, authority (big-endian), sub-authorities (little-endian).
            guard bytes.count >= 8, bytes[0] == 1, bytes.count == 8 + 4 * Int(bytes[1]) else { return nil }
            let authority = bytes[2..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            // From 2^32 on it is written in hexadecimal.
            var text = authority < 1 << 32 ? "S-1-\(authority)" : "S-1-0x" + String(authority, radix: 16)
            for start in stride(from: 8, to: bytes.count, by: 4) {
                text += "-\(bytes[start..<(start + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })"
            }
            return text
        }
    }

    private static func grouped(_ bytes: [UInt8]) -> String {
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            if byte < 16 { text += "0" }
            text += String(byte, radix: 16)
        }
        return text
    }
}
