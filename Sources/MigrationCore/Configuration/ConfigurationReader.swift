internal import PasswordHashing

/// Located nodes to the model: types, ranges and names. All problems are gathered; what depends on several sections
/// together is `ConfigurationChecks`' work.
public struct ConfigurationReader {
    private let kinds: [any ConnectorKind.Type]

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
        let sorted = problems.problems.sorted { $0.position < $1.position }
        return (problems.hasErrors ? nil : configuration, sorted)
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
        if let node = reader.node("log"), var log = MappingReader(node, name: "log", problems: problems) {
            configuration.log.key = readSecret("key", &log)
            log.finish()
        }
        reader.finish { key in
            [
                "cache", "groups", "mfa", "migration_mark", "import", "reconcile", "triggers",
            ].contains(key) ? Self.notYet : nil
        }
        ConfigurationChecks(configuration, located: located, problems: problems).run()
        return configuration
    }

    static let notYet = "this version has no work for it yet; leave it out"

    // MARK: Sections

    private func readUserPool(
        _ node: ConfigurationNode, _ problems: ProblemList,
        poolSettings: (String) throws(UserPoolSettings.UnreadableDescription) -> UserPoolSettings
    ) -> UserPoolReference {
        var pool = UserPoolReference()
        guard var reader = MappingReader(node, name: "user_pool", problems: problems) else { return pool }
        pool.id = reader.text("id")
        pool.region = reader.text("region")
        pool.endpoint = reader.text("endpoint")
        pool.schema = reader.text("schema")
        if let schema = pool.schema {
            let position = reader.position(of: "schema")
            do throws(UserPoolSettings.UnreadableDescription) {
                let settings = try poolSettings(schema)
                pool.settings = settings
                if let id = pool.id, let described = settings.id, id != described {
                    problems.error(
                        position,
                        "schema: \(excerpt(schema)) describes the pool \(excerpt(described)), and id says "
                            + "\(excerpt(id)); save the description of the right pool, or correct id")
                }
            } catch {
                problems.error(position, "schema: \(excerpt(schema)): \(error.message)")
            }
        }
        reader.finish()
        return pool
    }

    private func readSignIn(_ node: ConfigurationNode, _ problems: ProblemList) -> SignInSettings {
        var settings = SignInSettings()
        guard var reader = MappingReader(node, name: "sign_in", problems: problems) else { return settings }
        let budgets = Duration.milliseconds(100)...SignInSettings.maxBudget
        reader.duration("budget", in: budgets).map { settings.budget = $0 }
        reader.duration("cold_start_reserve", in: .zero...SignInSettings.maxBudget).map {
            settings.coldStartReserve = $0
        }
        reader.duration("deny_floor", in: .zero...SignInSettings.maxBudget).map { settings.denyFloor = $0 }
        if settings.denyFloor >= settings.budget {
            problems.error(
                reader.position(of: "deny_floor"),
                "deny_floor (\(MappingReader.text(of: settings.denyFloor))) should be shorter than budget "
                    + "(\(MappingReader.text(of: settings.budget)))")
        }
        if settings.coldStartReserve >= settings.budget {
            problems.warning(
                reader.position(of: "cold_start_reserve"),
                "cold_start_reserve (\(MappingReader.text(of: settings.coldStartReserve))) leaves nothing of budget "
                    + "(\(MappingReader.text(of: settings.budget))): the first sign-in of each process on Lambda fails")
        } else if settings.coldStartReserve + settings.denyFloor >= settings.budget {
            problems.warning(
                reader.position(of: "cold_start_reserve"),
                "cold_start_reserve (\(MappingReader.text(of: settings.coldStartReserve))) and deny_floor "
                    + "(\(MappingReader.text(of: settings.denyFloor))) leave nothing of budget "
                    + "(\(MappingReader.text(of: settings.budget))): a refusal that is the first answer of a process on "
                    + "Lambda is shown as an outage")
        }
        reader.choice("final_user_status").map { settings.finalUserStatus = $0 }
        reader.choice("forgot_password").map { settings.forgotPassword = $0 }
        reader.choice("message_action").map { settings.messageAction = $0 }
        if let texts = reader.locatedTexts("desired_delivery_mediums"), !texts.isEmpty {
            settings.desiredDeliveryMediums = texts.compactMap { item in
                reader.choice(item.text, at: item.position, "desired_delivery_mediums")
            }
        }
        reader.flag("force_alias_creation").map { settings.forceAliasCreation = $0 }
        reader.choice("on_must_reset").map { settings.onMustReset = $0 }
        reader.choice("password_policy").map { settings.passwordPolicy = $0 }
        if let node = reader.node("messages"),
            var messages = MappingReader(node, name: "sign_in.messages", problems: problems)
        {
            messages.text("unavailable").map { settings.messages.unavailable = $0 }
            messages.text("unmappable").map { settings.messages.unmappable = $0 }
            messages.finish()
        }
        reader.finish()
        return settings
    }

    /// What could be read of a directory, also where problems were noted: nil only if it isn't a section.
    private func readDirectory(_ node: ConfigurationNode, _ problems: ProblemList) -> DirectoryConfiguration? {
        guard
            var reader = MappingReader(
                node, name: "directory", example: "name, type, and what the type asks for", problems: problems)
        else { return nil }
        let types = kinds.map { $0.typeName }
        let name = reader.requiredText("name", "a short name for messages and reports")
        let type = reader.requiredText("type", "one of \(types.joined(separator: ", "))")
        let kind = kinds.first { $0.typeName == type }
        var directory = DirectoryConfiguration(name: name ?? "", type: type ?? "", key: "", password: .column(""))
        if let node = reader.node("attributes") { directory.attributes = readRules(node, problems) }
        if let type, kind == nil {
            guard !Self.allTypes.contains(type) else {
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
        for (pattern, position) in reader.locatedTexts("names") ?? [] {
            directory.names.append(pattern)
            do throws(NamePattern.SyntaxError) {
                _ = try NamePattern(pattern, isCaseSensitive: false)
            } catch {
                problems.error(
                    position,
                    "names: \(quoted(pattern)): \(error.message); put a backslash before a character that stands for "
                        + "itself")
            }
        }
        reader.choice("on_unavailable").map { directory.onUnavailable = $0 }
        reader.choice("on_wrong_password").map { directory.onWrongPassword = $0 }
        reader.duration("timeout", in: .milliseconds(50)...(.seconds(60))).map { directory.timeout = $0 }
        reader.finish { key in
            if ["on_migrated", "changed", "password_changed", "attempts", "retired"].contains(key) {
                return Self.notYet
            }
            guard let other = kinds.first(where: { $0.options.contains { $0.name == key } }) else { return nil }
            return "it belongs to directories of type \(other.typeName)"
        }
        return directory
    }

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
            reader.problems.error(reader.position(of: problem.option), "\(problem.option): \(problem.message)")
        }
        return options
    }

    /// Text that may hold `${env:NAME}` and the like, as it is written: references are checked here, resolved later.
    private func readSecret(_ key: String, _ reader: inout MappingReader) -> String? {
        guard let text = reader.text(key) else { return nil }
        do throws(SecretTemplate.SyntaxError) {
            _ = try SecretTemplate(text)
        } catch {
            reader.problems.error(reader.position(of: key), "\(key): \(error.message)")
        }
        return text
    }

    /// - Parameter canBind: whether the directory checks passwords itself unless the file names a hash.
    private func readPassword(_ reader: inout MappingReader, canBind: Bool) -> PasswordSource? {
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

    /// A column's name, or `{ from, bit }`, `{ from, equals }`, `{ from, before: now }`.
    private func readFlag(_ key: String, _ reader: inout MappingReader) -> FlagRule? {
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

    // MARK: The mapping

    private func readRules(_ node: ConfigurationNode, _ problems: ProblemList) -> [AttributeRule] {
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
        let isCustom = name.hasPrefix("custom:") || name.hasPrefix("dev:custom:")
        guard isCustom || standardAttributes.contains(name) else {
            let hint = nearest(to: name, among: standardAttributes)
            return "\(excerpt(name)) is not an attribute of a user pool; "
                + (hint.map { "did you mean \"\($0)\"?" } ?? "write custom:\(excerpt(name)) for one of your own")
        }
        return nil
    }

    private static let standardAttributes = [
        "address", "birthdate", "email", "email_verified", "family_name", "gender", "given_name", "locale",
        "middle_name", "name", "nickname", "phone_number", "phone_number_verified", "picture", "preferred_username",
        "profile", "updated_at", "website", "zoneinfo",
    ]

    /// The rule, also where problems were noted: it is there, and so isn't missing.
    private func readRule(
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
        reader.finish { $0 == "when" ? Self.notYet : nil }
        return rule
    }
}
