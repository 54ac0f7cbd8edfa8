/// How a user of the pool is named, so that one person is one pool user.
///
/// Trigger and import compute a name alike. Names are compared by Unicode scalars, without normalisation; in a pool that
/// ignores case by simple lowercase mapping on both sides.
struct CanonicalName: Sendable {
    enum Match: Sendable, Hashable {
        /// What was typed is the canonical name.
        case name
        /// It is an alias, in a pool that has them; the reply must then carry the user name.
        case alias
        case none
    }

    private let pool: UserPoolSettings

    init(pool: UserPoolSettings) {
        self.pool = pool
    }

    /// The name that import gives the user: `username`, or the mapped email or else phone number in pools that sign in by
    /// those.
    func name(username: String?, attribute: (String) -> String?) -> String? {
        guard !pool.usernameAttributes.isEmpty else { return username }
        for candidate in [UserPoolSettings.NameAttribute.email, .phoneNumber]
        where pool.usernameAttributes.contains(candidate) {
            if let value = attribute(candidate.rawValue) { return value }
        }
        return nil
    }

    /// Whether what was typed names this user.
    ///
    /// - Parameter attribute: the mapped value of a pool attribute.
    func match(_ identifier: String, username: String?, attribute: (String) -> String?) -> Match {
        guard pool.usernameAttributes.isEmpty else {
            return pool.usernameAttributes.contains { isSame(identifier, attribute($0.rawValue)) } ? .name : .none
        }
        // Without a user name there is no user, whatever aliases it would have.
        guard let username else { return .none }
        if isSame(identifier, username) { return .name }
        let isAlias = pool.aliasAttributes.contains { alias in
            switch alias {
            case .email, .phoneNumber:
                attribute(alias.rawValue + "_verified") == "true" && isSame(identifier, attribute(alias.rawValue))
            case .preferredUsername:
                isSame(identifier, attribute(alias.rawValue))
            }
        }
        return isAlias ? .alias : .none
    }

    private func isSame(_ left: String, _ right: String?) -> Bool {
        guard let right else { return false }
        if pool.isCaseSensitive { return left.hasSameScalars(as: right) }
        return left.unicodeScalars.lazy.map(\.simpleLowercase)
            .elementsEqual(right.unicodeScalars.lazy.map(\.simpleLowercase))
    }
}

extension Unicode.Scalar {
    /// The simple lowercase mapping of UnicodeData.txt: one scalar to one scalar.
    ///
    /// The standard library has the full mapping, which differs for U+0130 alone (SpecialCasing.txt).
    public var simpleLowercase: Unicode.Scalar {
        if self == "\u{130}" { return "i" }
        let mapping = properties.lowercaseMapping.unicodeScalars
        return mapping.count == 1 ? mapping[mapping.startIndex] : self
    }
}
