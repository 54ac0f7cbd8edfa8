extension ConfigurationReader {
    /// What could be read of a directory, also where problems were noted: nil only if it isn't a section.
    func readDirectory(_ node: ConfigurationNode, _ problems: ProblemList) -> DirectoryConfiguration? {
        guard
            var reader = MappingReader(
                node, name: "directory", example: "name, type, and what the type asks for", problems: problems)
        else { return nil }
        let types = kinds.map { $0.typeName }
        let name = reader.requiredText("name", "a short name for messages and reports")
        let type = reader.requiredText("type", "one of \(types.joined(separator: ", "))")
        // Of one misspelt the rest is read as what was meant.
        let meant = type.flatMap { Self.allTypes.contains($0) ? $0 : nearest(to: $0, among: types) }
        let kind = kinds.first { $0.typeName == meant }
        var directory = DirectoryConfiguration(
            name: name ?? "", type: kind?.typeName ?? "", key: "", password: .column(""))
        if let node = reader.node("attributes") { directory.attributes = readRules(node, problems) }
        if let type, type != kind?.typeName {
            guard kind != nil || !Self.allTypes.contains(type) else {
                // Its other keys can't be judged.
                problems.error(
                    reader.position(of: "type"),
                    "type: this program has no \(type) directories; it has \(types.joined(separator: ", "))")
                return directory
            }
            problems.error(reader.position(of: "type"), "type: \(reader.unknown(type, among: types))")
        }
        if let kind {
            directory.options = readOptions(of: kind, &reader)
        } else {
            for option in kinds.flatMap({ $0.options }) { reader.accept(option.name) }
        }
        if let key = reader.requiredText("key", "the column with the user's stable id in this directory") {
            directory.key = key
        }
        if let password = readPassword(&reader, canBind: kind?.checksPasswords ?? false) {
            directory.password = password
        }
        directory.disabled = readFlag("disabled", &reader)
        directory.mustReset = readFlag("must_reset", &reader)
        directory.migrated = readFlag("migrated", &reader)
        directory.onMigrated = readOnMigrated(&reader, kind: kind)
        directory.changed = readColumn("changed", &reader)
        for (pattern, position) in reader.locatedTexts("names") ?? [] {
            directory.names.append(pattern)
            do throws(NamePattern.SyntaxError) {
                _ = try NamePattern(pattern, isCaseSensitive: false)
            } catch {
                problems.error(
                    position,
                    "names: \(quoted(pattern)): \(error.message)"
                        // Unless it says already what to write.
                        + (error.message.contains(";")
                            ? "" : "; put a backslash before a character that stands for itself"))
            }
        }
        directory.passwordChanged = readColumn("password_changed", &reader)
        reader.choice("on_unavailable").map { directory.onUnavailable = $0 }
        reader.choice("on_wrong_password").map { directory.onWrongPassword = $0 }
        directory.attempts = reader.node("attempts").flatMap { readAttempts($0, problems) }
        reader.duration("timeout", in: Self.timeouts).map { directory.timeout = $0 }
        reader.flag("retired").map { directory.isRetired = $0 }
        reader.finish { key in
            if key == "on_migrated" { return "directories of type \(directory.type) are only read; leave it out" }
            let others = kinds.filter { $0.options.contains { $0.name == key } }.map { $0.typeName }
            return others.isEmpty ? nil : "it belongs to directories of type \(others.joined(separator: " or "))"
        }
        return directory
    }

    static let timeouts = Duration.milliseconds(50)...(.seconds(60))

    /// The types that the file may name, whatever this program was built with.
    private static let allTypes = ["postgres", "ldap", "sqlite", "csv"]

    private func readOptions(
        of kind: any ConnectorKind.Type, _ reader: inout MappingReader
    ) -> ConnectorOptions {
        var options = ConnectorOptions()
        for option in kind.options {
            let value: ConnectorOptions.Value?
            switch option.form {
            case .text, .path: value = reader.text(option.name).map { .text($0) }
            case .secret: value = readSecret(option.name, &reader).map { .text($0) }
            case .texts: value = reader.texts(option.name).map { .texts($0) }
            case .flag: value = reader.flag(option.name).map { .flag($0) }
            case .count(let range): value = reader.count(option.name, in: range).map { .count($0) }
            case .choice(let names):
                value = reader.text(option.name).flatMap { text in
                    if names.contains(text) { return .text(text) }
                    reader.problems.error(
                        reader.position(of: option.name), "\(option.name): \(reader.unknown(text, among: names))")
                    return nil
                }
            }
            if let value {
                options.values[option.name] = value
            } else if option.isRequired, reader.node(option.name) == nil {
                reader.missing(option.name, option.help)
            }
        }
        for problem in kind.check(options) {
            let message = "\(problem.option): \(problem.message)"
            switch problem.severity {
            case .error: reader.problems.error(reader.position(of: problem.option), message)
            case .warning: reader.problems.warning(reader.position(of: problem.option), message)
            }
        }
        return options
    }

    /// A column's name.
    private func readColumn(_ key: String, _ reader: inout MappingReader) -> String? {
        guard let column = reader.text(key) else { return nil }
        if column == "true" || column == "false" {
            reader.problems.error(
                reader.position(of: key), "\(key) names a column; leave it out if there is none")
        }
        return column
    }

    static let attemptLimits = 0...1000
    static let attemptWindows = Duration.seconds(1)...(.seconds(24 * 3600))

    private func readAttempts(_ node: ConfigurationNode, _ problems: ProblemList) -> AttemptSettings? {
        var attempts = AttemptSettings()
        guard
            var reader = MappingReader(
                node, name: "attempts", example: "{ limit: 3, window: 15m }", problems: problems)
        else { return nil }
        reader.count("limit", in: Self.attemptLimits).map { attempts.limit = $0 }
        reader.duration("window", in: Self.attemptWindows).map { attempts.window = $0 }
        reader.finish()
        return attempts
    }

    private func readOnMigrated(_ reader: inout MappingReader, kind: (any ConnectorKind.Type)?) -> OnMigrated? {
        let key = "on_migrated"
        guard let kind else {
            reader.accept(key)
            return nil
        }
        guard let form = kind.onMigrated, let node = reader.node(key) else { return nil }
        switch form {
        case .statement(let parameter):
            guard let statement = reader.text(key) else { return nil }
            if !statement.contains(parameter) {
                reader.problems.error(
                    node.position,
                    "on_migrated: the statement has no \(parameter), so it changes the same whoever migrated; use "
                        + "\(parameter), which is the key")
            }
            return .statement(statement)
        case .modification:
            return readModification(node, reader.problems).map { .modification($0) }
        }
    }

    private func readModification(
        _ node: ConfigurationNode, _ problems: ProblemList
    ) -> OnMigrated.Modification? {
        let example = "{ dn: \"{dn}\", modify: { description: migrated } }"
        guard var reader = MappingReader(node, name: "on_migrated", example: example, problems: problems)
        else { return nil }
        func template(_ text: String, _ key: String, at position: SourcePosition) -> Template? {
            do throws(Template.SyntaxError) {
                return try Template(text)
            } catch {
                problems.error(position, "on_migrated: \(excerpt(key)): \(error.message)")
                return nil
            }
        }
        let dn = reader.text("dn") ?? "{dn}"
        var values: [String: Template] = [:]
        if let members = reader.textMap("modify", example: "{ description: migrated }") {
            if members.isEmpty {
                problems.error(reader.position(of: "modify"), "modify changes nothing; name an attribute and its value")
            }
            for (member, text) in members {
                values[member.key] = template(text, member.key, at: member.value.position)
            }
        } else if reader.node("modify") == nil {
            reader.missing("modify", "the attributes to set: { description: migrated }")
        }
        let name = template(dn, "dn", at: reader.position(of: "dn"))
        reader.finish()
        return name.map { OnMigrated.Modification(dn: $0, values: values) }
    }
}
