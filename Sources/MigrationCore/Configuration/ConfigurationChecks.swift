/// What only several sections together show to be wrong.
struct ConfigurationChecks {
    private let configuration: ConnectorsConfiguration
    private let located: LocatedConfiguration
    private let problems: ProblemList

    init(_ configuration: ConnectorsConfiguration, located: LocatedConfiguration, problems: ProblemList) {
        self.configuration = configuration
        self.located = located
        self.problems = problems
    }

    func run() {
        DirectoryChecks(configuration: configuration, located: located, problems: problems).run()
        checkUsername()
        checkPasswordPolicy()
        checkSchema()
        checkVerifiedFlags()
        MappingChecks(configuration: configuration, located: located, problems: problems).run()
        LaterWork(configuration: configuration, located: located, problems: problems).warn()
    }

    /// Whether the pool is described by a file that can't be read: that was said, and nothing more can be.
    private var isDescriptionUnreadable: Bool {
        configuration.userPool.schema != nil && configuration.userPool.settings == nil
    }

    private func checkUsername() {
        let pool = configuration.pool
        if configuration.userPool.settings == nil {
            if isDescriptionUnreadable { return }
            let assumption =
                configuration.username == nil
                ? "users who sign in by email" : "users who sign in by user name, without aliases"
            problems.warning(
                located.position(of: "user_pool"),
                "the pool's settings are unknown; assumed: \(assumption), in any case of letters; save "
                    + "DescribeUserPool's output and name it in user_pool.schema")
        }
        let names = pool.usernameAttributes.map(\.rawValue)
        switch (names.isEmpty, configuration.username) {
        case (false, _?):
            problems.error(
                located.position(of: "username"),
                "username is not for this pool: its users are named by \(names.joined(separator: " or ")); leave it out"
            )
        case (true, nil):
            problems.error(
                located.position(of: "username"),
                "username is missing: this pool's users have user names; say which column has them: "
                    + "username: { from: COLUMN }")
        case (false, nil) where !names.contains(where: configuration.makes):
            let message = "attributes: nothing makes \(names.joined(separator: " or ")), which names the users of "
            if configuration.userPool.settings == nil {
                problems.warning(located.position(of: "attributes"), message + "such a pool; nobody could sign in")
            } else {
                problems.error(located.position(of: "attributes"), message + "this pool")
            }
        case (false, nil), (true, _?):
            break
        }
    }

    private func checkPasswordPolicy() {
        guard configuration.signIn.passwordPolicy == .pool, configuration.pool.passwordPolicy == nil,
            !isDescriptionUnreadable
        else { return }
        problems.error(
            located.position(of: "sign_in", "password_policy"),
            configuration.userPool.settings == nil
                ? "password_policy: pool needs the pool's settings: name DescribeUserPool's saved output in "
                    + "user_pool.schema"
                : "password_policy: pool needs the pool's password policy, and the schema's file has none; save it "
                    + "again")
    }

    /// Each list of rules with its section.
    var mappings: [(rules: [AttributeRule], section: ConfigurationNode)] {
        let lists =
            [(configuration.attributes, located.root)]
            + zip(configuration.directories, located.directories).map { ($0.attributes, $1) }
        return lists.compactMap { rules, parent in parent.value(of: "attributes").map { (rules, $0) } }
    }

    /// What the pool's schema can't take, and what it needs and nothing makes.
    private func checkSchema() {
        guard let settings = configuration.userPool.settings else { return }
        let known = (settings.attributes ?? []).map(\.name)
        for (rules, section) in mappings {
            for rule in rules
            where !known.contains(rule.attribute) && ConfigurationReader.problem(withAttribute: rule.attribute) == nil {
                let hint = nearest(to: rule.attribute, among: known).map { "; did you mean \"\($0)\"?" }
                problems.error(
                    section.member(rule.attribute)?.keyPosition ?? section.position,
                    "\(excerpt(rule.attribute)) is not in the pool's schema"
                        + (hint ?? "; add it to the pool and save its description again, or leave it out"))
            }
        }
        let names = settings.usernameAttributes.map(\.rawValue)
        for name in AttributeValidator(pool: settings).requiredAttributes where !configuration.makes(name) {
            // Where it alone names the users, that was said.
            if names == [name], configuration.username == nil { continue }
            let without = configuration.directories.filter { directory in
                !directory.attributes.contains { $0.attribute == name }
            }
            let who =
                without.count == configuration.directories.count
                ? "nothing makes it"
                : "for \(without.map { quoted($0.name) }.joined(separator: ", ")) nothing makes it"
            problems.error(
                located.position(of: "attributes"),
                "attributes: the pool requires \(name), and \(who); say which column has it: "
                    + "\(name): { from: COLUMN }")
        }
    }

    /// A constant `true` says of every contact that somebody proved it.
    private func checkVerifiedFlags() {
        for (rules, section) in mappings {
            for rule in rules where ["email_verified", "phone_number_verified"].contains(rule.attribute) {
                // A condition is a column that says so, unless it asks for one without a value.
                guard rule.valueWithoutColumns == "true", rule.when == nil || rule.when?.test == .present(false)
                else { continue }
                problems.warning(
                    section.member(rule.attribute)?.keyPosition ?? section.position,
                    "\(rule.attribute) is true where no column says so; whoever owns a wrong contact of the directory "
                        + "could then reset its user's password; take a column that says who was verified")
            }
        }
    }
}

extension AttributeRule {
    /// The value that an entry gets none of whose columns has one.
    var valueWithoutColumns: String? {
        var values: [String] = []
        if case .template(let template) = source, let constant = template.filled(with: { _ in nil }) {
            values = [constant]
        }
        for transform in transforms { values = transform.apply(to: values) }
        return values.first
    }
}
