/// `transform:`: one step, or a list of them, as nodes to the model.
struct TransformReader {
    let problems: ProblemList

    func read(_ node: ConfigurationNode) -> [Transform] {
        switch node {
        case .sequence(let items, _): items.filter { !$0.isEmpty }.compactMap { readTransform($0) }
        case .scalar, .mapping, .refused: [readTransform(node)].compactMap { $0 }
        }
    }

    private func readTransform(_ node: ConfigurationNode) -> Transform? {
        switch node {
        case .scalar(let name, let position):
            if let transform = Self.plainTransforms.first(where: { $0.name == name }) { return transform }
            if Self.transformsWithArguments.contains(name) {
                problems.error(position, "transform \(name) needs its argument: { \(name): ... }")
            } else {
                problems.error(position, unknownTransform(name))
            }
            return nil
        case .mapping(let members, let position) where members.count == 1:
            return readTransform(members[0], at: position)
        case .refused:
            return nil
        case .mapping, .sequence:
            problems.error(node.position, "a transform is a name, or one name with its argument: { prefix: \"x\" }")
            return nil
        }
    }

    private static let plainTransforms: [Transform] = [
        .trim, .lowercase, .uppercase, .collapseWhitespace, .boolean, .present, .rdn,
    ]

    private static let transformsWithArguments = [
        "prefix", "suffix", "split", "join", "lookup", "e164", "truncate", "default",
    ]

    private static let examples = [
        "split": "{ separator: \"@\", index: 0 }", "lookup": "{ m: male, f: female }",
        "e164": "{ country_code: \"49\", trunk_prefix: \"0\" }",
    ]

    private static let laterTransforms = ["nfc", "replace", "extract", "date", "epoch"]

    private func unknownTransform(_ name: String) -> String {
        if Self.laterTransforms.contains(name) { return "transform \(name): \(ConfigurationReader.notYet)" }
        let known = Self.plainTransforms.map(\.name) + Self.transformsWithArguments
        let hint = nearest(to: name, among: known).map { "did you mean \"\($0)\"?" }
        return "unknown transform \(quoted(name)); \(hint ?? "there are \(known.joined(separator: ", "))")"
    }

    private func readTransform(
        _ member: ConfigurationNode.Member, at position: SourcePosition
    ) -> Transform? {
        func text() -> String? {
            switch member.value {
            case .scalar(let text, _): return text
            case .refused: return nil
            case .sequence, .mapping:
                problems.error(member.value.position, "\(member.key) takes one text")
                return nil
            }
        }
        func section() -> MappingReader? {
            MappingReader(member.value, name: member.key, example: Self.examples[member.key], problems: problems)
        }
        switch member.key {
        case "prefix": return text().map { .prefix($0) }
        case "suffix": return text().map { .suffix($0) }
        case "join": return text().map { .join($0) }
        case "default": return text().map { .default($0) }
        case "truncate":
            guard let text = text() else { return nil }
            guard let count = Int(text), (1...AttributeValidator.maxValueBytes).contains(count) else {
                problems.error(
                    member.value.position,
                    "truncate takes a number of bytes, from 1 to \(AttributeValidator.maxValueBytes)")
                return nil
            }
            return .truncate(count)
        case "split":
            guard var reader = section() else { return nil }
            let separator = reader.requiredText("separator", "the text between the parts")
            let index = reader.count("index", in: -1000...1000) ?? 0
            reader.finish()
            return separator.map { .split(separator: $0, index: index) }
        case "lookup":
            guard let reader = section() else { return nil }
            if reader.allMembers.isEmpty {
                problems.error(
                    reader.position, "lookup has no values, so it makes every one absent; write them, or leave it out")
            }
            var table: [String: String] = [:]
            for member in reader.allMembers {
                switch member.value {
                case .scalar(let text, _): table[member.key] = text
                case .refused: break
                case .sequence, .mapping:
                    problems.error(member.value.position, "lookup: \(excerpt(member.key)) should be one text")
                }
            }
            return .lookup(table)
        case "e164":
            guard var reader = section() else { return nil }
            let code = reader.requiredText("country_code", "the digits of your country, such as \"49\"")
            let trunk = reader.text("trunk_prefix")
            reader.finish()
            guard let code else { return nil }
            guard (1...3).contains(code.count), code.allSatisfy({ $0.isASCII && $0.isNumber }), !code.hasPrefix("0")
            else {
                problems.error(
                    reader.position(of: "country_code"), "country_code should be 1 to 3 digits, such as \"49\"")
                return nil
            }
            return .e164(countryCode: code, trunkPrefix: trunk)
        default:
            problems.error(
                member.keyPosition,
                Self.plainTransforms.contains { $0.name == member.key }
                    ? "transform \(member.key) takes no argument" : unknownTransform(member.key))
            return nil
        }
    }
}
