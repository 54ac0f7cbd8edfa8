/// What a rule makes of a run of entries: a value, or why there is none.
struct MappedColumn: Sendable {
    enum Outcome: Sendable, BitwiseCopyable, Equatable {
        case value
        case absent
        case rejected(AttributeRuleCode)
        case dropped(AttributeRuleCode)
        /// `*_verified` without the contact that it speaks of.
        case withoutContact
        /// The rule's `when` doesn't hold.
        case notApplicable
    }

    var outcomes: [Outcome]
    private let bytes: [UInt8]
    /// Where each entry's value ends in `bytes`.
    private let ends: [UInt32]

    /// Calls `body` with an entry's value, or with nil.
    func withValue<Result>(_ row: Int, _ body: (TextBytes?) -> Result) -> Result {
        guard outcomes[row] == .value else { return body(nil) }
        let range = Int(row == 0 ? 0 : ends[row - 1])..<Int(ends[row])
        return bytes.withUnsafeBufferPointer { body($0.part(range)) }
    }

    func text(_ row: Int) -> String? {
        withValue(row) { $0?.string }
    }

    /// Where a column is written, row by row.
    struct Builder: ~Copyable {
        private var outcomes = GrowingBuffer<Outcome>(capacity: 64)
        private var bytes = GrowingBuffer<UInt8>(capacity: 1024)
        private var ends = GrowingBuffer<UInt32>(capacity: 64)

        @inline(__always)
        mutating func append(_ outcome: Outcome) {
            outcomes.append(outcome)
            ends.append(UInt32(truncatingIfNeeded: bytes.count))
        }

        @inline(__always)
        mutating func append(value: TextBytes) {
            bytes.append(contentsOf: value)
            append(.value)
        }

        /// The column; the builder is empty afterwards.
        mutating func take() -> MappedColumn {
            precondition(bytes.count <= UInt32.max, "a value is bounded, and so is a batch")
            let column = MappedColumn(outcomes: outcomes.array(), bytes: bytes.array(), ends: ends.array())
            outcomes.removeAll()
            bytes.removeAll()
            ends.removeAll()
            return column
        }
    }
}

/// What depends on several attributes together.
struct AttributeRelations: Sendable {
    private let flags: [(contact: Int?, flag: Int)]
    /// The attributes that the pool demands, with the rule that makes each.
    let required: [(name: String, rule: Int?)]

    init(_ attributes: [String], required: [String]) {
        func index(_ name: String) -> Int? { attributes.firstIndex(of: name) }
        flags = [("email", "email_verified"), ("phone_number", "phone_number_verified")].compactMap { contact, flag in
            index(flag).map { (index(contact), $0) }
        }
        self.required = required.map { ($0, index($0)) }
    }

    /// Cognito refuses a verified flag without its contact; there is nothing that it could be true of.
    func apply(to columns: inout [MappedColumn]) {
        for (contact, flag) in flags {
            for row in columns[flag].outcomes.indices where columns[flag].outcomes[row] == .value {
                if contact.map({ columns[$0].outcomes[row] != .value }) ?? true {
                    columns[flag].outcomes[row] = .withoutContact
                }
            }
        }
    }
}
