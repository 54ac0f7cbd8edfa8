internal import PasswordHashing

/// `password:` of a directory: the column, the scheme, and the options of PasswordHashing's table.
struct PasswordReader {
    let section: SourcePosition
    /// Reads a text that may hold references to secrets.
    let readSecret: (String, inout MappingReader) -> String?

    func read(_ reader: inout MappingReader) -> StoredPassword? {
        let column = reader.requiredText("from", "the column that holds the hash")
        var password = StoredPassword(column: column ?? "", scheme: reader.text("scheme") ?? "auto")
        if !PasswordScheme.names.contains(password.scheme) {
            reader.problems.error(
                reader.position(of: "scheme"), "scheme: \(reader.unknown(password.scheme, among: PasswordScheme.names))"
            )
        }
        var names: Set<String> = []
        for option in PasswordOption.all where readOption(option, &reader, &password) { names.insert(option.name) }
        if let node = reader.node("limits") { readLimits(node, &password.options.limits, reader.problems) }
        reader.finish()
        if PasswordScheme.names.contains(password.scheme),
            let problem = PasswordScheme.problem(with: password.scheme, options: password.options, names: names)
        {
            let position = names.sorted().first { problem.hasPrefix($0) }.map { reader.position(of: $0) } ?? section
            reader.problems.error(position, "password: \(problem)")
        }
        return column == nil ? nil : password
    }

    /// - Returns: whether the option is set.
    private func readOption(
        _ option: PasswordOption, _ reader: inout MappingReader, _ password: inout StoredPassword
    ) -> Bool {
        guard let node = reader.node(option.name) else { return false }
        switch option.source {
        case .setting:
            guard let text = reader.text(option.name) else { return true }
            do throws(OptionProblem) {
                try option.set(text, in: &password.options)
            } catch {
                reader.problems.error(node.position, "\(option.name): \(error.message)")
            }
        case .column:
            guard
                var column = MappingReader(
                    node, name: option.name, example: "{ from: COLUMN }", problems: reader.problems)
            else { return true }
            password.columns[option.name] = column.requiredText("from", option.help)
            column.finish()
        case .secret:
            password.secrets[option.name] = readSecret(option.name, &reader)
        }
        return true
    }

    private func readLimits(_ node: ConfigurationNode, _ limits: inout PasswordLimits, _ problems: ProblemList) {
        guard
            var reader = MappingReader(node, name: "limits", example: "{ bcrypt_cost: 15 }", problems: problems)
        else { return }
        for key in PasswordLimits.keys {
            if let number = reader.count(key.name, in: key.range) { limits[keyPath: key.path] = number }
        }
        reader.finish()
    }
}
