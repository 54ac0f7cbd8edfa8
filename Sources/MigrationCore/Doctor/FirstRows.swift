internal import PasswordHashing
internal import Threads

/// What the first rows of a listing say about the mapping. Holds counts, and the keys and names of these rows only.
struct FirstRows {
    /// Enough to see a pattern in, few enough to be there at once.
    static let limit = 512

    private let directory: DirectoryConfiguration
    private let rules: [AttributeRule]
    private let validator: AttributeValidator
    private let canonicalName: CanonicalName
    private let verifier: PasswordVerifier?
    private let now: UnixTime

    private(set) var columns = ColumnList([], isExhaustive: false)
    private(set) var sawColumns = false
    private var count = 0
    private var isOver = false
    private var problems: [RowProblem] = []
    private var batches = 0

    private var seenColumns: Set<String> = []
    private var keys: [String: Int] = [:]
    private var keyless = 0
    private var names: [String: Int] = [:]
    private var schemes: [String: Int] = [:]
    private var unrecognised = 0
    private var hashless = 0
    private var flags: [String: (yes: Int, unreadable: Int)] = [:]
    private var values: [String: Int] = [:]
    private var rejections: [String: [AttributeRuleCode: Int]] = [:]

    init(
        _ directory: DirectoryConfiguration, passwordSecrets: PasswordSecrets, rules: [AttributeRule],
        pool: UserPoolSettings,
        now: UnixTime
    ) {
        self.directory = directory
        verifier = directory.password.stored.flatMap {
            PasswordVerifier(scheme: $0.scheme, options: $0.options, secrets: passwordSecrets)
        }
        self.rules = rules
        validator = AttributeValidator(pool: pool)
        canonicalName = CanonicalName(pool: pool)
        self.now = now
    }

    static func iterator(
        of directory: any ListableDirectory, stallLimit: Duration
    ) -> any AsyncIteratorProtocol<EntryBatch, DirectoryError> {
        func make<Rows: AsyncSequence<EntryBatch, DirectoryError>>(
            _ rows: Rows
        ) -> any AsyncIteratorProtocol<EntryBatch, DirectoryError> { rows.makeAsyncIterator() }
        return make(directory.list(stallLimit: stallLimit))
    }

    /// In LDAP each new attribute begins a batch.
    var isEnough: Bool { isOver || count >= Self.limit || batches >= Self.limit }

    // MARK: Counting

    mutating func take(_ batch: EntryBatch) throws(DirectoryError) {
        batches += 1
        columns = batch.columns
        sawColumns = true
        problems += batch.problems
        isOver = batch.end != nil
        guard batch.count > 0 else { return }
        func index(_ column: String) -> Int? { batch.columns.indexes(of: column).first }
        // A column that is there twice is a finding of its own.
        let mapping = try AttributeMapping(rules, validator: validator) { name throws(DirectoryError) in index(name) }
        for row in 0..<min(batch.count, Self.limit - count) {
            let entry = batch[row]
            count += 1
            note(columnsOf: entry)
            noteKey(of: entry, index(directory.key))
            noteHash(of: entry)
            note(directory.disabled, "disabled", of: entry)
            note(directory.mustReset, "must_reset", of: entry)
            note(directory.migrated, "migrated", of: entry)
            note(mapping.map(entry))
        }
    }

    private mutating func note(columnsOf entry: DirectoryEntry) {
        guard !entry.columns.isExhaustive else { return }
        for (column, name) in entry.columns.names.enumerated() where entry.valueCount(column) > 0 {
            seenColumns.insert(name)
        }
    }

    private mutating func noteKey(of entry: DirectoryEntry, _ index: Int?) {
        guard let key = index.flatMap({ entry.texts($0).first ?? nil }) else {
            keyless += 1
            return
        }
        keys[key, default: 0] += 1
    }

    private mutating func noteHash(of entry: DirectoryEntry) {
        guard let stored = directory.password.stored, let verifier else { return }
        var row = PasswordRow()
        for (option, column) in stored.columns {
            guard let index = entry.columns.indexes(of: column).first,
                let value = entry.withFirstValue(index, { Array($0) })
            else { continue }
            row.set(value, for: option)
        }
        var isThere = false
        var scheme: String?
        if let index = entry.columns.indexes(of: stored.column).first {
            entry.forEachValue(index) { bytes in
                isThere = true
                if verifier.refusal(of: bytes, row: row) == nil { scheme = verifier.detectedScheme(of: bytes) }
                return scheme == nil
            }
        }
        if let scheme {
            schemes[scheme, default: 0] += 1
        } else if isThere {
            unrecognised += 1
        } else {
            hashless += 1
        }
    }

    private mutating func note(_ rule: FlagRule?, _ name: String, of entry: DirectoryEntry) {
        guard let rule else { return }
        var counts = flags[name] ?? (0, 0)
        let text = entry.columns.indexes(of: rule.column).first.flatMap { entry.texts($0).first }
        switch text.map({ $0.map { rule.read($0, now: now) } ?? .unreadable }) ?? .no {
        case .no: break
        case .yes: counts.yes += 1
        case .unreadable: counts.unreadable += 1
        }
        flags[name] = counts
    }

    private mutating func note(_ mapped: MappedAttributes) {
        for value in mapped.values { values[value.name, default: 0] += 1 }
        if mapped.username != nil { values["username", default: 0] += 1 }
        for rejection in mapped.rejections {
            rejections[rejection.attribute, default: [:]][rejection.rule, default: 0] += 1
        }
        if let name = canonicalName.name(username: mapped.username, attribute: { mapped[$0] }) {
            names[name.lowercased(), default: 0] += 1
        }
    }

    // MARK: Findings

    private var all: String { count == 1 ? "first row" : "first \(count) rows" }

    func findings(_ check: ColumnCheck) -> [Finding] {
        var findings = badRows
        guard count > 0 else {
            return findings + [
                Finding(
                    .listingEmpty, .warning, "the listing has no rows",
                    advice: "see whether list (list_filter, base) finds your users, and whether the reader may see them"
                )
            ]
        }
        findings.append(Finding(.listing, .ok, "the listing begins: the \(all) read"))
        findings += notSeen(check)
        findings += keyFindings
        findings += passwordFindings
        for name in ["disabled", "must_reset", "migrated"] {
            if let counts = flags[name] { findings.append(flagFinding(name, counts.yes, counts.unreadable)) }
        }
        for rule in rules { findings.append(attributeFinding(rule)) }
        let twins = names.values.count { $0 > 1 }
        if twins > 0 {
            findings.append(
                Finding(
                    .nameTwice, .warning, "\(counted(twins, "user name")) in the pool would be that of several rows",
                    advice: "such rows are ambiguous: nobody signs in by them until one of each is left, or closed to "
                        + "lookup and list"))
        }
        return findings
    }

    private var badRows: [Finding] {
        guard !problems.isEmpty else { return [] }
        let places = problems.prefix(5).map { "\($0.position) (\($0.reason.rawValue))" }.joined(separator: ", ")
        return [
            Finding(
                .rowsBad, .warning, "\(counted(problems.count, "row")) can't be read: at \(places)",
                advice: "repair them, or say delimiter: and encoding: as the file has them; these users can't sign in")
        ]
    }

    /// In LDAP there is no list of all attributes: only that nobody has one.
    private func notSeen(_ check: ColumnCheck) -> [Finding] {
        guard !columns.isExhaustive else { return [] }
        let seen = columns.ignoresCase ? Set(seenColumns.map { $0.lowercased() }) : seenColumns
        let known = seenColumns.sorted()
        return check.uses.compactMap { use in
            // Said by their own findings.
            guard use.purpose != "key", use.purpose != "password", use.isNeeded else { return nil }
            let missing = use.columns.filter { !seen.contains(columns.ignoresCase ? $0.lowercased() : $0) }
            guard use.isAnyEnough ? missing.count == use.columns.count : !missing.isEmpty else { return nil }
            let hint = missing.lazy.compactMap { nearest(to: $0, among: known) }.first
            let isFlag = ["disabled", "must_reset", "migrated"].contains(use.purpose)
            // Most people are neither disabled nor migrated.
            guard hint != nil || !isFlag else { return nil }
            return Finding(
                .columnNotSeen, .warning,
                "none of the \(all) has \(missing.map { "\"\($0)\"" }.joined(separator: " or ")), which \(use.purpose) "
                    + "reads",
                advice: hint.map { "did you mean \"\($0)\"?" }
                    ?? "see whether the name is right, and whether the reader may see it")
        }
    }

    private var keyFindings: [Finding] {
        let column = "\"\(directory.key)\""
        var findings: [Finding] = []
        if keyless > 0 {
            let hint = columns.isExhaustive ? nil : nearest(to: directory.key, among: seenColumns.sorted())
            findings.append(
                Finding(
                    .keyMissing, .problem,
                    "key: \(keyless) of the \(all) \(keyless == 1 ? "has" : "have") no \(column)",
                    advice: hint.map { "did you mean \"\($0)\"?" }
                        ?? "name a column that every row has and that never changes"))
        }
        let twice = keys.filter { $0.value > 1 }.keys.sorted()
        if !twice.isEmpty {
            findings.append(
                Finding(
                    .keyTwice, .problem,
                    "key: \(counted(twice.count, "value")) of \(column) in several rows: "
                        + twice.prefix(3).joined(separator: ", "),
                    advice: "name a column that is another one in each row, such as the primary key"))
        }
        return findings.isEmpty ? [Finding(.key, .ok, "key: each of the \(all) has its own \(column)")] : findings
    }

    private var passwordFindings: [Finding] {
        guard let stored = directory.password.stored else { return [] }
        let column = "\"\(stored.column)\""
        let good = schemes.values.reduce(0, +)
        let kinds = schemes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        if unrecognised > 0 {
            return [
                Finding(
                    .passwordsUnrecognised, good == 0 ? .problem : .warning,
                    "password: \(unrecognised) of the \(all) \(unrecognised == 1 ? "has" : "have") something in \(column) "
                        + (stored.scheme == PasswordScheme.automatic
                            ? "that is no hash of a known scheme" : "that is no hash of the scheme \(stored.scheme)")
                        + (good == 0 ? "" : "; \(good) can (\(kinds))"),
                    advice: good == 0
                        ? "name the column with the password hashes, and its scheme: "
                            + PasswordScheme.names.joined(separator: ", ")
                        : "those users can't sign in by their password; Forgot password works for them")
            ]
        }
        if good == 0 {
            let isHidden = !columns.isExhaustive
            return [
                Finding(
                    .passwordsNotSeen, .problem, "password: none of the \(all) shows anything in \(column)",
                    advice: isHidden
                        ? "let the reader read it, or let the directory check passwords: password: bind"
                        : "name the column with the password hashes")
            ]
        }
        let none = hashless == 0 ? "" : "; \(hashless) \(hashless == 1 ? "has" : "have") none"
        return [
            Finding(
                .passwords, .ok, "password: \(good) of the \(all) have a hash that can be checked (\(kinds))\(none)")
        ]
    }

    private func flagFinding(_ name: String, _ yes: Int, _ unreadable: Int) -> Finding {
        if unreadable > 0 {
            return Finding(
                .flagUnreadable, .warning,
                "\(name): \(unreadable) of the \(all) \(unreadable == 1 ? "has" : "have") a "
                    + "value that can't be read, so it counts as set",
                advice: "say how it is to be read: bit, equals or before")
        }
        if yes == count, count > 1 {
            return Finding(
                .flagAlways, .warning, "\(name): it is set in all of the \(all)",
                advice: name == "disabled" || name == "migrated"
                    ? "nobody of them could sign in: if the column says who may, write { from: COLUMN, equals: \"0\" }"
                    : "everybody of them would have to set a new password: see whether the column is the right one")
        }
        return Finding(.flag, .ok, "\(name): set in \(yes) of the \(all)")
    }

    private func attributeFinding(_ rule: AttributeRule) -> Finding {
        let name = rule.attribute
        let have = values[name] ?? 0
        if let codes = rejections[name], !codes.isEmpty {
            let kinds = codes.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
            let rejected = codes.values.reduce(0, +)
            return Finding(
                .attributeRejected, .warning,
                "\(name): \(have) of the \(all) have a value, \(rejected) \(rejected == 1 ? "is" : "are") rejected ("
                    + kinds.joined(separator: ", ") + ")",
                advice: rule.isRequired
                    ? "those users can't sign in: mend the column, add a transform, or remove required: true"
                    : "those users can't sign in: mend the column, add a transform, or say on_invalid: drop")
        }
        if have == 0, !rule.columns.isEmpty {
            return Finding(
                .attributeNever, .warning, "\(name): none of the \(all) makes a value",
                advice:
                    "see whether \(rule.columns.joined(separator: ", ")) is the right column, and one user with lookup")
        }
        return Finding(.attribute, .ok, "\(name): \(have) of the \(all) have a value")
    }
}
