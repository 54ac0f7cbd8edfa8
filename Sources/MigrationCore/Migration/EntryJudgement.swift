internal import PasswordHashing
internal import Threads

// What becomes of one who was found.
extension UserMigrator {
    /// The order is part of the contract: migrated, canonical, password, disabled, must reset, mapping.
    ///
    /// - Parameter proof: what was found out about the password by an earlier look at the directory.
    func judge(
        _ entry: DirectoryEntry, of member: Member, _ question: DirectoryQuestion, step: inout DirectoryStep,
        proof: inout PasswordProof?, wasVerified: inout Bool
    ) async throws(DirectoryError) -> ChainEvent {
        let evidence = question.evidence
        let plan = try plan(member, columns: entry.columns)
        let now = wallClock.now
        step.key = plan.key(of: entry)

        if isSet(plan.isMigrated(entry, now: now), "migrated", &step) {
            step.finding = .migrated
            return .decided(.unknownUser)
        }
        let mapped = plan.map(entry)
        let match = names.match(question.identifier, username: mapped.username) { mapped[$0] }
        guard match != .none else {
            step.finding = .notCanonical
            return .decided(.notCanonical)
        }
        var mustReset = false
        if case .typed(let password) = evidence {
            let check = try await check(password, entry, plan, member, question, step: &step, proof: &proof)
            wasVerified = wasVerified || check.wasWork
            switch check {
            case .match:
                break
            case .mustReset:
                mustReset = true
            case .mismatch:
                step.finding = .wrongPassword
                return .wrongPassword
            case .unverifiable(let reason):
                step.finding = .unverifiable(reason)
                return .decided(.unverifiable(reason))
            case .unknown:
                return .decided(.unknownUser)
            case .disabled:
                step.finding = .disabled
                return .decided(.disabled)
            case .throttled, .spared:
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
}
