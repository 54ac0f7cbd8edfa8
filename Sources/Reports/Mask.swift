/// Text that is fit to be shown.
public struct Masked: Sendable, Hashable, CustomStringConvertible {
    public let shown: String

    public var description: String { shown }
}

/// Hides what belongs to a person, unless asked not to (`--reveal`).
///
/// A masked value still tells that it is there, how it begins, and for an address where: enough to recognise what one
/// knows, too little to learn what one doesn't.
public struct Mask: Sendable, Hashable {
    public let reveals: Bool
    private var spared: String?

    public init(reveals: Bool) {
        self.reveals = reveals
    }

    /// The same mask, which leaves one text as it is.
    func sparing(_ text: String?) -> Mask {
        var mask = self
        mask.spared = text
        return mask
    }

    /// A value of an entry or an attribute.
    public func value(_ text: String) -> Masked {
        if reveals || text == spared || ["true", "false"].contains(text) { return Masked(shown: text) }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return Masked(shown: parts.map { hide($0) }.joined(separator: "@"))
    }

    /// A stored hash: its scheme is worth knowing.
    public func hash(_ text: String, scheme: String?) -> Masked {
        Masked(shown: reveals ? text : "[\(scheme.map { "\($0) " } ?? "")hash]")
    }

    private func hide(_ text: Substring) -> String {
        guard let first = text.first, text.count > 2 else { return "***" }
        return "\(first)***"
    }
}
