internal import Threads

/// What one directory is asked for one sign-in.
struct DirectoryQuestion: Sendable {
    let identifier: String
    let evidence: PasswordEvidence
    /// Nothing new is begun after it.
    let deadline: Deadline
    /// How many share the time that is left, if this one doesn't answer: it, those that are asked then, the snapshot.
    let share: Int

    /// By when the directory has to have answered.
    func lookUpDeadline(timeout: Duration) -> Deadline {
        deadline.capped(to: min(timeout, deadline.remaining() / share))
    }
}

// How one directory is asked.
extension UserMigrator {
    /// What it comes to, by what is kept of the directory if that is good enough.
    ///
    /// What is kept can admit, and it is believed that somebody isn't there; whatever else would refuse somebody is asked
    /// again. So a password that was changed works at once.
    func ask(
        _ member: Member, _ question: DirectoryQuestion, wasVerified: inout Bool
    ) async -> (ChainEvent, DirectoryStep) {
        var step = DirectoryStep(directory: member.configuration.name, finding: .nobody)
        var proof: PasswordProof?
        var event = await ask(member, .kept, question, step: &step, proof: &proof, wasVerified: &wasVerified)
        if step.source == .memory, step.entry != nil, mustBeAskedAgain(event, step, question.evidence) {
            step.entry = nil
            step.finding = .nobody
            step.unreadableFlags = []
            event = await ask(member, .fresh, question, step: &step, proof: &proof, wasVerified: &wasVerified)
            // What was kept may be newer than the snapshot, and they don't agree.
            if let outage = step.outage, isAdmission(event, question.evidence) { event = .unavailable(outage) }
            // It knows the user, or did a moment ago: nobody else may decide.
            if case .unavailable(let error) = event {
                step.finding = .unavailable(error)
                event = .decided(.unavailable(error))
            }
        }
        if let attempt = step.attempt {
            step.attempt = nil
            await member.attempts?.end(attempt.user, attempt.outcome)
        }
        return (event, step)
    }

    /// By when a call has to end that may outlast its sign-in.
    func ownDeadline(of member: Member, by deadline: Deadline) -> Deadline {
        switch lateAnswers {
        case .dropped: deadline.capped(to: member.configuration.timeout)
        case .kept: .after(member.configuration.timeout)
        }
    }

    private func ask(
        _ member: Member, _ freshness: CachedDirectory.Freshness, _ question: DirectoryQuestion,
        step: inout DirectoryStep, proof: inout PasswordProof?, wasVerified: inout Bool
    ) async -> ChainEvent {
        let lookup: Lookup
        do throws(DirectoryError) {
            lookup = try await find(member, freshness, question, &step)
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
                    entry, of: member, question, step: &step, proof: &proof, wasVerified: &wasVerified)
            } catch {
                // It knows the user, so nobody else may decide (an old password somewhere else would get in), even
                // if we can't say what it would have said.
                step.finding = .unavailable(error)
                return .decided(.unavailable(error))
            }
        }
    }

    /// What is known of the user: kept, from the directory, or if that can't say from the snapshot.
    private func find(
        _ member: Member, _ freshness: CachedDirectory.Freshness, _ question: DirectoryQuestion,
        _ step: inout DirectoryStep
    ) async throws(DirectoryError) -> Lookup {
        let start = ContinuousClock.now
        defer { step.lookUpTime += start.duration(to: .now) }
        do throws(DirectoryError) {
            // A password check that has outlasted its sign-in is brought to its end, for the next who asks.
            let isLate = step.wasPasswordShown && question.deadline.hasPassed()
            let answer = try await member.directory.lookUp(
                question.identifier, freshness,
                by: isLate
                    ? ownDeadline(of: member, by: question.deadline)
                    : question.lookUpDeadline(timeout: member.configuration.timeout))
            step.source = answer.source
            step.expiry = answer.expiry
            return answer.lookup
        } catch  where error.code != .cancelled {
            let stored = await snapshot?.lookUp(
                question.identifier, in: member.configuration.name, by: question.deadline)
            guard let stored else { throw error }
            step.source = .snapshot
            step.expiry = nil
            step.outage = error
            return stored
        }
    }

    private func mustBeAskedAgain(
        _ event: ChainEvent, _ step: DirectoryStep, _ evidence: PasswordEvidence
    ) -> Bool {
        switch event {
        // An outage of the check, which would only be made again.
        case .unavailable, .decided(.unavailable): false
        // Not to be shown a password is what the directory is spared.
        case .decided(.throttled): false
        case .unknown, .wrongPassword, .decided: !isAdmission(event, evidence)
        }
    }

    private func isAdmission(_ event: ChainEvent, _ evidence: PasswordEvidence) -> Bool {
        guard case .decided(let verdict) = event, case .admit = reply(to: verdict, evidence) else { return false }
        return true
    }
}
