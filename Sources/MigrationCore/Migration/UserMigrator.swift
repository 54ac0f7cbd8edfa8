public import PasswordHashing
public import Threads

/// One user, one decision: asks the directories, checks the password, maps the attributes.
///
/// The trigger, `lookup` and the dry run of an import all decide by this.
public struct UserMigrator: Sendable {
    /// A directory with what the configuration says of it.
    struct Member: Sendable {
        let configuration: DirectoryConfiguration
        let directory: any Directory
        let rules: [AttributeRule]
        let verifier: PasswordVerifier
        /// Only a name in which one of these is found is asked here; empty: every name.
        let names: [NamePattern]

        /// - Throws: `.overloaded` if nobody can say, for want of memory.
        func asks(_ identifier: String) throws(DirectoryError) -> Bool {
            guard !names.isEmpty else { return true }
            for name in names {
                guard let isFound = name.isFound(in: identifier) else {
                    throw DirectoryError(.overloaded, directory: configuration.name, detail: "no memory to match names")
                }
                if isFound { return true }
            }
            return false
        }
    }

    private let configuration: ConnectorsConfiguration
    let members: [Member]
    private let validator: AttributeValidator
    private let names: CanonicalName
    let verification: VerificationPool
    let estimator: VerificationEstimator
    let dummies = DummyHashes()
    private let wallClock: any WallClock
    let watchdog: Watchdog

    /// - Parameters:
    ///   - directories: as many as the configuration has, in its order.
    ///   - passwordSecrets: as many again, or none where no directory has any.
    ///   - verification: where hashes are computed; closed by whoever made it.
    public init(
        _ configuration: ConnectorsConfiguration, directories: [any Directory],
        passwordSecrets: [PasswordSecrets] = [], verification: VerificationPool,
        estimator: VerificationEstimator = VerificationEstimator(), wallClock: any WallClock = SystemWallClock(),
        watchdog: Watchdog = .shared
    ) {
        precondition(directories.count == configuration.directories.count)
        precondition(passwordSecrets.isEmpty || passwordSecrets.count == directories.count)
        self.configuration = configuration
        self.verification = verification
        self.estimator = estimator
        self.wallClock = wallClock
        self.watchdog = watchdog
        validator = AttributeValidator(pool: configuration.pool)
        names = CanonicalName(pool: configuration.pool)
        members = directories.indices.map { index in
            let (settings, directory) = (configuration.directories[index], directories[index])
            let secrets = passwordSecrets.isEmpty ? PasswordSecrets() : passwordSecrets[index]
            // A directory that checks passwords itself has no scheme; its dummies are of the usual one.
            let stored = settings.password.stored ?? StoredPassword(column: "")
            guard let verifier = PasswordVerifier(scheme: stored.scheme, options: stored.options, secrets: secrets)
            else {
                preconditionFailure("the configuration was checked, and has an unknown scheme")
            }
            let isCaseSensitive = configuration.pool.isCaseSensitive
            return Member(
                configuration: settings, directory: directory, rules: configuration.rules(for: settings),
                verifier: verifier,
                names: settings.names.map { pattern in
                    guard let pattern = try? NamePattern(pattern, isCaseSensitive: isCaseSensitive) else {
                        preconditionFailure("the configuration was checked, and has a pattern that is none")
                    }
                    return pattern
                })
        }
    }

    /// Closes the directories.
    public func close() async {
        for member in members { await member.directory.close() }
    }

    /// What becomes of one who typed `identifier`.
    ///
    /// Never takes longer than until `deadline` by a directory's fault; how soon a denial may be shown is the caller's to
    /// keep (`sign_in.deny_floor`).
    public func migrate(_ identifier: String, _ evidence: PasswordEvidence, by deadline: Deadline) async -> Decision {
        var steps: [DirectoryStep] = []
        var wasVerified = false
        var verdict = await judge(
            identifier, evidence, by: deadline, steps: &steps, wasVerified: &wasVerified)
        // Unknown and known names must not be told apart by time: a denial takes one verification, one way or another,
        // and as long as in the directory where that takes longest.
        if case .typed(let password) = evidence, verdict.isDenial {
            var spent = steps.map(\.verifyTime).reduce(.zero, +)
            if !wasVerified {
                let start = ContinuousClock.now
                do throws(DirectoryError) {
                    try await verifyDummy(password, steps: steps, by: deadline)
                } catch {
                    verdict = .unavailable(error)
                }
                spent += start.duration(to: .now)
            }
            await sleep(for: await dummies.longestTime - spent, by: deadline)
        }
        return Decision(verdict: verdict, reply: reply(to: verdict, evidence), steps: steps)
    }

    /// The entry's way through the mapping, step by step.
    public func explain(_ step: DirectoryStep) -> [AttributeTrace] {
        guard let entry = step.entry, let member = members.first(where: { $0.configuration.name == step.directory }),
            let plan = try? plan(member, columns: entry.columns)
        else { return [] }
        return plan.explain(entry)
    }

    // MARK: The chain

    private func judge(
        _ identifier: String, _ evidence: PasswordEvidence, by deadline: Deadline, steps: inout [DirectoryStep],
        wasVerified: inout Bool
    ) async -> Verdict {
        // RFC 4513 §5.1.2: a bind without a password succeeds without proving anything.
        if case .typed(let password) = evidence, password.withExposed({ $0.allSatisfy { $0 == 0 } }) {
            return .wrongPassword
        }
        // No directory has such a name, and a C library would read it as another one.
        guard !identifier.isEmpty, !identifier.utf8.contains(0) else { return .unknownUser }

        var policies: [DirectoryChain.Policy] = []
        for member in members {
            let isAsked: Bool
            do throws(DirectoryError) {
                isAsked = try member.asks(identifier)
            } catch {
                return .unavailable(error)
            }
            policies.append(
                .init(
                    onUnavailable: member.configuration.onUnavailable,
                    onWrongPassword: member.configuration.onWrongPassword, isAsked: isAsked))
            if !isAsked { steps.append(DirectoryStep(directory: member.configuration.name, finding: .notAsked)) }
        }
        var chain = DirectoryChain(policies)
        var action = chain.start()
        while true {
            switch action {
            case .conclude(let verdict):
                return verdict
            case .ask(let index):
                var step = DirectoryStep(directory: members[index].configuration.name, finding: .nobody)
                let event = await ask(
                    members[index], identifier, evidence, by: deadline, step: &step, wasVerified: &wasVerified)
                steps.append(step)
                action = chain.record(event)
            }
        }
    }

    private func ask(
        _ member: Member, _ identifier: String, _ evidence: PasswordEvidence, by deadline: Deadline,
        step: inout DirectoryStep, wasVerified: inout Bool
    ) async -> ChainEvent {
        let start = ContinuousClock.now
        let lookup: Lookup
        do throws(DirectoryError) {
            defer { step.lookUpTime = start.duration(to: .now) }
            lookup = try await lookUp(identifier, in: member, by: deadline)
        } catch {
            step.finding = .unavailable(error)
            return .unavailable(error)
        }
        switch lookup {
        case .none:
            return .unknown
        case .several(let count):
            step.finding = .several(count: count)
            return .decided(.ambiguous(matches: count))
        case .one(let entry):
            step.entry = entry
            do throws(DirectoryError) {
                return try await judge(
                    entry, of: member, identifier, evidence, by: deadline, step: &step, wasVerified: &wasVerified)
            } catch {
                // It knows the user, so nobody else may decide (an old password somewhere else would get in), even
                // if we can't say what it would have said.
                step.finding = .unavailable(error)
                return .decided(.unavailable(error))
            }
        }
    }

    private func lookUp(
        _ identifier: String, in member: Member, by deadline: Deadline
    ) async throws(DirectoryError) -> Lookup {
        let deadline = deadline.capped(to: member.configuration.timeout)
        let name = member.configuration.name
        // A connector keeps its deadline; whoever brings a new one, or a file system that hangs, may not.
        return try await answer(
            by: deadline.instant, watchdog: watchdog,
            orThrow: { DirectoryError(.deadlineExceeded, directory: name) },
            work: { () async throws(DirectoryError) in try await member.directory.lookUp(identifier, by: deadline) })
    }

    /// The order is part of the contract: migrated, canonical, password, disabled, must reset, mapping.
    private func judge(
        _ entry: DirectoryEntry, of member: Member, _ identifier: String, _ evidence: PasswordEvidence,
        by deadline: Deadline, step: inout DirectoryStep, wasVerified: inout Bool
    ) async throws(DirectoryError) -> ChainEvent {
        let plan = try plan(member, columns: entry.columns)
        let now = wallClock.now
        step.key = plan.key(of: entry)

        if isSet(plan.isMigrated(entry, now: now), "migrated", &step) {
            step.finding = .migrated
            return .decided(.unknownUser)
        }
        let mapped = plan.map(entry)
        let match = names.match(identifier, username: mapped.username) { mapped[$0] }
        guard match != .none else {
            step.finding = .notCanonical
            return .decided(.notCanonical)
        }
        var mustReset = false
        if case .typed(let password) = evidence {
            switch try await check(password, entry, plan, member, by: deadline, step: &step) {
            case .match:
                wasVerified = true
            case .mustReset:
                wasVerified = true
                mustReset = true
            case .mismatch(let wasWork):
                wasVerified = wasVerified || wasWork
                step.finding = .wrongPassword
                return .wrongPassword
            case .unverifiable(let reason):
                step.finding = .unverifiable(reason)
                return .decided(.unverifiable(reason))
            case .unknown:
                wasVerified = true
                return .decided(.unknownUser)
            case .disabled:
                wasVerified = true
                step.finding = .disabled
                return .decided(.disabled)
            case .throttled:
                wasVerified = true
                step.finding = .throttled
                return .decided(.throttled)
            }
        }
        if case .assumedRight = evidence, let reason = unverifiable(entry, plan, member) {
            step.finding = .unverifiable(reason)
            return .decided(.unverifiable(reason))
        }
        if isSet(plan.isDisabled(entry, now: now), "disabled", &step) {
            step.finding = .disabled
            return .decided(.disabled)
        }
        let user = MappedUser(key: step.key, attributes: mapped, isNamedByAlias: match == .alias)
        if case .none = evidence {
            return forgotten(user, step: &step)
        }
        if isSet(plan.mustReset(entry, now: now), "must_reset", &step) { mustReset = true }
        let isWeak = isTooWeak(evidence)
        if mustReset || isWeak, configuration.signIn.onMustReset == .deny || !mapped.hasVerifiedContact {
            step.finding = mustReset ? .mustReset : .tooWeak
            return .decided(.mustReset(user))
        }
        guard mapped.rejections.isEmpty else {
            step.finding = .unmappable(mapped.rejections)
            return .decided(.unmappable(mapped.rejections))
        }
        if mustReset || isWeak {
            step.finding = mustReset ? .mustReset : .tooWeak
            return .decided(.mustReset(user))
        }
        step.finding = .accepted
        return .decided(.accepted(user))
    }

    /// Forgot password: an enabled entry with a verified contact, or nothing is said.
    private func forgotten(_ user: MappedUser, step: inout DirectoryStep) -> ChainEvent {
        var rejections = user.attributes.rejections
        if !user.attributes.hasVerifiedContact {
            rejections.append(AttributeRejection("email", .noVerifiedContact, column: nil))
        }
        guard rejections.isEmpty else {
            step.finding = .unmappable(rejections)
            return .decided(.unmappable(rejections))
        }
        step.finding = .accepted
        return .decided(.accepted(user))
    }

    private func isSet(_ reading: FlagRule.Reading, _ name: String, _ step: inout DirectoryStep) -> Bool {
        if reading == .unreadable { step.unreadableFlags.append(name) }
        return reading != .no
    }

    private func isTooWeak(_ evidence: PasswordEvidence) -> Bool {
        guard configuration.signIn.passwordPolicy == .pool, case .typed(let password) = evidence,
            let policy = configuration.pool.passwordPolicy
        else { return false }
        return !policy.accepts(password)
    }

    private func plan(_ member: Member, columns: ColumnList) throws(DirectoryError) -> EntryPlan {
        try EntryPlan(
            member.configuration, rules: member.rules, validator: validator, columns: columns,
            isOnlyDirectory: members.count == 1)
    }

    // MARK: The reply

    private func reply(to verdict: Verdict, _ evidence: PasswordEvidence) -> MigrationReply {
        let settings = configuration.signIn
        switch verdict {
        case .accepted(let user):
            let isForgotten = if case .none = evidence { true } else { false }
            return .admit(
                MigrationResponse(
                    user, status: isForgotten ? .resetRequired : settings.finalUserStatus, settings: settings))
        case .mustReset(let user):
            guard settings.onMustReset == .reset, user.attributes.hasVerifiedContact else { return .deny }
            return .admit(MigrationResponse(user, status: .resetRequired, settings: settings))
        case .wrongPassword, .unknownUser, .notCanonical, .disabled, .ambiguous, .throttled, .unverifiable:
            return .deny
        case .unmappable:
            if case .none = evidence { return .deny }
            return .fail(.attributeInvalid)
        case .unavailable:
            return .fail(.directoryUnavailable)
        }
    }
}

extension Verdict {
    /// Whether Cognito is told "no" because of the name or the password alone.
    fileprivate var isDenial: Bool {
        switch self {
        case .wrongPassword, .unknownUser, .notCanonical, .disabled, .ambiguous, .throttled, .unverifiable: true
        case .accepted, .mustReset, .unmappable, .unavailable: false
        }
    }
}
