// The standard library composes with its own tables (it compares strings by them) and shows this to Foundation alone. The
// other ways bring ICU along, which MigrateLambda must not; a test compares with Python's unicodedata.
@_spi(_Unicode) internal import Swift

extension String {
    /// Unicode Normalization Form C: letters and their marks composed where there is one character for them.
    ///
    /// - SeeAlso: Unicode Standard Annex #15.
    var normalizedToNFC: String {
        var text = self
        let isNormal = text.withUTF8 { $0.isASCII }
        guard !isNormal else { return self }
        var normal = ""
        normal.reserveCapacity(utf8.count)
        for scalar in _nfc { normal.unicodeScalars.append(scalar) }
        return normal
    }
}
