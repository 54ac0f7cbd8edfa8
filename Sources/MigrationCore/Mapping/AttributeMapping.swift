/// The attributes that an entry has in the pool.
public struct MappedAttributes: Sendable, Hashable {
    public struct Value: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    /// In the order of connectors.yaml, without `username`.
    public internal(set) var values: [Value] = []
    public internal(set) var username: String?
    /// What makes the user unmappable: a `required` attribute that isn't there, an invalid value with
    /// `on_invalid: reject`.
    public internal(set) var rejections: [AttributeRejection] = []

    public subscript(name: String) -> String? {
        values.first { $0.name == name }?.value
    }

    /// Whether a code to reset the password can reach the user.
    public var hasVerifiedContact: Bool {
        self["email"] != nil && self["email_verified"] == "true"
            || self["phone_number"] != nil && self["phone_number_verified"] == "true"
    }
}

/// One attribute's way from the entry to the pool, for `lookup`.
public struct AttributeTrace: Sendable {
    public enum Outcome: Sendable, Hashable {
        case value(String)
        case absent
        case rejected(AttributeRuleCode)
        case dropped(AttributeRuleCode)
        /// `*_verified` without the contact that it speaks of.
        case withoutContact
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
    public internal(set) var source: [String] = []
    public internal(set) var steps: [Step] = []
    public internal(set) var outcome = Outcome.absent
}

/// The rules of `attributes:` and `username:`, compiled against a list of columns.
struct AttributeMapping: Sendable {
    private struct Compiled: Sendable {
        let rule: AttributeRule
        /// The column's index for each name that the rule reads; nil if the directory has no such column.
        let indexes: [Int?]
    }

    private let rules: [Compiled]
    private let validator: AttributeValidator
    private let requiredAttributes: [String]

    /// What names a person: without its end it would name another.
    private static let neverCut: Set = ["email", "phone_number", "preferred_username"]

    /// - Parameter index: the index of a column's name.
    init<Failure: Error>(
        _ rules: [AttributeRule], validator: AttributeValidator, index: (String) throws(Failure) -> Int?
    ) throws(Failure) {
        var compiled: [Compiled] = []
        for rule in rules {
            var indexes: [Int?] = []
            for column in rule.columns { indexes.append(try index(column)) }
            compiled.append(Compiled(rule: rule, indexes: indexes))
        }
        self.rules = compiled
        self.validator = validator
        requiredAttributes = validator.requiredAttributes
    }

    /// What the entry becomes in the pool.
    func map(_ entry: DirectoryEntry) -> MappedAttributes {
        var mapped = MappedAttributes()
        for compiled in rules {
            var ignored = AttributeTrace(attribute: "", columns: [])
            apply(compiled, to: entry, mapped: &mapped, trace: &ignored, isTraced: false)
        }
        complete(&mapped)
        return mapped
    }

    /// The same, step by step.
    func explain(_ entry: DirectoryEntry) -> [AttributeTrace] {
        var mapped = MappedAttributes()
        var traces: [AttributeTrace] = []
        for compiled in rules {
            var trace = AttributeTrace(attribute: compiled.rule.attribute, columns: compiled.rule.columns)
            if entry.columns.isExhaustive {
                trace.missingColumns = zip(trace.columns, compiled.indexes).filter { $0.1 == nil }.map(\.0)
            }
            apply(compiled, to: entry, mapped: &mapped, trace: &trace, isTraced: true)
            traces.append(trace)
        }
        complete(&mapped)
        for index in traces.indices {
            let trace = traces[index]
            if case .value = trace.outcome, trace.attribute != "username", mapped[trace.attribute] == nil {
                traces[index].outcome = .withoutContact
            }
        }
        return traces
    }

    private func apply(
        _ compiled: Compiled, to entry: DirectoryEntry, mapped: inout MappedAttributes, trace: inout AttributeTrace,
        isTraced: Bool
    ) {
        let rule = compiled.rule
        let (source, column) = self.source(compiled, entry: entry)
        func reject(_ code: AttributeRuleCode) {
            switch rule.onInvalid {
            case .drop where !rule.isRequired:
                trace.outcome = .dropped(code)
            case .drop, .reject, .truncate:
                trace.outcome = .rejected(code)
                mapped.rejections.append(AttributeRejection(rule.attribute, code, column: column))
            }
        }
        guard var values = source else { return reject(.notUTF8) }
        if isTraced { trace.source = values }
        for transform in rule.transforms {
            values = transform.apply(to: values)
            if isTraced { trace.steps.append(.init(name: transform.name, values: values)) }
        }
        if let separator = rule.join, values.count > 1 {
            values = [values.joined(separator: separator)]
            if isTraced { trace.steps.append(.init(name: "join", values: values)) }
        }
        guard var value = values.first, !value.isEmpty else {
            if rule.isRequired { reject(.required) }
            return
        }
        var problem = validator.problem(with: value, of: rule.attribute)
        if problem == .tooLong, rule.onInvalid == .truncate, !Self.neverCut.contains(rule.attribute) {
            let cut = value.truncated(toUTF8Bytes: validator.maxBytes(of: rule.attribute))
            if isTraced { trace.steps.append(.init(name: "truncate", values: cut.isEmpty ? [] : [cut])) }
            // One character can be longer than that, and an empty value would be an absent one.
            if !cut.isEmpty {
                value = cut
                problem = validator.problem(with: value, of: rule.attribute)
            }
        }
        if let problem { return reject(problem) }
        trace.outcome = .value(value)
        if rule.attribute == "username" {
            mapped.username = value
        } else {
            mapped.values.append(.init(name: rule.attribute, value: value))
        }
    }

    /// The values that a rule starts from (nil: not UTF-8) and the column they came from.
    private func source(_ compiled: Compiled, entry: DirectoryEntry) -> (values: [String]?, column: String?) {
        switch compiled.rule.source {
        case .columns(let names):
            for (name, index) in zip(names, compiled.indexes) {
                guard let index else { continue }
                let texts = entry.texts(index)
                if texts.isEmpty { continue }
                return (texts.contains(nil) ? nil : texts.compactMap { $0 }, name)
            }
            return ([], nil)
        case .template(let template):
            var isText = true
            var column: String?
            // The template asks for its columns in their order.
            var indexes = compiled.indexes.makeIterator()
            let filled = template.filled { name in
                guard let index = indexes.next() ?? nil,
                    let text = entry.withFirstValue(index, { String(validating: $0, as: UTF8.self) })
                else { return nil }
                if isText, text == nil || column == nil { column = name }
                if text == nil { isText = false }
                return text
            }
            return (isText ? filled.map { [$0] } ?? [] : nil, column)
        }
    }

    /// What depends on several attributes together.
    private func complete(_ mapped: inout MappedAttributes) {
        // Cognito refuses a verified flag without its contact; there is nothing that it could be true of.
        for (contact, flag) in [("email", "email_verified"), ("phone_number", "phone_number_verified")]
        where mapped[contact] == nil {
            mapped.values.removeAll { $0.name == flag }
        }
        for name in requiredAttributes
        where mapped[name] == nil && !mapped.rejections.contains(where: { $0.attribute == name }) {
            mapped.rejections.append(AttributeRejection(name, .required, column: nil))
        }
    }
}
