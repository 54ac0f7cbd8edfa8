/// How a user of the pool is named, so that one person is one pool user.
///
/// Trigger and import compute a name alike. Names are compared by Unicode scalars, without normalisation; in a pool that
/// ignores case by simple lowercase mapping on both sides.
package struct CanonicalName: Sendable {
    package enum Match: Sendable, Hashable {
        /// What was typed is the canonical name.
        case name
        /// It is an alias, in a pool that has them; the reply must then carry the user name.
        case alias
        case none
    }

    private let pool: UserPoolSettings

    package init(pool: UserPoolSettings) {
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
        let typed = comparable(identifier)
        let names = names(username: username, attribute: attribute)
        return names.first { comparable($0.name).hasSameScalars(as: typed) }?.match ?? .none
    }

    /// All that a user may type to sign in, the canonical names first; none if the pool can't have this user.
    func names(username: String?, attribute: (String) -> String?) -> [(name: String, match: Match)] {
        guard pool.usernameAttributes.isEmpty else {
            return pool.usernameAttributes.compactMap { attribute($0.rawValue) }.map { ($0, .name) }
        }
        // Without a user name there is no user, whatever aliases it would have.
        guard let username else { return [] }
        let aliases = pool.aliasAttributes.compactMap { alias in
            switch alias {
            case .email, .phoneNumber:
                attribute(alias.rawValue + "_verified") == "true" ? attribute(alias.rawValue) : nil
            case .preferredUsername:
                attribute(alias.rawValue)
            }
        }
        return [(username, .name)] + aliases.map { ($0, .alias) }
    }

    /// A name as it is compared: two names are the same if these have the same scalars.
    package func comparable(_ name: String) -> String {
        pool.isCaseSensitive ? name : name.simpleLowercased
    }
}

/// The names of a batch's users, as they are compared.
package struct ComparableNames: Sendable {
    private let names: CanonicalName
    private let mapped: MappedBatch
    private let indexes: [String: Int]

    package init(of mapped: MappedBatch, _ names: CanonicalName) {
        self.names = names
        self.mapped = mapped
        indexes = Dictionary(mapped.attributes.enumerated().map { ($1, $0) }) { first, _ in first }
    }

    /// Each name of a row once.
    package subscript(row: Int) -> [String] {
        func value(_ attribute: String) -> String? {
            indexes[attribute].flatMap { index in
                mapped.withValue(row, attribute: index) { $0.map { String(decoding: $0, as: UTF8.self) } }
            }
        }
        var comparable: [String] = []
        for (name, _) in names.names(username: value("username"), attribute: value) {
            let name = names.comparable(name)
            if !comparable.contains(where: { $0.hasSameScalars(as: name) }) { comparable.append(name) }
        }
        return comparable
    }
}

extension String {
    /// By the simple lowercase mapping of each scalar.
    var simpleLowercased: String {
        var lowercase = String.UnicodeScalarView()
        lowercase.append(contentsOf: unicodeScalars.lazy.map(\.simpleLowercase))
        return String(lowercase)
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
