public import PasswordHashing
public import Threads

/// One user, one decision: asks the directories, checks the password, maps the attributes.
///
/// The trigger, `lookup` and the dry run of an import all decide by this.
public struct UserMigrator: Sendable {
    /// A directory with what the configuration says of it.
    struct Member: Sendable {
        let configuration: DirectoryConfiguration
        let directory: CachedDirectory
        /// The directory without what is kept of it, for passwords: those are never asked for together.
        let checker: CircuitBreakingDirectory
        /// nil where nothing is counted.
        let attempts: PasswordAttempts?
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

    let configuration: ConnectorsConfiguration
    let members: [Member]
    private let validator: AttributeValidator
    let names: CanonicalName
    let verification: VerificationPool
    let estimator: VerificationEstimator
    let dummies = DummyHashes()
    let wallClock: any WallClock
    let watchdog: Watchdog
    let snapshot: (any LookupStore)?
    let lateAnswers: LateAnswers
    private let memory: MemoryCache
    private let verdictHash = KeyedHash()
    private let signIns = SingleFlight<KeyedHash.Digest, Decision>()

    /// - Parameters:
    ///   - directories: as many as the configuration has, in its order.
    ///   - passwordSecrets: as many again, or none where no directory has any.
    ///   - verification: where hashes are computed; closed by whoever made it.
    ///   - snapshot: what answers for a directory that is down or retired; closed with the directories.
    ///   - lateAnswers: what becomes of a call that outlasts its sign-in.
    ///   - clock: for what is kept, breakers and attempts; deadlines are of real time.
    ///   - onBreakerChange: told of each change of a directory's circuit breaker.
    public init(
        _ configuration: ConnectorsConfiguration, directories: [any Directory],
        passwordSecrets: [PasswordSecrets] = [], verification: VerificationPool,
        snapshot: (any LookupStore)? = nil, lateAnswers: LateAnswers = .dropped,
        estimator: VerificationEstimator = VerificationEstimator(), clock: any MonotonicClock = ContinuousClock(),
        wallClock: any WallClock = SystemWallClock(), watchdog: Watchdog = .shared,
        onBreakerChange: @escaping @Sendable (BreakerChange) -> Void = { _ in }
    ) {
        precondition(directories.count == configuration.directories.count)
        precondition(passwordSecrets.isEmpty || passwordSecrets.count == directories.count)
        self.configuration = configuration
        self.verification = verification
        self.estimator = estimator
        self.wallClock = wallClock
        self.watchdog = watchdog
        self.snapshot = snapshot
        self.lateAnswers = lateAnswers
        let memory = MemoryCache(configuration.cache.memory, clock: clock)
        self.memory = memory
        validator = AttributeValidator(pool: configuration.pool)
        names = CanonicalName(pool: configuration.pool)
        members = directories.indices.map { index in
            let settings = configuration.directories[index]
            let breaker = CircuitBreakingDirectory(
                directories[index], timeout: settings.timeout, lateAnswers: lateAnswers, clock: clock,
                watchdog: watchdog, onChange: onBreakerChange)
            let cached = CachedDirectory(
                breaker, timeout: settings.timeout, memory: memory, lateAnswers: lateAnswers, watchdog: watchdog)
            let secrets = passwordSecrets.isEmpty ? PasswordSecrets() : passwordSecrets[index]
            // A directory that checks passwords itself has no scheme; its dummies are of the usual one.
            let stored = settings.password.stored ?? StoredPassword(column: "")
            guard let verifier = PasswordVerifier(scheme: stored.scheme, options: stored.options, secrets: secrets)
            else {
                preconditionFailure("the configuration was checked, and has an unknown scheme")
            }
            let isCaseSensitive = configuration.pool.isCaseSensitive
            return Member(
                configuration: settings, directory: cached, checker: breaker,
                attempts: settings.countedAttempts.map {
                    PasswordAttempts($0, directory: settings.name, clock: clock)
                },
                rules: configuration.rules(for: settings), verifier: verifier,
                names: settings.names.map { pattern in
                    guard let pattern = try? NamePattern(pattern, isCaseSensitive: isCaseSensitive) else {
                        preconditionFailure("the configuration was checked, and has a pattern that is none")
                    }
                    return pattern
                })
        }
    }

    /// Closes the directories and the snapshot, and ends what is under way.
    public func close() async {
        // First what ends the calls that the sign-ins wait for.
        for member in members { await member.directory.close() }
        await signIns.close()
        await snapshot?.close()
    }

    /// What becomes of one who typed `identifier`.
    ///
    /// Never takes longer than until `deadline` by a directory's fault; how soon a denial may be shown is the caller's to
    /// keep (`sign_in.deny_floor`). Sign-ins with one name and one password at a time are one.
    public func migrate(_ identifier: String, _ evidence: PasswordEvidence, by deadline: Deadline) async -> Decision {
        let deadline = deadline.leavingTimeToAnswer
        guard case .typed(let password) = evidence else {
            return await decide(identifier, evidence, by: deadline, DecisionProgress())
        }
        let key = verdictHash.digest(of: [configuration.userPool.id ?? "", identifier], password)
        let watchdog = watchdog
        while true {
            if let kept = memory.verdict(key) { return kept }
            let progress = DecisionProgress()
            let (call, isNew) = signIns.call(key) {
                let decision = await decide(identifier, evidence, by: deadline, progress)
                keep(decision, for: key, by: deadline)
                return decision
            }
            let decision = await answer(
                by: deadline.instant, watchdog: watchdog,
                late: {
                    let error = DirectoryError(.deadlineExceeded, directory: progress.directory ?? "")
                    return Decision(
                        verdict: .unavailable(error), reply: .fail(.directoryUnavailable), steps: progress.steps)
                },
                work: { await call.value })
            // The one that was joined had less time; unless the directory was shown the password, there is another try.
            if !isNew, case .unavailable = decision.verdict, !decision.wasPasswordShown, !deadline.hasPassed() {
                continue
            }
            return decision
        }
    }

    /// Sign-ins whose directories haven't answered yet, those that were told of an outage included.
    var underWay: Int { signIns.count }

    /// What a sign-in that the platform repeats is answered with.
    private func keep(_ decision: Decision, for key: KeyedHash.Digest, by deadline: Deadline) {
        switch decision.reply {
        case .admit:
            memory.keep(decision, for: key, until: decision.expiry, deadline.hasPassed() ? .nextTry : .repetition)
        case .deny where decision.wasPasswordShown && deadline.hasPassed():
            // Nobody was told, so it will be asked again, and the directory must not be shown the password a second time.
            // Whoever was told and asks again may have changed the password meanwhile.
            memory.keep(decision, for: key, until: decision.expiry, .once)
        case .deny, .fail:
            break
        }
    }

    private func decide(
        _ identifier: String, _ evidence: PasswordEvidence, by deadline: Deadline, _ progress: DecisionProgress
    ) async -> Decision {
        var steps: [DirectoryStep] = []
        var wasVerified = false
        var verdict = await judge(
            identifier, evidence, by: deadline, steps: &steps, wasVerified: &wasVerified, progress)
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
        wasVerified: inout Bool, _ progress: DecisionProgress
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
                let member = members[index]
                let question = DirectoryQuestion(
                    identifier: identifier, evidence: evidence, deadline: deadline,
                    // Whoever comes after an outage has as much time.
                    share: 1 + chain.countAfterOutage + (snapshot == nil ? 0 : 1))
                progress.ask(member.configuration.name)
                let (event, step) = await ask(member, question, wasVerified: &wasVerified)
                steps.append(step)
                progress.note(step)
                action = chain.record(event)
            }
        }
    }

    func plan(_ member: Member, columns: ColumnList) throws(DirectoryError) -> EntryPlan {
        try EntryPlan(
            member.configuration, rules: member.rules, validator: validator, columns: columns,
            isOnlyDirectory: members.count == 1)
    }

    // MARK: The reply

    func reply(to verdict: Verdict, _ evidence: PasswordEvidence) -> MigrationReply {
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
