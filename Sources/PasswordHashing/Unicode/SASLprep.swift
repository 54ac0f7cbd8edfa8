/// SASLprep, the form in which SCRAM hashes passwords.
///
/// - SeeAlso: RFC 4013; PostgreSQL's src/common/saslprep.c, which hashes the raw bytes where this refuses.
enum SASLprep {
    /// - Returns: nil if the profile refuses the text: a character that it prohibits, that Unicode 3.2 doesn't have, or
    ///   directions mixed.
    static func apply(to bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var mapped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !nothing.contains(scalar) {
            mapped.append(spaces.contains(scalar) ? " " : scalar)
        }
        let prepared = Normalization.nfkc.apply(to: String(mapped))
        let scalars = prepared.unicodeScalars
        guard !scalars.isEmpty, !scalars.contains(where: { isRefused($0) }) else { return nil }
        // RFC 3454, section 6
        if let first = scalars.first, let last = scalars.last, scalars.contains(where: { rightToLeft.contains($0) }) {
            guard rightToLeft.contains(first), rightToLeft.contains(last),
                !scalars.contains(where: { leftToRight.contains($0) })
            else { return nil }
        }
        return Array(prepared.utf8)
    }

    private static func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        prohibited.contains(scalar) || unassigned.contains(scalar)
    }

    private static let nothing = ScalarSet(UnicodeTables.mappedToNothing)
    private static let spaces = ScalarSet(UnicodeTables.nonASCIISpaces)
    private static let prohibited = ScalarSet(UnicodeTables.prohibited)
    private static let unassigned = ScalarSet(UnicodeTables.unassigned)
    private static let rightToLeft = ScalarSet(UnicodeTables.rightToLeft)
    private static let leftToRight = ScalarSet(UnicodeTables.leftToRight)
}
