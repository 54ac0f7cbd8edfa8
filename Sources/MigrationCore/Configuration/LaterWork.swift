/// Keys that are read and carried, and that nothing works by yet: each is said with what happens instead, for nobody
/// should rely on what isn't there. Whoever makes one work takes its line out.
struct LaterWork {
    let configuration: ConnectorsConfiguration
    let located: LocatedConfiguration
    let problems: ProblemList

    func warn() {
        for (key, meanwhile) in Self.sections { note(located.root, key, meanwhile) }
        for (directory, node) in zip(configuration.directories, located.directories) {
            if directory.onMigrated != nil { note(node, "on_migrated", Self.onMigrated) }
            for (key, meanwhile) in Self.directoryKeys { note(node, key, meanwhile) }
        }
    }

    private static let notAtWork = "not at work yet: "

    private static let sections = [
        ("groups", "users come into the pool without their groups, and none is rejected for a group that is missing"),
        ("mfa", "nobody's second factor is taken over or asked for, and on_enrolled: deny refuses nobody"),
        ("migration_mark", "nobody is marked"),
        ("import", "there is no import"),
        ("reconcile", "nothing is compared or changed"),
        ("triggers", "events of every trigger but the migration's go back as they came"),
    ]

    private static let onMigrated =
        "nobody is marked as migrated, so an entry stays good for coming into the pool, also after its user was deleted "
        + "there"

    private static let directoryKeys = [
        ("changed", "nothing reads it"),
        ("password_changed", "nothing reads it"),
    ]

    private func note(_ section: ConfigurationNode, _ key: String, _ meanwhile: String) {
        guard let member = section.member(key), !member.value.isEmpty else { return }
        // An empty section says nothing that could be relied on.
        if case .mapping(let members, _) = member.value, members.isEmpty { return }
        problems.warning(member.keyPosition, "\(key): \(Self.notAtWork)\(meanwhile)")
    }
}
