public import MigrationCore

/// What `lookup` found out about one user: a value, rendered by `LookupTextReport` and `LookupJSONReport`.
public struct LookupReport: Sendable {
    public struct DirectoryAnswer: Sendable {
        public struct Field: Sendable {
            public let column: String
            public let values: [Masked]
        }

        public let name: String
        public let type: String
        public let finding: DirectoryStep.Finding
        /// Why the snapshot answered in the directory's place; nil if it didn't.
        public let outage: DirectoryError?
        public let lookUpTime: Duration
        public let verifyTime: Duration
        /// The entry's key in its directory; never masked.
        public let key: String?
        public let scheme: String?
        public let unreadableFlags: [String]
        public let entry: [Field]
        public let attributes: [Attribute]
    }

    /// One attribute's way into the pool.
    public struct Attribute: Sendable {
        public struct Step: Sendable {
            public let name: String
            public let values: [Masked]
        }

        public let name: String
        public let columns: [String]
        /// Those of them that the directory doesn't have at all.
        public let missingColumns: [String]
        /// The one that the value came from; nil for a template, and where none has a value.
        public let sourceColumn: String?
        public let isTemplate: Bool
        /// The rule's `when`.
        public let condition: Condition?
        public let source: [Masked]
        public let steps: [Step]
        public let outcome: AttributeTrace.Outcome
        public let value: Masked?
    }

    /// What one trigger source would answer.
    public struct Answer: Sendable {
        public let source: TriggerSource
        /// Such as "as if the password were right".
        public let assumption: String?
        public let verdict: Verdict
        public let reply: MigrationReply

        public init(source: TriggerSource, assumption: String?, verdict: Verdict, reply: MigrationReply) {
            self.source = source
            self.assumption = assumption
            self.verdict = verdict
            self.reply = reply
        }

        /// The verdict in a sentence.
        var explanation: String {
            // What a sign-in gets is another thing than what a forgotten password gets.
            if source == .userMigrationForgotPassword, case .accepted = verdict {
                return "the user is created in the pool, and sets a new password by a code"
            }
            return verdict.explanation
        }
    }

    public let identifier: String
    public let mask: Mask
    public let budget: Duration
    public let messages: SignInSettings.Messages
    public let directories: [DirectoryAnswer]
    public let answers: [Answer]

    /// - Parameters:
    ///   - decision: the one whose steps are shown.
    ///   - explain: a step's attributes, rule by rule.
    public init(
        identifier: String, configuration: ConnectorsConfiguration, decision: Decision, answers: [Answer], mask: Mask,
        explain: (DirectoryStep) -> [AttributeTrace]
    ) {
        self.identifier = identifier
        self.mask = mask
        self.answers = answers
        budget = configuration.signIn.budget
        messages = configuration.signIn.messages
        directories = decision.steps.map { step in
            let directory = configuration.directories.first { $0.name == step.directory }
            // The key is an identifier of the directory's own: it tells nothing about the person, wherever it stands.
            let mask = mask.sparing(step.key)
            return DirectoryAnswer(
                name: step.directory, type: directory?.type ?? "", finding: step.finding, outage: step.outage,
                lookUpTime: step.lookUpTime, verifyTime: step.verifyTime, key: step.key, scheme: step.scheme,
                unreadableFlags: step.unreadableFlags,
                entry: Self.fields(of: step, directory, mask), attributes: explain(step).map { Attribute($0, mask) })
        }
    }

    private static func fields(
        of step: DirectoryStep, _ directory: DirectoryConfiguration?, _ mask: Mask
    ) -> [DirectoryAnswer.Field] {
        guard let entry = step.entry else { return [] }
        let flags = [directory?.disabled, directory?.mustReset, directory?.migrated].map { $0?.column }
        return entry.columns.names.enumerated().map { index, column in
            let values = entry.texts(index).map { text in
                guard let text else { return Masked(shown: "(not UTF-8)") }
                if column == directory?.key { return Masked(shown: text) }
                // How a flag was read can't be understood without its value.
                if flags.contains(column) { return Masked(shown: text) }
                if column == directory?.password.stored?.column { return mask.hash(text, scheme: step.scheme) }
                return mask.value(text)
            }
            return DirectoryAnswer.Field(column: column, values: values)
        }
    }
}

extension LookupReport.Attribute {
    fileprivate init(_ trace: AttributeTrace, _ mask: Mask) {
        name = trace.attribute
        columns = trace.columns
        missingColumns = trace.missingColumns
        sourceColumn = trace.sourceColumn
        isTemplate = trace.isTemplate
        condition = trace.condition
        source = trace.source.map { mask.value($0) }
        steps = trace.steps.map { Step(name: $0.name, values: $0.values.map { mask.value($0) }) }
        outcome = trace.outcome
        value = if case .value(let value) = trace.outcome { mask.value(value) } else { nil }
    }
}
