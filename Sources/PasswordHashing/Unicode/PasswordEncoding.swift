/// `password_encoding:`: the bytes in which a directory's software hashes a password.
enum PasswordEncoding: String, Sendable, Hashable, Codable, CaseIterable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16-le"
    case latin1 = "iso-8859-1"
    case windows1252 = "windows-1252"

    /// - Parameter bytes: UTF-8.
    /// - Returns: nil for what isn't UTF-8, or what the encoding has no bytes for.
    func encode(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        // Before a String is made of it: the copies of that aren't ours to zero.
        if self == .utf8 { return Array(bytes) }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        switch self {
        case .utf8:
            return Array(text.utf8)
        case .utf16LittleEndian:
            var output: [UInt8] = []
            output.reserveCapacity(2 * bytes.count)
            for unit in text.utf16 {
                output.append(UInt8(truncatingIfNeeded: unit))
                output.append(UInt8(truncatingIfNeeded: unit >> 8))
            }
            return output
        case .latin1:
            return Self.encode(text) { UInt8(exactly: $0.value) }
        case .windows1252:
            return Self.encode(text) { scalar in
                // NUL is itself, not one of the holes.
                if scalar.value != 0, let index = Self.windows1252HighControls.firstIndex(of: scalar.value) {
                    return 0x80 + UInt8(index)
                }
                return (0x80..<0xA0).contains(scalar.value) ? nil : UInt8(exactly: scalar.value)
            }
        }
    }

    private static func encode(_ text: String, _ byte: (Unicode.Scalar) -> UInt8?) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard let byte = byte(scalar) else {
                erase(&output)
                return nil
            }
            output.append(byte)
        }
        return output
    }

    /// What windows-1252 has from 0x80 to 0x9F; 0 where it has nothing.
    private static let windows1252HighControls: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]
}
