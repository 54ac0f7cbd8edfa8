/// What is wrong with directories beside each other: names, and those that never come into play.
///
/// The first directory that knows a user decides, and one that doesn't know a user passes on. So a directory is always
/// asked for somebody, unless one before it takes all of its names and never says that it doesn't know them:
///
/// - a retired one without a snapshot answers nothing, which is an outage, and that ends the chain with
///   `on_unavailable: stop`;
/// - a directory that asks the same place the same question as one before it knows nobody whom that doesn't know. It is
///   asked, but can never decide, as long as the one before it lets neither an outage nor a wrong password pass.
struct DirectoryChecks {
    let configuration: ConnectorsConfiguration
    let located: LocatedConfiguration
    let problems: ProblemList

    func run() {
        checkNames()
        checkRetired()
        checkReach()
    }

    private func checkNames() {
        var seen: Set<String> = []
        for (directory, node) in zip(configuration.directories, located.directories)
        where !directory.name.isEmpty && !seen.insert(directory.name).inserted {
            problems.error(
                node.value(of: "name")?.position ?? node.position,
                "two directories are named \(quoted(directory.name)); give each its own name")
        }
    }

    /// Nobody answers for a retired directory without a snapshot.
    private func checkRetired() {
        guard configuration.cache.snapshot == nil else { return }
        for (directory, node) in zip(configuration.directories, located.directories) where directory.isRetired {
            problems.warning(
                node.value(of: "retired")?.position ?? node.position,
                "retired: true without cache.snapshot: nobody answers for this directory, so whoever gets here is told of "
                    + "an outage; name a snapshot, or remove the directory")
        }
    }

    private func checkReach() {
        for (index, later) in configuration.directories.enumerated() where !later.isRetired {
            let position = located.directories[index].value(of: "name")?.position ?? located.directories[index].position
            // Two of one name are more likely one that was meant to be changed, and that was said.
            let earlier = configuration.directories[..<index].filter {
                $0.name != later.name && $0.takesAllNames(of: later)
            }
            if let wall = earlier.first(where: { isWall($0) }) {
                problems.error(
                    position,
                    "\(quoted(later.name)) can never be asked: \(quoted(wall.name)), before it, is retired, has no "
                        + "snapshot to answer for it (cache.snapshot), and lets no outage pass; say on_unavailable: "
                        + "next there, or remove it")
            } else if let twin = earlier.first(where: { $0.decidesAll(of: later) }) {
                problems.error(
                    position,
                    "\(quoted(later.name)) can never decide: \(quoted(twin.name)), before it, asks the same place the "
                        + "same, and decides for everybody whom it knows; correct where this one looks, or remove it")
            }
        }
    }

    private func isWall(_ directory: DirectoryConfiguration) -> Bool {
        directory.isRetired && directory.onUnavailable == .stop && configuration.cache.snapshot == nil
    }
}

extension DirectoryConfiguration {
    /// Whether every name that `other` is asked for is one of this directory's.
    fileprivate func takesAllNames(of other: DirectoryConfiguration) -> Bool {
        if names.isEmpty || names.contains(where: Self.matchesAll.contains) { return true }
        return !other.names.isEmpty && Set(other.names).isSubset(of: names)
    }

    /// Patterns that are found in every name.
    private static let matchesAll: Set = [
        ".", ".*", ".+", "^", "$", "^.", "^.*", "^.+", ".$", ".*$", ".+$", "^.*$", "^.+$", "@*",
    ]

    /// Whether this directory's answer stands wherever `other` would have one, too.
    fileprivate func decidesAll(of other: DirectoryConfiguration) -> Bool {
        // How many are found and listed has no part in who they are.
        let place = { (directory: DirectoryConfiguration) in
            directory.options.values.filter { !["list", "list_filter", "page_size"].contains($0.key) }
        }
        // With less than a place and a question something is missing, and that was said.
        return !isRetired && type == other.type && !type.isEmpty && place(self).count > 1
            && place(self) == place(other) && onUnavailable == .stop && onWrongPassword == .stop
    }
}
