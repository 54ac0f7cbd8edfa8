extension MappingReader {
    /// `when:`: a column's name (it has a value), or `{ from, equals }`, `{ from, present }`.
    mutating func condition(_ key: String) -> Condition? {
        guard let node = node(key) else { return nil }
        if case .scalar(let column, _) = node { return Condition(column: column, .present(true)) }
        guard
            var reader = MappingReader(
                node, name: key, example: "{ from: COLUMN, equals: \"...\" }", problems: problems)
        else { return nil }
        let column = reader.requiredText("from", "the column to look at")
        var tests: [Condition.Test] = []
        reader.text("equals").map { tests.append(.equals($0)) }
        // Silently taken for a test of presence it would turn the rule round.
        if node.value(of: "equals")?.isEmpty == true {
            problems.error(
                reader.position(of: "equals"),
                "equals is empty, and an empty value is absent: nothing equals it; write present: false")
        }
        reader.flag("present").map { tests.append(.present($0)) }
        reader.finish()
        if tests.count > 1 { problems.error(node.position, "\(key): take one of equals and present") }
        return column.map { Condition(column: $0, tests.first ?? .present(true)) }
    }
}
