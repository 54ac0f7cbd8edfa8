/// A rule with its columns' indexes, and what the pool takes.
struct CompiledRule: Sendable {
    let rule: AttributeRule
    let check: AttributeCheck
    /// The column's index for each name that the rule reads; nil if the directory has no such column.
    let indexes: [Int?]
    /// The same for the column of `when:`.
    let conditionIndex: Int?

    /// - Parameter index: the index of a column's name.
    init<Failure: Error>(
        _ rule: AttributeRule, validator: AttributeValidator, index: (String) throws(Failure) -> Int?
    ) throws(Failure) {
        self.rule = rule
        check = validator.check(rule.attribute)
        var indexes: [Int?] = []
        for column in rule.columns { indexes.append(try index(column)) }
        self.indexes = indexes
        var conditionIndex: Int?
        if let condition = rule.when { conditionIndex = try index(condition.column) }
        self.conditionIndex = conditionIndex
    }

    /// Reads what the rule starts from.
    func read(_ batch: EntryBatch, rows: Range<Int>, into values: inout ValueColumn) {
        switch rule.source {
        case .columns: readColumns(batch, rows: rows, into: &values)
        case .template(let template): fill(template, batch, rows: rows, into: &values)
        }
    }

    private func isFor(_ batch: EntryBatch, row: Int) -> Bool {
        rule.when?.holds(batch[row], index: conditionIndex) ?? true
    }

    /// The values of the first column that has one.
    private func readColumns(_ batch: EntryBatch, rows: Range<Int>, into values: inout ValueColumn) {
        let columns = indexes.compactMap { $0 }
        let isConditional = rule.when != nil
        batch.withStorage { storage in
            for row in rows {
                values.appendRow { target in
                    if isConditional, !isFor(batch, row: row) { return .notApplicable }
                    for column in columns {
                        var hasValue = false
                        for index in storage.values(row: row, column: column) {
                            let value = storage.value(index)
                            if value.isEmpty { continue }
                            guard value.isText else { return .failed(.notUTF8) }
                            target.bytes.append(contentsOf: value)
                            target.valueEnds.append(target.bytes.count)
                            hasValue = true
                        }
                        if hasValue { break }
                    }
                    return nil
                }
            }
        }
    }

    /// The template with the first value of each of its columns.
    private func fill(_ template: Template, _ batch: EntryBatch, rows: Range<Int>, into values: inout ValueColumn) {
        enum Part {
            case literal([UInt8])
            case column(Int)
        }
        // The template asks for its columns in their order; one that the directory doesn't have is empty.
        var indexes = self.indexes[...]
        let parts: [Part] = template.parts.compactMap { part in
            switch part {
            case .literal(let text): .literal(Array(text.utf8))
            case .column: (indexes.popFirst() ?? nil).map { .column($0) }
            }
        }
        let isConstant = template.columns.isEmpty
        let isConditional = rule.when != nil
        var text = GrowingBuffer<UInt8>()
        batch.withStorage { storage in
            for row in rows {
                values.appendRow { target in
                    if isConditional, !isFor(batch, row: row) { return .notApplicable }
                    text.removeAll()
                    var hasValue = isConstant
                    for part in parts {
                        switch part {
                        case .literal(let bytes):
                            text.append(contentsOf: bytes)
                        case .column(let column):
                            for index in storage.values(row: row, column: column) {
                                let value = storage.value(index)
                                if value.isEmpty { continue }
                                guard value.isText else { return .failed(.notUTF8) }
                                text.append(contentsOf: value)
                                hasValue = true
                                break
                            }
                        }
                    }
                    if hasValue {
                        let start = target.bytes.count
                        text.withElements { $0.collapse(into: &target.bytes) }
                        target.endValue(from: start)
                    }
                    return nil
                }
            }
        }
    }

    /// The column that an entry's value came from, for reports: the first with a value, or with one that isn't UTF-8 in a
    /// template.
    func sourceColumn(_ entry: DirectoryEntry) -> String? {
        var first: String?
        for (name, index) in zip(rule.columns, indexes) {
            guard let index, let isText = entry.withFirstValue(index, { $0.bindMemory(to: UInt8.self).isText }) else {
                continue
            }
            switch rule.source {
            case .columns: return name
            case .template where !isText: return name
            case .template: first = first ?? name
            }
        }
        return first
    }
}
