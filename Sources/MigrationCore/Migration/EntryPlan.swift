internal import Threads

/// What is read of an entry, with column names as indexes: compiled once for each list of columns.
struct EntryPlan: Sendable {
    /// A flag of the entry that counts as set although it can't be read.
    struct Flag: Sendable {
        let rule: FlagRule
        let index: Int?
    }

    private let key: Int?
    private let password: Int?
    private let disabled: Flag?
    private let mustReset: Flag?
    private let migrated: Flag?
    private let mapping: AttributeMapping

    /// - Throws: `.missingColumn` if a column that the decision needs isn't there, `.badQuery` if one is there twice.
    init(
        _ configuration: DirectoryConfiguration, rules: [AttributeRule], validator: AttributeValidator,
        columns: ColumnList
    ) throws(DirectoryError) {
        let directory = configuration.name
        func index(_ column: String) throws(DirectoryError) -> Int? {
            let indexes = columns.indexes(of: column)
            guard indexes.count < 2 else {
                throw DirectoryError(
                    .badQuery, directory: directory,
                    detail: "the result has the column \"\(column)\" twice; name them apart with AS")
            }
            return indexes.first
        }
        func needed(_ column: String, for purpose: String) throws(DirectoryError) -> Int? {
            if let index = try index(column) { return index }
            guard columns.isExhaustive else { return nil }
            throw DirectoryError(
                .missingColumn, directory: directory,
                detail: "the result has no column \"\(column)\", which \(purpose): names; it has "
                    + columns.names.joined(separator: ", "))
        }
        func flag(_ rule: FlagRule?, for purpose: String) throws(DirectoryError) -> Flag? {
            guard let rule else { return nil }
            return Flag(rule: rule, index: try needed(rule.column, for: purpose))
        }
        key = try needed(configuration.key, for: "key")
        if let column = configuration.password.stored?.column {
            password = try needed(column, for: "password")
        } else {
            password = nil
        }
        disabled = try flag(configuration.disabled, for: "disabled")
        mustReset = try flag(configuration.mustReset, for: "must_reset")
        migrated = try flag(configuration.migrated, for: "migrated")
        mapping = try AttributeMapping(rules, validator: validator, index: index)
    }

    func key(of entry: DirectoryEntry) -> String? {
        key.flatMap { entry.texts($0).first ?? nil }
    }

    /// Calls `body` with each stored hash until it returns false.
    func forEachHash(of entry: DirectoryEntry, _ body: (UnsafeRawBufferPointer) -> Bool) {
        guard let password else { return }
        entry.forEachValue(password, body)
    }

    func isDisabled(_ entry: DirectoryEntry, now: UnixTime) -> FlagRule.Reading { read(disabled, entry, now) }
    func mustReset(_ entry: DirectoryEntry, now: UnixTime) -> FlagRule.Reading { read(mustReset, entry, now) }
    func isMigrated(_ entry: DirectoryEntry, now: UnixTime) -> FlagRule.Reading { read(migrated, entry, now) }

    private func read(_ flag: Flag?, _ entry: DirectoryEntry, _ now: UnixTime) -> FlagRule.Reading {
        guard let flag, let index = flag.index, let text = entry.texts(index).first else { return .no }
        guard let text else { return .unreadable }
        return flag.rule.read(text, now: now)
    }

    func map(_ entry: DirectoryEntry) -> MappedAttributes { mapping.map(entry) }
    func explain(_ entry: DirectoryEntry) -> [AttributeTrace] { mapping.explain(entry) }
}
