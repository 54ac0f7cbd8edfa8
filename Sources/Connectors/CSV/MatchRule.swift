internal import MigrationCore

/// When a value is the one that was typed: by Unicode scalars, without normalisation; any case by simple lowercase
/// mapping on both sides, as names are compared in a pool.
struct MatchRule: Sendable {
    let isCaseSensitive: Bool

    /// Whether a text of so many bytes of UTF-8 can be what somebody types. An empty value is an absent one; and a pool's
    /// attribute has at most 2,048 characters, which take no more than 8 KiB. Whatever is longer isn't folded: a megabyte
    /// would take longer than a sign-in waits.
    static func isName(_ bytes: Int) -> Bool { (1...(8 << 10)).contains(bytes) }

    /// What two values have in common that match: the text in UTF-8, in lower case if case doesn't matter.
    ///
    /// - Parameter text: UTF-8.
    func fold(_ text: UnsafeRawBufferPointer, into folded: inout [UInt8]) {
        folded.removeAll(keepingCapacity: true)
        folded.append(contentsOf: text)
        if isCaseSensitive { return }
        guard text.isPlainASCII else {
            folded.removeAll(keepingCapacity: true)
            for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
                // Every scalar has a UTF-8 form.
                folded.append(contentsOf: UTF8.encode(scalar.simpleLowercase).unsafelyUnwrapped)
            }
            return
        }
        folded.withUnsafeMutableBufferPointer { bytes in
            for index in bytes.indices where (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[index]) {
                bytes[index] |= 0x20
            }
        }
    }

    func fold(_ text: String) -> [UInt8] {
        var text = text
        var folded: [UInt8] = []
        text.withUTF8 { fold(UnsafeRawBufferPointer($0), into: &folded) }
        return folded
    }
}
