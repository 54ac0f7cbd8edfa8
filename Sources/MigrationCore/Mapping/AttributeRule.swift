/// How one attribute of the pool is made from an entry: a line under `attributes:`, or `username:`.
public struct AttributeRule: Sendable, Hashable, Codable {
    public enum Source: Sendable, Hashable, Codable {
        /// The first of these columns with a value.
        case columns([String])
        case template(Template)
    }

    /// What happens to a value that the pool wouldn't take.
    public enum OnInvalid: String, Sendable, Hashable, Codable, CaseIterable {
        case reject, drop, truncate
    }

    /// The pool attribute's name (`email`, `custom:legacy_id`), or `username`.
    public var attribute: String
    public var source: Source
    public var transforms: [Transform]
    public var isRequired: Bool
    public var onInvalid: OnInvalid
    /// Joins several values; without it the first one counts.
    public var join: String?
    /// Which entries the rule is for; nil: all.
    public var when: Condition?

    public init(
        _ attribute: String, from source: Source, transforms: [Transform] = [], isRequired: Bool = false,
        onInvalid: OnInvalid = .reject, join: String? = nil, when: Condition? = nil
    ) {
        self.attribute = attribute
        self.source = source
        self.transforms = transforms
        self.isRequired = isRequired
        self.onInvalid = onInvalid
        self.join = join
        self.when = when
    }

    /// The directory's columns that its value comes from.
    public var columns: [String] {
        switch source {
        case .columns(let names): names
        case .template(let template): template.columns
        }
    }
}
