extension ConfigurationReader {
    /// `groups:`
    func readGroups(_ node: ConfigurationNode, _ problems: ProblemList) -> GroupSettings? {
        guard var reader = MappingReader(node, name: "groups", example: "{ from: COLUMN }", problems: problems)
        else { return nil }
        var groups = GroupSettings(columns: [])
        if let columns = reader.texts("from") {
            if columns.isEmpty { problems.error(reader.position(of: "from"), "groups: from names no column") }
            groups.columns = columns
        } else if reader.node("from") == nil {
            reader.missing("from", "the column that holds the groups' names")
        }
        groups.transforms = reader.node("transform").map { TransformReader(problems: problems).read($0) } ?? []
        reader.choice("missing").map { groups.missing = $0 }
        reader.finish()
        return groups
    }

    /// `mfa:`
    func readMFA(_ node: ConfigurationNode, _ problems: ProblemList) -> MFASettings? {
        guard var reader = MappingReader(node, name: "mfa", problems: problems) else { return nil }
        var mfa = MFASettings()
        mfa.sms = readFlag("sms", &reader)
        mfa.enrolled = readFlag("enrolled", &reader)
        if let choice: MFASettings.OnEnrolled = reader.choice("on_enrolled") {
            mfa.onEnrolled = choice
            if reader.node("enrolled") == nil {
                reader.missing("enrolled", "on_enrolled is about those whom it marks; say which column has them")
            }
        }
        reader.finish()
        return mfa
    }
}
