// The standard library normalises for its own comparisons; public names for it aren't there yet.
@_spi(_Unicode) import Swift

/// `normalize:`: the form of Unicode text in which passwords are hashed.
///
/// - SeeAlso: Unicode Standard Annex #15.
enum Normalization: String, Sendable, Hashable, Codable, CaseIterable {
    case nfc, nfkc

    /// - Returns: nil for what isn't UTF-8.
    func apply(to bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return Array(apply(to: text).utf8)
    }

    func apply(to text: String) -> String {
        var scalars = String.UnicodeScalarView()
        switch self {
        case .nfc:
            scalars.append(contentsOf: text._nfc)
        case .nfkc:
            // NFC decomposes canonically, orders and composes; what is left to do before is the rest of NFKD.
            var decomposed = String.UnicodeScalarView()
            for scalar in text.unicodeScalars {
                if let replacement = Self.compatibility[scalar] {
                    decomposed.append(contentsOf: replacement)
                } else {
                    decomposed.append(scalar)
                }
            }
            scalars.append(contentsOf: String(decomposed)._nfc)
        }
        return String(scalars)
    }

    private static let compatibility = ScalarMap(UnicodeTables.compatibilityDecompositions)
}
