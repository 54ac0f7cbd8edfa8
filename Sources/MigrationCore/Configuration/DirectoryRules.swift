extension ConnectorsConfiguration {
    /// The rules of a directory: its own where it has one, else those of all; `username` first.
    func rules(for directory: DirectoryConfiguration) -> [AttributeRule] {
        let common = [username].compactMap { $0 } + attributes
        let own = directory.attributes
        return common.map { rule in own.first { $0.attribute == rule.attribute } ?? rule }
            + own.filter { rule in !common.contains { $0.attribute == rule.attribute } }
    }

    /// The columns of a directory that are read by name, each once.
    func columns(of directory: DirectoryConfiguration) -> [String] {
        let flags = [directory.disabled, directory.mustReset, directory.migrated].compactMap { $0?.column }
        let all =
            [directory.key] + [directory.password.stored?.column].compactMap { $0 } + flags
            + rules(for: directory).flatMap(\.columns)
        var seen: Set<String> = []
        return all.filter { seen.insert($0).inserted }
    }
}
