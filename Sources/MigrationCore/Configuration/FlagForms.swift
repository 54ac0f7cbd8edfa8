extension ConfigurationReader {
    /// A column's name, or `{ from, bit }`, `{ from, equals }`, `{ from, before: now }`.
    func readFlag(_ key: String, _ reader: inout MappingReader) -> FlagRule? {
        guard let node = reader.node(key) else { return nil }
        if case .scalar(let column, let position) = node {
            if column == "true" || column == "false" {
                reader.problems.error(position, "\(key) names a column; leave it out if there is none")
            }
            return FlagRule(column: column)
        }
        guard
            var flag = MappingReader(
                node, name: key, example: "{ from: COLUMN, equals: \"...\" }", problems: reader.problems)
        else { return nil }
        let column = flag.requiredText("from", "the column to look at")
        var forms: [FlagRule.Form] = []
        flag.count("bit", in: 1...Int(Int32.max)).map { forms.append(.bit(Int64($0))) }
        flag.text("equals").map { forms.append(.equals($0)) }
        // Silently read as true-like it would turn the rule round.
        if node.value(of: "equals")?.isEmpty == true {
            reader.problems.error(
                flag.position(of: "equals"), "equals is empty, and an empty value is absent: nothing equals it")
        }
        if let before = flag.text("before") {
            if before != "now" { reader.problems.error(flag.position(of: "before"), "before should be now") }
            forms.append(.beforeNow)
        }
        flag.finish()
        if forms.count > 1 {
            reader.problems.error(node.position, "\(key): take one of bit, equals and before")
        }
        return column.map { FlagRule(column: $0, form: forms.first ?? .trueLike) }
    }
}
