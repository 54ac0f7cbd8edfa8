internal import PasswordHashing
internal import Threads

/// What is read of an entry, with column names as indexes: compiled once for each list of columns.
struct EntryPlan: Sendable {
    /// A rule, and the column that it reads.
    struct Flag: Sendable {
        let rule: FlagRule
        let index: Int?
    }

    private let key: Int?
    private let password: Int?
    /// The other columns that a hash needs, by the option's name.
    private let passwordColumns: [(option: String, index: Int?)]
    private let disabled: Flag?
    private let mustReset: Flag?
    private let migrated: Flag?
    private let mapping: AttributeMapping

    /// - Parameter isOnlyDirectory: whether every rule is about this directory.
    /// - Throws: `.missingColumn` if a column that the decision or a rule needs isn't there, `.badQuery` if one is there
    ///   twice.
    init(
        _ configuration: DirectoryConfiguration, rules: [AttributeRule], validator: AttributeValidator,
        columns: ColumnList, isOnlyDirectory: Bool
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
        var passwordColumns: [(option: String, index: Int?)] = []
        for (option, column) in (configuration.password.stored?.columns ?? [:]).sorted(by: { $0.key < $1.key }) {
            passwordColumns.append((option, try needed(column, for: "password: \(option)")))
        }
        self.passwordColumns = passwordColumns
        disabled = try flag(configuration.disabled, for: "disabled")
        mustReset = try flag(configuration.mustReset, for: "must_reset")
        migrated = try flag(configuration.migrated, for: "migrated")
        // The common rules may speak of columns that only another directory has.
        let own = Set(configuration.attributes.map(\.attribute))
        for rule in rules where columns.isExhaustive && (isOnlyDirectory || own.contains(rule.attribute)) {
            let missing = rule.columns.filter { columns.indexes(of: $0).isEmpty }
            let isUsable: Bool =
                switch rule.source {
                case .columns(let names): missing.count < names.count
                case .template: missing.isEmpty
                }
            if let condition = rule.when, columns.indexes(of: condition.column).isEmpty {
                throw DirectoryError(
                    .missingColumn, directory: directory,
                    detail: "the result has no column \"\(condition.column)\", which when: of the attribute "
                        + "\(rule.attribute) names; it has \(columns.names.joined(separator: ", "))")
            }
            guard !isUsable else { continue }
            throw DirectoryError(
                .missingColumn, directory: directory,
                detail: "the result has no column \"\(missing.joined(separator: "\" or \""))\", which the attribute "
                    + "\(rule.attribute) is made from; it has \(columns.names.joined(separator: ", "))")
        }
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

    /// What the other columns say to the hash.
    func passwordRow(of entry: DirectoryEntry) -> PasswordRow {
        var row = PasswordRow()
        for (option, index) in passwordColumns {
            guard let value = index.flatMap({ entry.withFirstValue($0) { Array($0) } }) else { continue }
            row.set(value, for: option)
        }
        return row
    }

    /// All that a password is compared with: alike for two entries in which the same passwords are right.
    func credentials(of entry: DirectoryEntry) -> [UInt8] {
        var bytes: [UInt8] = []
        for column in [password] + passwordColumns.map(\.index) {
            guard let column else { continue }
            entry.forEachValue(column) { value in
                withUnsafeBytes(of: value.count) { bytes += $0 }
                bytes += value
                return true
            }
            // No value is as long.
            withUnsafeBytes(of: Int.max) { bytes += $0 }
        }
        return bytes
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
    func map(_ batch: EntryBatch) -> MappedBatch { mapping.map(batch) }
    func explain(_ entry: DirectoryEntry) -> [AttributeTrace] { mapping.explain(entry) }
}
