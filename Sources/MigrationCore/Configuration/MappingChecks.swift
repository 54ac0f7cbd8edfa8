/// What is wrong with attributes wherever the file names them: constants, verified flags without a contact, the mark of
/// migration, and what `reconcile:` compares.
struct MappingChecks {
    let configuration: ConnectorsConfiguration
    let located: LocatedConfiguration
    let problems: ProblemList

    func run() {
        checkConstants()
        checkContacts()
        checkMigrationMark()
        checkReconcile()
    }

    /// Each list of rules with its section.
    private var mappings: [(rules: [AttributeRule], section: ConfigurationNode)] {
        ConfigurationChecks(configuration, located: located, problems: problems).mappings
    }

    private var made: [String] { configuration.madeAttributes }

    /// A value that is the same for everybody, and that the pool takes from nobody.
    private func checkConstants() {
        let validator = AttributeValidator(pool: configuration.pool)
        for (rules, section) in mappings {
            for rule in rules {
                guard case .template(let template) = rule.source, template.columns.isEmpty,
                    let value = rule.valueWithoutColumns,
                    let broken = validator.problem(with: value, of: rule.attribute)
                else { continue }
                problems.error(
                    section.member(rule.attribute)?.value.position ?? section.position,
                    "\(excerpt(rule.attribute)) is \(quoted(value)) for everybody, which the pool doesn't take "
                        + "(\(broken.rawValue)); write another value, or name a {column}")
            }
        }
    }

    /// `*_verified` speaks of a contact; without one it is left out.
    private func checkContacts() {
        for (rules, section) in mappings {
            for rule in rules {
                guard let contact = Self.contacts[rule.attribute], !made.contains(contact) else { continue }
                problems.warning(
                    section.member(rule.attribute)?.keyPosition ?? section.position,
                    "\(rule.attribute) has no \(contact) to speak of, so it is left out; map \(contact), too")
            }
        }
    }

    private static let contacts = ["email_verified": "email", "phone_number_verified": "phone_number"]

    private func checkMigrationMark() {
        guard let mark = configuration.migrationMark else { return }
        let position = located.position(of: "migration_mark")
        if let problem = ConfigurationReader.problem(withAttribute: mark) {
            problems.error(position, "migration_mark: \(problem)")
        } else if !mark.contains(":") {
            problems.error(
                position, "migration_mark: \(mark) is the user's own; take a custom attribute, such as custom:migration"
            )
        } else if made.contains(mark) {
            problems.error(
                position, "migration_mark: \(excerpt(mark)) is under attributes, too; let only one of them write it")
        } else if let settings = configuration.userPool.settings {
            guard let attribute = settings.attribute(named: mark) else {
                return problems.error(
                    position, "migration_mark: \(excerpt(mark)) is not in the pool's schema\(hint(mark, settings))")
            }
            if attribute.type != .string || !attribute.isMutable {
                problems.error(
                    position, "migration_mark: \(excerpt(mark)) should be a String of the pool that can be changed")
            }
        }
    }

    private func hint(_ name: String, _ settings: UserPoolSettings) -> String {
        let known = (settings.attributes ?? []).map(\.name)
        return nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" }
            ?? "; add it to the pool and save its description again, or leave it out"
    }

    /// Only what the mapping makes can be compared.
    private func checkReconcile() {
        guard let section = located.root.value(of: "reconcile") else { return }
        for name in configuration.reconcile.match where name != "username" {
            check(name, of: "match", at: item(name, of: section.value(of: "match")) ?? section.position)
        }
        for name in configuration.reconcile.authority.keys {
            let authority = section.value(of: "authority")
            check(name, of: "authority", at: authority?.member(name)?.keyPosition ?? section.position)
        }
    }

    private func check(_ name: String, of key: String, at position: SourcePosition) {
        guard !made.contains(name) else { return }
        let hint = nearest(to: name, among: made + (key == "match" ? ["username"] : []))
        problems.error(
            position,
            "\(key): nothing makes \(excerpt(name))"
                + (hint.map { "; did you mean \"\($0)\"?" } ?? "; name an attribute of the mapping"))
    }

    private func item(_ text: String, of node: ConfigurationNode?) -> SourcePosition? {
        guard case .sequence(let items, _) = node else { return node?.position }
        return items.first { if case .scalar(text, _) = $0 { true } else { false } }?.position
    }
}
