/// The part of a large attribute that Active Directory gives at once, as its description says it: `member;range=0-1499`.
///
/// - SeeAlso: MS-ADTS 3.1.1.3.1.3.3.
struct RangeOption: Hashable {
    /// The description without the option.
    let attribute: String
    let first: Int
    /// Nil: this is the last part.
    let last: Int?

    /// - Returns: nil if the description has no such option.
    init?(_ description: String) {
        let parts = description.split(separator: ";", omittingEmptySubsequences: false)
        guard let place = parts.firstIndex(where: { $0.lowercased().hasPrefix("range=") }), place > 0 else {
            return nil
        }
        let bounds = parts[place].dropFirst("range=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, let first = Int(bounds[0]), first >= 0 else { return nil }
        if bounds[1] == "*" {
            last = nil
        } else {
            guard let last = Int(bounds[1]), last >= first, last < Int(Int32.max) else { return nil }
            self.last = last
        }
        self.first = first
        var rest = parts
        rest.remove(at: place)
        attribute = rest.joined(separator: ";")
    }

    /// How to ask for what comes from `first` on.
    static func description(of attribute: String, from first: Int) -> String {
        "\(attribute);range=\(first)-*"
    }
}
