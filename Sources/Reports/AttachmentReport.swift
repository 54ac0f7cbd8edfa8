public import MigrationCore

/// What `attach` shows: what would change between a pool and a function, or did.
public struct AttachmentReport: Sendable {
    public enum Outcome: Sendable, Hashable {
        /// Nothing was changed.
        case shown
        /// Everything was, and was read back. The file has what was there before; nil if there was nothing to change.
        case applied(backup: String?)
    }

    private let plan: AttachmentPlan
    private let outcome: Outcome

    public init(_ plan: AttachmentPlan, _ outcome: Outcome = .shown) {
        self.plan = plan
        self.outcome = outcome
    }

    // MARK: For people

    /// The plan: each change with what is there and what will be.
    public var text: String {
        var lines = ["\(plan.pool.id) and \(plan.function)"]
        for (number, change) in plan.changes.enumerated() {
            let line = Line(change, of: plan)
            lines.append("  \(number + 1). \(line.setting): \(line.reason)")
            lines.append("       \(line.before ?? "nothing") -> \(line.after ?? "nothing")")
        }
        for remark in plan.notes { lines += Self.lines("note", remark) }
        for remark in plan.refusals { lines += Self.lines("REFUSED", remark) }
        lines.append(conclusion)
        return lines.map { $0.escapingControls() }.joined(separator: "\n")
    }

    private static func lines(_ word: String, _ remark: AttachmentPlan.Remark) -> [String] {
        ["  \(word): \(remark.what)"] + [remark.advice].compactMap { $0 }.map { "       -> \($0)" }
    }

    private var conclusion: String {
        if !plan.refusals.isEmpty { return "Nothing was changed, nor will be before what is refused is settled." }
        if plan.changes.isEmpty { return "Nothing to change." }
        let settings =
            plan.changes.contains(where: \.isOfThePool) ? "; every other setting of the pool is kept as it is" : ""
        return "\(counted(plan.changes.count, "change"))\(settings)."
    }

    // MARK: For programs

    /// One JSON object. The format only gains members.
    public var json: String {
        let outcome: (String, String?) =
            switch self.outcome {
            case .shown: ("shown", nil)
            case .applied(let backup): ("applied", backup)
            }
        let document = Document(
            userPool: plan.pool.id, function: plan.function.description,
            changes: plan.changes.map { Line($0, of: plan) },
            notes: plan.notes.map(Document.Remark.init), refusals: plan.refusals.map(Document.Remark.init),
            outcome: outcome.0, backup: outcome.1)
        return document.reportJSON()
    }

    /// A change in words.
    private struct Line: Encodable {
        let kind: String
        let setting: String
        let before: String?
        let after: String?
        let reason: String

        init(_ change: AttachmentPlan.Change, of plan: AttachmentPlan) {
            let statement = "statement \(plan.pool.statementID)"
            switch change {
            case .permit(let isReplacing):
                (kind, setting) = ("permission", "permission")
                (before, after) = (isReplacing ? "\(statement), which doesn't allow it" : nil, statement)
                reason = "let Cognito call the function, for this pool of account \(plan.pool.account) alone"
            case .forbid:
                (kind, setting, before, after) = ("permission", "permission", statement, nil)
                reason = "the pool no longer calls the function"
            case .trigger(let trigger, let before, let after):
                (kind, setting) = ("trigger", trigger.rawValue)
                (self.before, self.after) = (before?.description, after?.description)
                reason = after == nil ? "let the pool call nothing" : "let the pool call the function"
            case .key(let before, let after):
                (kind, setting, self.before, self.after) = ("kms-key", "KMSKeyID", before, after)
                reason =
                    after == nil ? "no sender is left that it is for" : "what the custom senders get is encrypted by it"
            case .flows(let client, let after):
                (kind, setting) = ("app-client", "app client \(client.title)")
                (before, self.after) = (Self.list(client.flows), Self.list(after))
                let isAdded = after.contains { !client.flows.contains($0) }
                reason =
                    isAdded
                    ? "let it send Cognito the password, which the trigger checks" : "let it send Cognito no password"
            }
        }

        private static func list(_ flows: [String]) -> String? {
            flows.isEmpty ? nil : flows.joined(separator: ", ")
        }
    }

    private struct Document: Encodable {
        struct Remark: Encodable {
            let code: String
            let what: String
            let advice: String?

            init(_ remark: AttachmentPlan.Remark) {
                (code, what, advice) = (remark.code.rawValue, remark.what, remark.advice)
            }
        }

        let userPool: String
        let function: String
        let changes: [Line]
        let notes: [Remark]
        let refusals: [Remark]
        let outcome: String
        let backup: String?
    }
}
