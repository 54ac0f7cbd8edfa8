internal import PasswordHashing

/// Located nodes to the model: types, ranges and names. All problems are gathered; what depends on several sections
/// together is `ConfigurationChecks`' work.
public struct ConfigurationReader {
    let kinds: [any ConnectorKind.Type]

    public init(kinds: [any ConnectorKind.Type]) {
        self.kinds = kinds
    }

    /// The configuration, if there was no error; the problems in the file's order.
    ///
    /// - Parameter poolSettings: reads the file that `user_pool.schema` names; throws a text that says what is wrong.
    public func read(
        _ root: ConfigurationNode,
        poolSettings: (String) throws(UserPoolSettings.UnreadableDescription) -> UserPoolSettings
    ) -> (configuration: ConnectorsConfiguration?, problems: [ConfigurationProblem]) {
        let problems = ProblemList()
        let configuration = read(root, problems, poolSettings: poolSettings)
        return (problems.hasErrors ? nil : configuration, problems.problems.inFileOrder)
    }

    private func read(
        _ root: ConfigurationNode, _ problems: ProblemList,
        poolSettings: (String) throws(UserPoolSettings.UnreadableDescription) -> UserPoolSettings
    ) -> ConnectorsConfiguration? {
        guard
            var reader = MappingReader(
                root, name: "", example: "version: 1 in the first line, and so on", problems: problems)
        else { return nil }
        if let version = reader.requiredText("version", "write version: 1"), version != "1" {
            problems.error(reader.position(of: "version"), "version should be 1, the only one there is")
        }
        var configuration = ConnectorsConfiguration(directories: [])
        if let node = reader.node("user_pool") {
            configuration.userPool = readUserPool(node, problems, poolSettings: poolSettings)
        }
        if let node = reader.node("sign_in") { configuration.signIn = readSignIn(node, problems) }
        if let node = reader.node("cache") { configuration.cache = readCache(node, problems) }
        var located = LocatedConfiguration(root: root)
        switch reader.node("directories") {
        case .sequence(let items, let position):
            if items.isEmpty { problems.error(position, "directories is empty: name at least one") }
            for item in items {
                guard let directory = readDirectory(item, problems) else { continue }
                configuration.directories.append(directory)
                located.directories.append(item)
            }
        case .some(let node):
            problems.error(node.position, "directories is \(node.kindName), and should be a list: - name: customers")
        case nil:
            reader.missing("directories", "name at least one place where your users are")
        }
        if let node = reader.node("username") {
            configuration.username = readRule(node, attribute: "username", problems)
        }
        if let node = reader.node("attributes") {
            configuration.attributes = readRules(node, problems)
        }
        if let node = reader.node("groups") { configuration.groups = readGroups(node, problems) }
        if let node = reader.node("mfa") { configuration.mfa = readMFA(node, problems) }
        configuration.migrationMark = reader.text("migration_mark")
        if let node = reader.node("import") { configuration.importing = readImport(node, problems) }
        if let node = reader.node("reconcile") { configuration.reconcile = readReconcile(node, problems) }
        if let node = reader.node("triggers"), MappingReader(node, name: "triggers", problems: problems) != nil {
            configuration.triggers = ConfigurationValue(node)
        }
        if let node = reader.node("log"), var log = MappingReader(node, name: "log", problems: problems) {
            if let key = readSecret("key", &log) {
                configuration.log.key = key
                warnOfInlineSecret("key", key, &log)
            }
            log.finish()
        }
        // A key of a section that stands beside it: the indentation is wrong more often than the name.
        reader.finish { sections(with: $0) }
        ConfigurationChecks(configuration, located: located, problems: problems).run()
        return configuration
    }

    /// Where a key belongs that isn't one of the file's own.
    private func sections(with key: String) -> String? {
        let sections = ConfigurationKeys.all(kinds: kinds).filter { section in section.keys.contains { $0.name == key }
        }
        let names = sections.map(\.name)
        return names.isEmpty ? nil : "it belongs under \(names.joined(separator: " or "))"
    }

    static let notYet = "this version has no work for it yet; leave it out"

    // MARK: Passwords

    /// - Parameter canBind: whether the directory checks passwords itself unless the file names a hash.
    func readPassword(_ reader: inout MappingReader, canBind: Bool) -> PasswordSource? {
        let help = "say where the hash is: password: { from: password_hash, scheme: auto }"
        guard let node = reader.node("password") else {
            if canBind { return .bind }
            reader.missing("password", help)
            return nil
        }
        // Not quoted: somebody may have written a password.
        if case .scalar(let text, let position) = node {
            if canBind, text == "bind" { return .bind }
            reader.problems.error(
                position,
                text == "bind"
                    ? "password: directories of this type can't check it by a bind; \(help)"
                    : "password is a value, and should be a section; \(help)")
            return nil
        }
        guard var password = MappingReader(node, name: "password", problems: reader.problems) else { return nil }
        return PasswordReader(section: node.position) { key, reader in readSecret(key, &reader) }.read(&password)
            .map { .stored($0) }
    }

    // MARK: The mapping

    func readRules(_ node: ConfigurationNode, _ problems: ProblemList) -> [AttributeRule] {
        guard let reader = MappingReader(node, name: "attributes", problems: problems) else { return [] }
        return reader.allMembers.filter { !$0.value.isEmpty }.map { member in
            if let problem = Self.problem(withAttribute: member.key) {
                problems.error(member.keyPosition, problem)
            }
            return readRule(member.value, attribute: member.key, problems)
        }
    }

    /// Attributes that nobody may set, or that there can't be.
    static func problem(withAttribute name: String) -> String? {
        if ["sub", "identities"].contains(name) || name.hasPrefix("cognito:") {
            return "\(excerpt(name)) is set by Cognito alone; leave it out"
        }
        if name == "username" {
            return "username has its own key, beside attributes"
        }
        if let prefix = ["custom:", "dev:custom:"].first(where: name.hasPrefix) {
            // AWS documentation, AddCustomAttributes, SchemaAttributeType.
            let length = name.dropFirst(prefix.count).count
            return (1...20).contains(length)
                ? nil
                : "\(excerpt(name)) is not an attribute of a user pool; \(prefix) is followed by 1 to 20 characters"
        }
        guard standardAttributes.contains(name) else {
            let hint = nearest(to: name, among: standardAttributes)
            return "\(excerpt(name)) is not an attribute of a user pool; "
                + (hint.map { "did you mean \"\($0)\"?" } ?? "write custom:\(excerpt(name)) for one of your own")
        }
        return nil
    }

    static let standardAttributes = [
        "address", "birthdate", "email", "email_verified", "family_name", "gender", "given_name", "locale",
        "middle_name", "name", "nickname", "phone_number", "phone_number_verified", "picture", "preferred_username",
        "profile", "updated_at", "website", "zoneinfo",
    ]

    /// The rule, also where problems were noted: it is there, and so isn't missing.
    func readRule(
        _ node: ConfigurationNode, attribute: String, _ problems: ProblemList
    ) -> AttributeRule {
        var rule = AttributeRule(attribute, from: .columns([]))
        guard
            var reader = MappingReader(
                node, name: excerpt(attribute), example: "{ from: COLUMN }", problems: problems)
        else { return rule }
        let columns = reader.texts("from")
        let template = reader.text("template")
        switch (columns, template) {
        case (let columns?, nil):
            if columns.isEmpty {
                problems.error(reader.position(of: "from"), "\(excerpt(attribute)): from names no column")
            }
            rule.source = .columns(columns)
        case (nil, let template?):
            do throws(Template.SyntaxError) {
                rule.source = .template(try Template(template))
            } catch {
                problems.error(reader.position(of: "template"), "\(excerpt(attribute)): template: \(error.message)")
            }
        case (_?, _?):
            problems.error(reader.position(of: "template"), "\(excerpt(attribute)): take from or template, not both")
        case (nil, nil):
            // One of another form was reported already.
            if reader.node("from") == nil, reader.node("template") == nil {
                reader.missing("from", "the column to take the value from, or template")
            }
        }
        rule.transforms = reader.node("transform").map { TransformReader(problems: problems).read($0) } ?? []
        reader.flag("required").map { rule.isRequired = $0 }
        reader.choice("on_invalid").map { rule.onInvalid = $0 }
        rule.join = reader.text("join")
        rule.when = reader.condition("when")
        reader.finish()
        return rule
    }
}
