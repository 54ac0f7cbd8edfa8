/// The columns that the configuration reads of a directory, against those there are.
struct ColumnCheck {
    /// A column, and the keys of connectors.yaml that name it.
    struct Use {
        let columns: [String]
        let purpose: String
        /// Whether one of the columns is enough.
        let isAnyEnough: Bool
        /// Whether the trigger refuses to work without it; otherwise the rule may be about another directory.
        let isNeeded: Bool
    }

    let uses: [Use]
    private let names: [String]

    init(_ directory: DirectoryConfiguration, rules: [AttributeRule], isOnlyDirectory: Bool) {
        var uses = [Use(columns: [directory.key], purpose: "key", isAnyEnough: false, isNeeded: true)]
        if let column = directory.password.stored?.column {
            uses.append(Use(columns: [column], purpose: "password", isAnyEnough: false, isNeeded: true))
        }
        for (flag, purpose) in [
            (directory.disabled, "disabled"), (directory.mustReset, "must_reset"), (directory.migrated, "migrated"),
        ] {
            guard let flag else { continue }
            uses.append(Use(columns: [flag.column], purpose: purpose, isAnyEnough: false, isNeeded: true))
        }
        let own = Set(directory.attributes.map(\.attribute))
        for rule in rules where !rule.columns.isEmpty {
            let isList = if case .columns = rule.source { true } else { false }
            uses.append(
                Use(
                    columns: rule.columns, purpose: "the attribute \(rule.attribute)", isAnyEnough: isList,
                    isNeeded: isOnlyDirectory || own.contains(rule.attribute)))
        }
        self.uses = uses
        names = uses.flatMap(\.columns)
    }

    /// - Parameters:
    ///   - columns: all there are.
    ///   - place: `the look-up's result`.
    func findings(_ columns: [String], of place: String) -> [Finding] {
        var findings: [Finding] = []
        for use in uses {
            let missing = use.columns.filter { !columns.contains($0) }
            guard use.isAnyEnough ? missing.count == use.columns.count : !missing.isEmpty else { continue }
            let quoted = missing.map { "\"\($0)\"" }.joined(separator: " or ")
            findings.append(
                Finding(
                    .columnMissing, use.isNeeded ? .problem : .warning,
                    "\(place) has no column \(quoted), which \(use.purpose) reads",
                    advice: advice(missing, columns, isNeeded: use.isNeeded)))
        }
        var seen: Set<String> = []
        for name in names where columns.count(where: { $0 == name }) > 1 && seen.insert(name).inserted {
            findings.append(
                Finding(
                    .columnTwice, .problem, "\(place) has the column \"\(name)\" twice",
                    advice: "name them apart with AS; which one is meant can't be known"))
        }
        guard findings.isEmpty else { return findings }
        return [Finding(.columns, .ok, "\(place) has every column that connectors.yaml reads")]
    }

    private func advice(_ missing: [String], _ columns: [String], isNeeded: Bool) -> String {
        let hints = missing.compactMap { name in
            nearest(to: name, among: columns).map { "did you mean \"\($0)\" for \"\(name)\"?" }
        }
        let all = "it has " + columns.prefix(40).joined(separator: ", ")
        let other = isNeeded ? "" : "; right if the rule is about another directory"
        return (hints + [all]).joined(separator: " ") + other
    }
}
