internal import PasswordHashing
internal import Threads

// How a typed password is checked, and what is done instead where there is nothing to check it against.
extension UserMigrator {
    /// What came of checking a password.
    enum PasswordCheck {
        case match
        /// The directory says that the password is right and has to be changed.
        case mustReset
        case unknown, disabled, throttled
        /// The directory isn't shown any more passwords of this user for a while.
        case spared
        /// `wasWork`: not where the stored text says at once that no password is right.
        case mismatch(wasWork: Bool)
        case unverifiable(Verdict.UnverifiableReason)

        /// Whether it took the time that a check takes.
        var wasWork: Bool {
            switch self {
            case .match, .mustReset, .unknown, .disabled, .throttled: true
            case .mismatch(let wasWork): wasWork
            case .spared, .unverifiable: false
            }
        }

        var outcome: AttemptGuard.Outcome {
            switch self {
            case .match, .mustReset, .disabled: .right
            case .mismatch: .wrong
            case .unknown, .throttled, .spared, .unverifiable: .uncounted
            }
        }
    }

    /// What was found out about a password, and what it was compared with: for an entry with the same, it needs no second
    /// check.
    struct PasswordProof {
        let check: PasswordCheck
        let credentials: [UInt8]
    }

    /// Why no password could be checked against the entry's stored hashes; nil if one could.
    func unverifiable(
        _ entry: DirectoryEntry, _ plan: EntryPlan, _ member: Member
    ) -> Verdict.UnverifiableReason? {
        guard case .stored = member.configuration.password else { return nil }
        var reason: Verdict.UnverifiableReason? = .absent
        let row = plan.passwordRow(of: entry)
        plan.forEachHash(of: entry) { stored in
            reason = member.verifier.refusal(of: stored, row: row).map { Verdict.UnverifiableReason($0) } ?? nil
            return reason != nil
        }
        return reason
    }

    /// Checks the password, or goes by what an earlier check of the same has found.
    func check(
        _ password: Secret, _ entry: DirectoryEntry, _ plan: EntryPlan, _ member: Member,
        _ question: DirectoryQuestion, step: inout DirectoryStep, proof: inout PasswordProof?
    ) async throws(DirectoryError) -> PasswordCheck {
        let isBind = member.configuration.password == .bind
        let credentials = isBind ? member.checker.nameToCheck(of: entry) ?? [] : plan.credentials(of: entry)
        if let proof {
            if proof.credentials == credentials { return proof.check }
            guard !isBind else {
                // Under its old name it got an answer that says nothing about it, and there is one try for one password.
                throw DirectoryError(
                    .changedMeanwhile, directory: member.configuration.name, detail: "the entry has another name now")
            }
        }
        guard try await begin(member, question, &step) else { return .spared }
        let check =
            isBind
            ? try await bind(password, entry, member, by: question.deadline, step: &step)
            : try await verify(password, entry, plan, member, by: question.deadline, step: &step)
        step.attempt?.outcome = check.outcome
        proof = PasswordProof(check: check, credentials: credentials)
        return check
    }

    /// - Returns: whether the password may be tried.
    private func begin(
        _ member: Member, _ question: DirectoryQuestion, _ step: inout DirectoryStep
    ) async throws(DirectoryError) -> Bool {
        guard let attempts = member.attempts, step.attempt == nil else { return true }
        let user: String
        if let key = step.key {
            user = "key:" + key
        } else {
            // Whoever knows a name could keep its owner out; where the directory itself locks accounts, they can anyway.
            guard member.configuration.password == .bind else { return true }
            user = "name:" + question.identifier.simpleLowercased
        }
        guard try await attempts.begin(user) else { return false }
        step.attempt = (user, .uncounted)
        return true
    }

    /// Has the directory check the password: one try, whatever comes of it.
    private func bind(
        _ password: Secret, _ entry: DirectoryEntry, _ member: Member, by deadline: Deadline,
        step: inout DirectoryStep
    ) async throws(DirectoryError) -> PasswordCheck {
        guard !deadline.hasPassed() else {
            throw DirectoryError(.deadlineExceeded, directory: member.configuration.name)
        }
        let start = ContinuousClock.now
        defer { step.verifyTime += start.duration(to: .now) }
        step.wasPasswordShown = true
        // Unless the directory answers, it may have counted this one as wrong.
        step.attempt?.outcome = .unanswered
        let said: PasswordAnswer
        do throws(DirectoryError) {
            said = try await member.checker.check(password, of: entry, by: ownDeadline(of: member, by: deadline))
        } catch  where error.code == .circuitOpen {
            step.wasPasswordShown = false
            step.attempt?.outcome = .uncounted
            throw error
        }
        switch said {
        case .right: return .match
        case .wrong: return .mismatch(wasWork: true)
        case .mustReset: return .mustReset
        case .unknownUser: return .unknown
        case .disabled: return .disabled
        case .throttled: return .throttled
        }
    }

    /// Checks the password against the stored hashes: one match is enough.
    private func verify(
        _ password: Secret, _ entry: DirectoryEntry, _ plan: EntryPlan, _ member: Member, by deadline: Deadline,
        step: inout DirectoryStep
    ) async throws(DirectoryError) -> PasswordCheck {
        let start = ContinuousClock.now
        defer { step.verifyTime += start.duration(to: .now) }
        let verifier = member.verifier
        let estimator = estimator
        let row = plan.passwordRow(of: entry)
        let outcome = try await run(member.configuration.name, by: deadline) {
            let start = ContinuousClock.now
            var outcome = (
                check: PasswordCheck.unverifiable(.absent), scheme: String?.none, dummy: String?.none,
                time: Duration.zero, isTooSlow: false
            )
            plan.forEachHash(of: entry) { stored in
                outcome.scheme = verifier.detectedScheme(of: stored)
                let verified = password.withExposed {
                    estimator.verify(verifier, stored: stored, row: row, typed: $0, by: deadline.instant)
                }
                guard let result = verified else {
                    // Another value may still match in time.
                    outcome.isTooSlow = true
                    return true
                }
                let dummy = verifier.dummy(like: stored, row: row)
                switch (result, outcome.check) {
                case (.match, _): outcome.check = .match
                case (.mismatch, .mismatch(let wasWork)): outcome.check = .mismatch(wasWork: wasWork || dummy != nil)
                case (.mismatch, _): outcome.check = .mismatch(wasWork: dummy != nil)
                case (_, .mismatch): break
                case (.malformed, _), (.overLimit, _), (.unverifiable, _):
                    outcome.check = Verdict.UnverifiableReason(result).map { .unverifiable($0) } ?? outcome.check
                }
                outcome.dummy = dummy ?? outcome.dummy
                return result != .match
            }
            outcome.time = start.duration(to: .now)
            return outcome
        }
        step.scheme = outcome.scheme
        if outcome.isTooSlow {
            guard case .match = outcome.check else { throw Self.tooSlow(member.configuration.name) }
        }
        // What can't be anybody's password is refused without the work, and tells nothing of its cost.
        if let dummy = outcome.dummy, password.isOrdinary {
            await dummies.remember(dummy, taking: outcome.time, of: member.configuration.name)
        }
        return outcome.check
    }

    /// Does the work of checking a hash that nobody has: the slowest one seen, or one of the directory that was asked last.
    func verifyDummy(
        _ password: Secret, steps: [DirectoryStep], by deadline: Deadline
    ) async throws(DirectoryError) {
        let slowest = await dummies.slowest
        let name = slowest?.directory ?? steps.last { $0.wasAsked }?.directory
        let member = members.first { $0.configuration.name == name } ?? members[0]
        let stored = slowest?.dummy ?? member.verifier.dummy
        let verifier = member.verifier
        let estimator = estimator
        let result = try await run(member.configuration.name, by: deadline) {
            var stored = stored
            return stored.withUTF8 { stored in
                password.withExposed {
                    estimator.verify(
                        verifier, stored: UnsafeRawBufferPointer(stored), typed: $0, by: deadline.instant)
                }
            }
        }
        // As it would be for somebody who is known.
        if result == nil { throw Self.tooSlow(member.configuration.name) }
    }

    private static func tooSlow(_ directory: String) -> DirectoryError {
        DirectoryError(
            .deadlineExceeded, directory: directory, detail: "the hash takes longer than there is left of the budget")
    }

    /// Work for the verification pool, waited for until `deadline`.
    private func run<Value: Sendable>(
        _ directory: String, by deadline: Deadline, _ work: @escaping @Sendable () -> Value
    ) async throws(DirectoryError) -> Value {
        let verification = verification
        return try await answer(
            by: deadline.instant, watchdog: watchdog,
            orThrow: { DirectoryError(.deadlineExceeded, directory: directory, detail: "the hash took too long") },
            work: { () async throws(DirectoryError) in
                do throws(VerificationPool.Refusal) {
                    return try await verification.run(by: deadline.instant, work)
                } catch {
                    let code: DirectoryError.Code = error == .notStartedInTime ? .deadlineExceeded : .overloaded
                    throw DirectoryError(code, directory: directory, detail: "too many hashes are being checked")
                }
            })
    }

    func sleep(for duration: Duration, by deadline: Deadline) async {
        // Not to the very deadline: a refusal that waited must still be one.
        let latest = deadline.instant - .milliseconds(100)
        await watchdog.sleep(until: min(.now + max(duration, .zero), latest))
    }
}

extension Verdict.UnverifiableReason {
    /// nil for what is an answer.
    fileprivate init?(_ verification: Verification) {
        switch verification {
        case .match, .mismatch: return nil
        case .malformed: self = .malformed
        case .overLimit: self = .overLimit
        case .unverifiable: self = .heldElsewhere
        }
    }
}

extension Secret {
    /// Whether every scheme does its whole work for this password: no NUL, and shorter than crypt(3) takes.
    fileprivate var isOrdinary: Bool {
        withExposed { $0.count < 512 && !$0.contains(0) }
    }
}

/// For each directory, a dummy that costs what the hash last verified there did, and how long that took.
actor DummyHashes {
    struct Dummy {
        let directory: String
        let dummy: String
        let time: Duration
    }

    private var dummies: [String: Dummy] = [:]

    func remember(_ dummy: String, taking time: Duration, of directory: String) {
        dummies[directory] = Dummy(directory: directory, dummy: dummy, time: time)
    }

    var slowest: Dummy? {
        dummies.values.max { $0.time < $1.time }
    }

    var longestTime: Duration {
        slowest?.time ?? .zero
    }
}
