/// Keys that are read and carried, and that nothing works by yet: each is said with what happens instead, for nobody
/// should rely on what isn't there. Whoever makes one work takes its line out.
struct LaterWork {
    let configuration: ConnectorsConfiguration
    let located: LocatedConfiguration
    let problems: ProblemList

    func warn() {
        for (key, meanwhile) in Self.sections { note(located.root, key, meanwhile) }
        for (directory, node) in zip(configuration.directories, located.directories) {
            for (key, meanwhile) in Self.directoryKeys { note(node, key, meanwhile) }
            guard directory.isRetired, let member = node.member("retired") else { continue }
            problems.warning(
                member.keyPosition,
                "retired: \(Self.notAtWork)the snapshot, which would answer for it, is not there; until then whoever gets "
                    + "here is told of an outage"
                    + (directory.onUnavailable == .stop ? "; on_unavailable: next would ask the next directory" : ""))
        }
    }

    private static let notAtWork = "not at work yet: "

    private static let sections = [
        ("cache", "every sign-in asks the directories, and no snapshot answers for one that is down"),
        ("groups", "users come into the pool without their groups, and none is rejected for a group that is missing"),
        ("mfa", "nobody's second factor is taken over or asked for, and on_enrolled: deny refuses nobody"),
        ("migration_mark", "nobody is marked"),
        ("import", "there is no import"),
        ("reconcile", "nothing is compared or changed"),
        ("triggers", "events of every trigger but the migration's go back as they came"),
    ]

    private static let directoryKeys = [
        (
            "on_migrated",
            "nobody is marked as migrated, so an entry stays good for coming into the pool, also after its user was "
                + "deleted there"
        ),
        ("changed", "nothing reads it"),
        ("password_changed", "nothing reads it"),
        ("attempts", "wrong passwords aren't counted, and every one reaches the directory"),
    ]

    private func note(_ section: ConfigurationNode, _ key: String, _ meanwhile: String) {
        guard let member = section.member(key), !member.value.isEmpty else { return }
        // An empty section says nothing that could be relied on.
        if case .mapping(let members, _) = member.value, members.isEmpty { return }
        problems.warning(member.keyPosition, "\(key): \(Self.notAtWork)\(meanwhile)")
    }
}
