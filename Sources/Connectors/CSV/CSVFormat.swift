internal import MigrationCore

/// How a file's bytes are read: its encoding and what stands between two fields.
struct CSVFormat: Sendable, Hashable {
    static let quote = UInt8(ascii: "\"")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    /// Why a text can't be the delimiter, and what to write instead.
    struct Problem: Error, Sendable, Hashable {
        let message: String
    }

    let encoding: CSVEncoding
    /// One character, in the file's encoding.
    let delimiter: [UInt8]

    /// - Parameter delimiter: one character; `\t`, as it comes from YAML's single quotes, is a tab.
    init(delimiter: String = ",", encoding: CSVEncoding = .utf8) throws(Problem) {
        let scalars = Array((delimiter == "\\t" ? "\t" : delimiter).unicodeScalars)
        guard scalars.count == 1, !["\"", "\r", "\n", "\u{0}"].contains(scalars[0]) else {
            throw Problem(
                message: "it should be one character other than a quote or a line's end, such as \",\" or \"\\t\"")
        }
        guard let bytes = encoding.bytes(of: scalars[0]) else {
            throw Problem(message: "\(encoding.rawValue) doesn't have this character")
        }
        self.encoding = encoding
        self.delimiter = bytes
    }
}

/// The encodings of a file, by their names in connectors.yaml.
enum CSVEncoding: String, Sendable, Hashable, CaseIterable {
    case utf8 = "utf-8"
    case latin1 = "iso-8859-1"
    case windows1252 = "windows-1252"

    /// Appends the UTF-8 form of a text.
    ///
    /// - Returns: false if the bytes are no text: not UTF-8, one that windows-1252 has no character for, or a NUL.
    func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) -> Bool {
        guard bytes.firstIndex(of: 0, from: 0) == nil else { return false }
        switch self {
        case .utf8:
            guard bytes.isUTF8 else { return false }
            text.append(contentsOf: bytes)
        case .latin1, .windows1252:
            for byte in bytes {
                if byte < 0x80 {
                    text.append(byte)
                    continue
                }
                guard let scalar = scalar(byte) else { return false }
                text.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)  // every scalar has a UTF-8 form
            }
        }
        return true
    }

    /// The character as the file has it; nil if it can't have it.
    func bytes(of scalar: Unicode.Scalar) -> [UInt8]? {
        if self == .utf8 { return Array(String(Character(scalar)).utf8) }
        return (0...255).first { self.scalar($0) == scalar }.map { [$0] }
    }

    private func scalar(_ byte: UInt8) -> Unicode.Scalar? {
        guard self == .windows1252, (0x80...0x9F).contains(byte) else { return Unicode.Scalar(byte) }
        return Self.upperControls[Int(byte) - 0x80]
    }

    /// What windows-1252 has from 0x80 to 0x9F. Five have no character; browsers take them for control characters, which no name has.
    ///
    /// - SeeAlso: https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT
    private static let upperControls: [Unicode.Scalar?] = [
        "\u{20AC}", nil, "\u{201A}", "\u{0192}", "\u{201E}", "\u{2026}", "\u{2020}", "\u{2021}", "\u{02C6}",
        "\u{2030}", "\u{0160}", "\u{2039}", "\u{0152}", nil, "\u{017D}", nil, nil, "\u{2018}", "\u{2019}", "\u{201C}",
        "\u{201D}", "\u{2022}", "\u{2013}", "\u{2014}", "\u{02DC}", "\u{2122}", "\u{0161}", "\u{203A}", "\u{0153}",
        nil, "\u{017E}", "\u{0178}",
    ]
}

extension UnsafeRawBufferPointer {
    var isUTF8: Bool {
        withMemoryRebound(to: UInt8.self) { (try? UTF8Span(validating: $0.span)) != nil }
    }

    /// Whether each byte is a character of ASCII other than NUL, which every encoding here reads alike.
    var isPlainASCII: Bool {
        var index = 0
        var bits: UInt64 = 0
        while index + 8 <= count {
            bits |= loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < count {
            bits |= UInt64(self[index])
            index += 1
        }
        return bits & 0x8080_8080_8080_8080 == 0 && firstIndex(of: 0, from: 0) == nil
    }
}
