/// The rules of `attributes:` and `username:`, compiled against a list of columns.
///
/// A batch is mapped rule by rule, a rule step by step, each over all its entries; one entry is a batch of one.
struct AttributeMapping: Sendable {
    private let rules: [CompiledRule]
    /// What depends on several attributes together.
    private let relations: AttributeRelations

    /// What names a person: without its end it would name another.
    private static let neverCut: Set = ["email", "phone_number", "preferred_username"]

    /// - Parameter index: the index of a column's name.
    init<Failure: Error>(
        _ rules: [AttributeRule], validator: AttributeValidator, index: (String) throws(Failure) -> Int?
    ) throws(Failure) {
        var compiled: [CompiledRule] = []
        for rule in rules { compiled.append(try CompiledRule(rule, validator: validator, index: index)) }
        self.rules = compiled
        relations = AttributeRelations(rules.map(\.attribute), required: validator.requiredAttributes)
    }

    /// What the entry becomes in the pool.
    func map(_ entry: DirectoryEntry) -> MappedAttributes {
        map(entry.batch, rows: entry.row..<(entry.row + 1)).mapped(0)
    }

    /// What the entries of a batch become in the pool.
    func map(_ batch: EntryBatch) -> MappedBatch {
        map(batch, rows: 0..<batch.count)
    }

    private func map(_ batch: EntryBatch, rows: Range<Int>) -> MappedBatch {
        var work = Work()
        var columns: [MappedColumn] = []
        columns.reserveCapacity(rules.count)
        var ignored: AttributeTrace?
        for compiled in rules {
            columns.append(apply(compiled, to: batch, rows: rows, &work, trace: &ignored))
        }
        relations.apply(to: &columns)
        return MappedBatch(batch, rows: rows, rules: rules, columns: columns, relations: relations)
    }

    /// The same, step by step.
    func explain(_ entry: DirectoryEntry) -> [AttributeTrace] {
        let rows = entry.row..<(entry.row + 1)
        var work = Work()
        var columns: [MappedColumn] = []
        var traces: [AttributeTrace] = []
        for compiled in rules {
            var trace: AttributeTrace? = AttributeTrace(compiled, entry)
            columns.append(apply(compiled, to: entry.batch, rows: rows, &work, trace: &trace))
            if let trace { traces.append(trace) }
        }
        relations.apply(to: &columns)
        for index in traces.indices { traces[index].outcome = AttributeTrace.Outcome(columns[index]) }
        return traces
    }

    /// Where rules are worked on, one after the other.
    private struct Work: ~Copyable {
        var values = ValueColumn()
        var mapped = MappedColumn.Builder()
    }

    /// One rule's values for the pool.
    ///
    /// - Parameter trace: notes each step, for one row; nil costs nothing.
    private func apply(
        _ compiled: CompiledRule, to batch: EntryBatch, rows: Range<Int>, _ work: inout Work,
        trace: inout AttributeTrace?
    ) -> MappedColumn {
        let rule = compiled.rule
        work.values.removeAll()
        compiled.read(batch, rows: rows, into: &work.values)
        trace?.start(work.values)
        for transform in rule.transforms {
            transform.apply(to: &work.values)
            trace?.note(transform.name, work.values)
        }
        if let separator = rule.join {
            let isOne = trace == nil || work.values.texts(0).count < 2
            work.values.join(separator)
            if !isOne { trace?.note("join", work.values) }
        }
        for row in 0..<rows.count {
            switch work.values.stop(row) {
            case .failed(let code): work.mapped.append(rule.verdict(code))
            case .notApplicable: work.mapped.append(.notApplicable)
            case nil:
                work.values.withFirstValue(row) { value in
                    if let value {
                        take(value, compiled, into: &work.mapped, trace: &trace)
                    } else {
                        work.mapped.append(rule.isRequired ? .rejected(.required) : .absent)
                    }
                }
            }
        }
        return work.mapped.take()
    }

    /// What becomes of a value: it is the attribute's, if the pool takes it.
    @inline(__always)
    private func take(
        _ value: TextBytes, _ compiled: CompiledRule, into column: inout MappedColumn.Builder,
        trace: inout AttributeTrace?
    ) {
        guard let problem = compiled.check.problem(with: value) else { return column.append(value: value) }
        let rule = compiled.rule
        guard problem == .tooLong, rule.onInvalid == .truncate, !Self.neverCut.contains(rule.attribute) else {
            return column.append(rule.verdict(problem))
        }
        let cut = value.part(0..<value.length(within: compiled.check.maxBytes))
        trace?.steps.append(.init(name: "truncate", values: cut.isEmpty ? [] : [cut.string]))
        // One character can be longer than that, and an empty value would be an absent one.
        if let problem = cut.isEmpty ? problem : compiled.check.problem(with: cut) {
            column.append(rule.verdict(problem))
        } else {
            column.append(value: cut)
        }
    }
}

extension AttributeRule {
    /// What an invalid value makes of its attribute.
    fileprivate func verdict(_ code: AttributeRuleCode) -> MappedColumn.Outcome {
        onInvalid == .drop && !isRequired ? .dropped(code) : .rejected(code)
    }
}

extension AttributeTrace {
    fileprivate init(_ compiled: CompiledRule, _ entry: DirectoryEntry) {
        let rule = compiled.rule
        attribute = rule.attribute
        columns = rule.columns
        condition = rule.when
        if case .template = rule.source { isTemplate = true }
        sourceColumn = isTemplate ? nil : compiled.sourceColumn(entry)
        guard entry.columns.isExhaustive else { return }
        missingColumns = zip(columns, compiled.indexes).filter { $0.1 == nil }.map(\.0)
        if let condition, compiled.conditionIndex == nil { missingColumns.append(condition.column) }
    }

    fileprivate mutating func start(_ values: borrowing ValueColumn) {
        source = values.texts(0)
        isOver = values.stop(0) != nil
    }

    /// Notes what a step made; the one at which the way ended is the last.
    fileprivate mutating func note(_ step: String, _ values: borrowing ValueColumn) {
        if isOver { return }
        steps.append(.init(name: step, values: values.texts(0)))
        isOver = values.stop(0) != nil
    }
}

extension AttributeTrace.Outcome {
    /// The one entry's.
    fileprivate init(_ column: MappedColumn) {
        self =
            switch column.outcomes[0] {
            case .value: .value(column.text(0) ?? "")
            case .absent: .absent
            case .rejected(let code): .rejected(code)
            case .dropped(let code): .dropped(code)
            case .withoutContact: .withoutContact
            case .notApplicable: .notApplicable
            }
    }
}
