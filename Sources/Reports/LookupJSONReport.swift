internal import MigrationCore

/// A `LookupReport` for programs. The format only gains members.
public struct LookupJSONReport: Encodable {
    private struct Directory: Encodable {
        let name: String
        let type: String
        let finding: String
        let error: String?
        /// `snapshot`, and why, if that answered in the directory's place.
        let cache: String?
        let outage: String?
        let ms: [String: Double]
        let key: String?
        let scheme: String?
        let unreadableFlags: [String]
        let entry: [String: [String]]
        let attributes: [Attribute]
    }

    private struct Attribute: Encodable {
        struct Step: Encodable {
            let transform: String
            let values: [String]
        }

        struct When: Encodable {
            let column: String
            let equals: String?
            let present: Bool?
            let holds: Bool
        }

        let name: String
        let columns: [String]
        let missingColumns: [String]
        let sourceColumn: String?
        let when: When?
        let source: [String]
        let steps: [Step]
        let outcome: String
        let rule: String?
        let value: String?
    }

    private struct Answer: Encodable {
        let source: String
        let assumption: String?
        let verdict: String
        let explanation: String
        let reply: Reply
    }

    private struct Reply: Encodable {
        var kind: String
        var errorType: String?
        var errorMessage: String?
        var userAttributes: [String: String]?
        var finalUserStatus: String?
        var messageAction: String?
        var desiredDeliveryMediums: [String]?
        var forceAliasCreation: Bool?
    }

    private let identifier: String
    private let masked: Bool
    private let directories: [Directory]
    private let answers: [Answer]

    public init(_ report: LookupReport) {
        identifier = report.identifier
        masked = !report.mask.reveals
        directories = report.directories.map { directory in
            let error: String? = if case .unavailable(let error) = directory.finding { error.explanation } else { nil }
            return Directory(
                name: directory.name, type: directory.type, finding: directory.finding.code, error: error,
                cache: directory.outage == nil ? nil : AnswerSource.snapshot.rawValue,
                outage: directory.outage?.explanation,
                ms: [
                    "lookup": directory.lookUpTime / .milliseconds(1),
                    "verify": directory.verifyTime / .milliseconds(1),
                ],
                key: directory.key, scheme: directory.scheme, unreadableFlags: directory.unreadableFlags,
                entry: Dictionary(directory.entry.map { ($0.column, $0.values.map(\.shown)) }) { first, _ in first },
                attributes: directory.attributes.map { Self.attribute($0) })
        }
        answers = report.answers.map { answer in
            Answer(
                source: answer.source.name, assumption: answer.assumption, verdict: answer.verdict.code,
                explanation: answer.explanation, reply: Self.reply(answer.reply, report))
        }
    }

    /// One JSON object, for people too.
    public var text: String {
        reportJSON()
    }

    private static func attribute(_ attribute: LookupReport.Attribute) -> Attribute {
        let (outcome, rule): (String, String?) =
            switch attribute.outcome {
            case .value: ("value", nil)
            case .absent: ("absent", nil)
            case .rejected(let rule): ("rejected", rule.rawValue)
            case .dropped(let rule): ("dropped", rule.rawValue)
            case .withoutContact: ("without-contact", nil)
            case .notApplicable: ("not-applicable", nil)
            }
        return Attribute(
            name: attribute.name, columns: attribute.columns, missingColumns: attribute.missingColumns,
            sourceColumn: attribute.sourceColumn,
            when: attribute.condition.map { condition in
                var (equals, present): (String?, Bool?) = (nil, nil)
                switch condition.test {
                case .equals(let text): equals = text
                case .present(let isPresent): present = isPresent
                }
                return .init(
                    column: condition.column, equals: equals, present: present,
                    holds: attribute.outcome != .notApplicable)
            },
            source: attribute.source.map(\.shown),
            steps: attribute.steps.map { .init(transform: $0.name, values: $0.values.map(\.shown)) },
            outcome: outcome, rule: rule, value: attribute.value?.shown)
    }

    private static func reply(_ reply: MigrationReply, _ report: LookupReport) -> Reply {
        switch reply {
        case .deny:
            Reply(kind: "unchanged")
        case .fail(let kind):
            Reply(kind: "error", errorType: kind.rawValue, errorMessage: kind.message(report.messages))
        case .admit(let response):
            Reply(
                kind: "response",
                userAttributes: Dictionary(
                    response.userAttributes.map { ($0.name, report.mask.value($0.value).shown) }
                ) { first, _ in first },
                finalUserStatus: response.finalUserStatus.rawValue, messageAction: response.messageAction.rawValue,
                desiredDeliveryMediums: response.desiredDeliveryMediums.map(\.rawValue),
                forceAliasCreation: response.forceAliasCreation)
        }
    }
}
