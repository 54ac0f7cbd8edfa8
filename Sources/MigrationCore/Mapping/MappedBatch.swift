/// The entries of a batch as users of the pool, attribute by attribute; a `String` is made only for who asks.
public struct MappedBatch: Sendable {
    private let batch: EntryBatch
    private let firstRow: Int
    private let rules: [CompiledRule]
    private let columns: [MappedColumn]
    private let relations: AttributeRelations
    /// For each entry whether it can't be a user.
    private let rejected: [Bool]

    init(
        _ batch: EntryBatch, rows: Range<Int>, rules: [CompiledRule], columns: [MappedColumn],
        relations: AttributeRelations
    ) {
        self.batch = batch
        firstRow = rows.lowerBound
        self.rules = rules
        self.columns = columns
        self.relations = relations
        var rejected = Array(repeating: false, count: rows.count)
        for column in columns {
            for row in rejected.indices {
                if case .rejected = column.outcomes[row] { rejected[row] = true }
            }
        }
        for (_, rule) in relations.required {
            for row in rejected.indices where rule.map({ columns[$0].outcomes[row] != .value }) ?? true {
                rejected[row] = true
            }
        }
        self.rejected = rejected
    }

    /// The number of entries.
    public var count: Int { rejected.count }

    /// The rules' attributes in their order, `username` among them.
    public var attributes: [String] { rules.map(\.rule.attribute) }

    /// Whether an entry can't be a user of the pool.
    public func isRejected(_ row: Int) -> Bool { rejected[row] }

    /// Calls `body` with the value of one of `attributes`, or with nil: UTF-8 that the pool takes.
    public func withValue<Result>(_ row: Int, attribute: Int, _ body: (UnsafeBufferPointer<UInt8>?) -> Result) -> Result
    {
        columns[attribute].withValue(row, body)
    }

    /// The bytes of all values of an entry together.
    public func byteCount(_ row: Int) -> Int {
        columns.reduce(0) { $0 + $1.withValue(row) { $0?.count ?? 0 } }
    }

    /// Why an entry can't be a user, in the rules' order; empty if it can.
    public func rejections(_ row: Int) -> [AttributeRejection] {
        guard rejected[row] else { return [] }
        var rejections: [AttributeRejection] = []
        for (compiled, column) in zip(rules, columns) {
            if case .rejected(let code) = column.outcomes[row] {
                let source = compiled.sourceColumn(batch[firstRow + row])
                rejections.append(AttributeRejection(compiled.rule.attribute, code, column: source))
            }
        }
        for (name, rule) in relations.required {
            switch rule.map({ columns[$0].outcomes[row] }) {
            case .value, .rejected: continue
            case nil, .absent, .dropped, .withoutContact, .notApplicable:
                rejections.append(AttributeRejection(name, .required, column: nil))
            }
        }
        return rejections
    }

    /// One entry's attributes as texts.
    func mapped(_ row: Int) -> MappedAttributes {
        var mapped = MappedAttributes()
        for (compiled, column) in zip(rules, columns) {
            guard let value = column.text(row) else { continue }
            if compiled.rule.attribute == "username" {
                mapped.username = value
            } else {
                mapped.values.append(.init(name: compiled.rule.attribute, value: value))
            }
        }
        mapped.rejections = rejections(row)
        return mapped
    }
}
