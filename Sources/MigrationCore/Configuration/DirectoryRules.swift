extension ConnectorsConfiguration {
    /// The rules of a directory: its own where it has one, else those of all; `username` first.
    package func rules(for directory: DirectoryConfiguration) -> [AttributeRule] {
        let common = [username].compactMap { $0 } + attributes
        let own = directory.attributes
        return common.map { rule in own.first { $0.attribute == rule.attribute } ?? rule }
            + own.filter { rule in !common.contains { $0.attribute == rule.attribute } }
    }

    /// The columns of a directory that are read by name, each once.
    package func columns(of directory: DirectoryConfiguration) -> [String] {
        let password = directory.password.stored
        let passwordColumns = (password?.columns ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        let flags = [directory.disabled, directory.mustReset, directory.migrated].compactMap { $0?.column }
        let all =
            [directory.key] + [password?.column].compactMap { $0 } + passwordColumns + flags
            + rules(for: directory).flatMap { $0.columns + [$0.when?.column].compactMap { $0 } }
        var seen: Set<String> = []
        return all.filter { seen.insert($0).inserted }
    }
}
