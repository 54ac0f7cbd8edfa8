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
        .trim, .lowercase, .uppercase, .collapseWhitespace, .nfc, .epoch, .boolean, .present, .rdn,
    ]

    private static let transformsWithArguments = [
        "prefix", "suffix", "replace", "extract", "split", "join", "lookup", "e164", "date", "truncate", "default",
    ]

    private static let examples = [
        "replace": "{ pattern: \"[^0-9]\", with: \"\" }", "split": "{ separator: \"@\", index: 0 }",
        "lookup": "{ m: male, f: female }",
        "e164": "{ country_code: \"49\", trunk_prefix: \"0\" }",
        "date": "{ from: DD.MM.YY, pivot: 30 }",
    ]

    private func unknownTransform(_ name: String) -> String {
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
        case "replace":
            guard var reader = section() else { return nil }
            let expression = self.expression(&reader)
            // An empty text is a text here: what is found goes away.
            let text = reader.allMembers.first { $0.key == "with" }
            if text == nil { reader.missing("with", "what is put where the pattern is found; \"\" for nothing") }
            let replacement = reader.text("with") ?? ""
            reader.finish()
            guard let expression else { return nil }
            do throws(Replacement.SyntaxError) {
                return .replace(expression, try Replacement(replacement, groupCount: expression.groupCount))
            } catch {
                problems.error(reader.position(of: "with"), "with: \(error.message)")
                return nil
            }
        case "extract":
            if case .scalar(let pattern, let position) = member.value {
                return expression(pattern, at: position).map { .extract($0, group: min($0.groupCount, 1)) }
            }
            guard var reader = section() else { return nil }
            let expression = self.expression(&reader)
            let said = reader.count("group", in: 0...RegularExpression.maxGroups)
            reader.finish()
            guard let expression else { return nil }
            let group = said ?? min(expression.groupCount, 1)
            guard group <= expression.groupCount else {
                problems.error(
                    reader.position(of: "group"), "group \(group) is one that the pattern doesn't have")
                return nil
            }
            return .extract(expression, group: group)
        case "date":
            guard case .mapping = member.value else {
                return date(formats(of: member.value), pivot: nil, at: member.value.position)
            }
            guard var reader = section() else { return nil }
            let formats = reader.locatedTexts("from")
            if formats == nil { reader.missing("from", "the form of the dates, such as DD.MM.YYYY, or a list of them") }
            let pivot = reader.count("pivot", in: 0...99)
            reader.finish()
            return formats.flatMap { date($0, pivot: pivot, at: reader.position(of: "from")) }
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
            return .lookup(LookupTable(table))
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

    // MARK: Arguments

    private func expression(_ reader: inout MappingReader) -> RegularExpression? {
        let pattern = reader.requiredText("pattern", "a POSIX extended regular expression, such as \"[^0-9]\"")
        let isCaseSensitive = reader.flag("case_sensitive") ?? true
        return pattern.flatMap { expression($0, at: reader.position(of: "pattern"), isCaseSensitive: isCaseSensitive) }
    }

    private func expression(
        _ pattern: String, at position: SourcePosition, isCaseSensitive: Bool = true
    ) -> RegularExpression? {
        do throws(RegularExpression.SyntaxError) {
            return try RegularExpression(pattern, isCaseSensitive: isCaseSensitive)
        } catch {
            problems.error(
                position,
                "\(quoted(pattern)): \(error.message); put a backslash before a character that stands for itself")
            return nil
        }
    }

    /// The forms of dates as they are written: one, or a list.
    private func formats(of node: ConfigurationNode) -> [(text: String, position: SourcePosition)] {
        switch node {
        case .scalar(let text, let position): return [(text, position)]
        case .sequence(let items, _): return items.filter { !$0.isEmpty }.flatMap { formats(of: $0) }
        case .mapping, .refused:
            if case .mapping = node { problems.error(node.position, "a form of dates is one text, such as DD.MM.YYYY") }
            return []
        }
    }

    private func date(
        _ texts: [(text: String, position: SourcePosition)], pivot: Int?, at position: SourcePosition
    ) -> Transform? {
        var formats: [DateFormat] = []
        for (text, position) in texts {
            do throws(DateFormat.SyntaxError) {
                let format = try DateFormat(text)
                if format.hasShortYear, pivot == nil {
                    problems.error(
                        position,
                        "YY needs to know its century: { from: \(excerpt(text)), pivot: 30 } takes 30 for 2030 and 31 for "
                            + "1931")
                }
                formats.append(format)
            } catch {
                problems.error(position, "date: \(quoted(text)): \(error.message)")
            }
        }
        if texts.isEmpty { problems.error(position, "date names no form; write one such as DD.MM.YYYY") }
        return formats.isEmpty ? nil : .date(DateReader(formats, pivot: pivot ?? 0))
    }
}
