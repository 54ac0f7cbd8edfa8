/// One attribute's way from the entry to the pool, for `lookup`.
public struct AttributeTrace: Sendable {
    public enum Outcome: Sendable, Hashable {
        case value(String)
        case absent
        case rejected(AttributeRuleCode)
        case dropped(AttributeRuleCode)
        /// `*_verified` without the contact that it speaks of.
        case withoutContact
        /// The rule's `when` doesn't hold.
        case notApplicable
    }

    public struct Step: Sendable {
        /// The transform's name, `join` or `truncate` (`on_invalid: truncate`).
        public let name: String
        public let values: [String]
    }

    public let attribute: String
    /// The columns that are read, in the rule's order.
    public let columns: [String]
    /// Those of them that the directory doesn't have at all.
    public internal(set) var missingColumns: [String] = []
    /// The test that decides whether the rule is for this entry.
    public internal(set) var condition: Condition?
    public internal(set) var source: [String] = []
    /// The column that the value came from; nil for a template, and where no column has one.
    public internal(set) var sourceColumn: String?
    /// The template that was filled to make the source.
    public internal(set) var isTemplate = false
    public internal(set) var steps: [Step] = []
    public internal(set) var outcome = Outcome.absent
    /// Whether a step couldn't read the value, so that no other followed.
    var isOver = false
}
