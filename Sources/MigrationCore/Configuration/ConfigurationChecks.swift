/// Where the parts of the file stand, for checks that come after reading.
struct LocatedConfiguration {
    let root: MappingReader
    var directories: [ConfigurationNode] = []
    var username: ConfigurationNode?
    var attributes: ConfigurationNode?
}

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
        checkDirectoryNames()
        checkUsername()
        checkPasswordPolicy()
        checkSchema()
        checkVerifiedFlags()
    }

    private func checkDirectoryNames() {
        var seen: Set<String> = []
        for (directory, node) in zip(configuration.directories, located.directories)
        where !seen.insert(directory.name).inserted {
            problems.error(node.position, "two directories are named \"\(directory.name)\"; give each its own name")
        }
    }

    private func checkUsername() {
        let position = located.username?.position ?? located.root.position
        guard let settings = configuration.userPool.settings else {
            let assumption =
                configuration.username == nil
                ? "users who sign in by email" : "users who sign in by user name, without aliases"
            problems.warning(
                located.root.position(of: "user_pool"),
                "the pool's settings are unknown; assumed: \(assumption), in any case of letters; save DescribeUserPool's "
                    + "output and name it in user_pool.schema")
            return
        }
        switch (settings.usernameAttributes.isEmpty, configuration.username) {
        case (false, _?):
            let names = settings.usernameAttributes.map(\.rawValue).joined(separator: " or ")
            problems.error(position, "username is not for this pool: its users are named by \(names); leave it out")
        case (true, nil):
            problems.error(position, "username is missing: this pool's users have user names; say which column has them")
        case (false, nil):
            let names = settings.usernameAttributes.map(\.rawValue)
            if !configuration.attributes.contains(where: { names.contains($0.attribute) }) {
                problems.error(
                    located.attributes?.position ?? located.root.position,
                    "attributes: nothing makes \(names.joined(separator: " or ")), which names the users of this pool")
            }
        case (true, _?):
            break
        }
    }

    private func checkPasswordPolicy() {
        guard configuration.signIn.passwordPolicy == .pool, configuration.pool.passwordPolicy == nil else { return }
        problems.error(
            located.root.position(of: "sign_in"),
            "password_policy: pool needs the pool's settings: name DescribeUserPool's saved output in user_pool.schema")
    }

    /// What the pool's schema can't take, and what it needs and nothing makes.
    private func checkSchema() {
        guard let settings = configuration.userPool.settings else { return }
        let places = [(configuration.attributes, located.attributes)]
            + zip(configuration.directories, located.directories).map { directory, node in
                (directory.attributes, MappingReader(node, name: "", problems: problems)?.value(of: "attributes"))
            }
        for (rules, node) in places {
            for rule in rules where settings.attribute(named: rule.attribute) == nil {
                let known = (settings.attributes ?? []).map(\.name)
                let hint = nearest(to: rule.attribute, among: known).map { "; did you mean \"\($0)\"?" }
                problems.error(
                    node?.keyPosition(of: rule.attribute) ?? located.root.position,
                    "\(rule.attribute) is not in the pool's schema" + (hint ?? "; add it to the pool, or leave it out"))
            }
        }
        let made = Set(configuration.attributes.map(\.attribute))
        for name in AttributeValidator(pool: settings).requiredAttributes where !made.contains(name) {
            let isMadeByEach = configuration.directories.allSatisfy { $0.attributes.contains { $0.attribute == name } }
            if isMadeByEach { continue }
            problems.error(
                located.attributes?.position ?? located.root.position,
                "attributes: the pool requires \(name), and nothing makes it")
        }
    }

    /// A constant `true` says of every contact that somebody proved it.
    private func checkVerifiedFlags() {
        for rule in configuration.attributes + configuration.directories.flatMap(\.attributes)
        where rule.attribute == "email_verified" || rule.attribute == "phone_number_verified" {
            let isConstant = rule.columns.isEmpty || rule.transforms.contains(.default("true"))
            guard isConstant else { continue }
            problems.warning(
                located.attributes?.keyPosition(of: rule.attribute) ?? located.root.position,
                "\(rule.attribute) is true for everybody; who has a wrong contact in the directory can then be reset by "
                    + "whoever owns it; take a column that says who was verified")
        }
    }
}

extension MappingReader {
    func value(of key: String) -> ConfigurationNode? {
        allMembers.first { $0.key == key }?.value
    }
}

extension ConfigurationNode {
    fileprivate func keyPosition(of key: String) -> SourcePosition? {
        guard case .mapping(let members, _) = self else { return nil }
        return members.first { $0.key == key }?.keyPosition
    }
}
