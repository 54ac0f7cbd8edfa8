internal import MigrationCore

/// A `LookupReport` for people.
public struct LookupTextReport {
    private let report: LookupReport

    public init(_ report: LookupReport) {
        self.report = report
    }

    public var text: String {
        var lines = ["\(report.identifier)", ""]
        for (index, directory) in report.directories.enumerated() {
            lines.append("\(index + 1). \(directory.name) (\(directory.type)): \(finding(directory))")
            if let outage = directory.outage {
                lines.append("   by the snapshot, because of the directory itself: \(outage.explanation)")
            }
            lines.append(contentsOf: entry(directory))
            lines.append(contentsOf: attributes(directory))
            lines.append("")
        }
        for answer in report.answers {
            lines.append("\(answer.source.name)\(answer.assumption.map { ", \($0)" } ?? ""): \(answer.verdict.code)")
            lines.append("   \(answer.explanation)")
            lines.append(contentsOf: reply(answer.reply).map { "   \($0)" })
            lines.append("")
        }
        if !report.mask.reveals {
            lines.append("Personal data is masked; --reveal shows it.")
        }
        // What a directory holds must not speak to a terminal.
        return lines.map { $0.escapingControls() }.joined(separator: "\n")
    }

    private func finding(_ directory: LookupReport.DirectoryAnswer) -> String {
        let time = "in \(Self.milliseconds(directory.lookUpTime)) ms"
        let check =
            directory.verifyTime > .zero
            ? ", hash checked in \(Self.milliseconds(directory.verifyTime)) ms of the budget's "
                + Self.milliseconds(report.budget) : ""
        return switch directory.finding {
        case .notAsked: "not asked, its names don't fit"
        case .nobody: "nobody found \(time)"
        case .several(let count): "\(count) or more entries found \(time)"
        case .migrated: "found \(time); already in the pool"
        case .notCanonical: "found \(time); the name typed is not this user's name in the pool"
        case .wrongPassword: "found \(time); wrong password\(check)"
        case .unverifiable(let reason): "found \(time); the stored hash is \(reason.rawValue)"
        case .throttled: "found \(time); too many wrong passwords\(check)"
        case .disabled: "found \(time); disabled\(check)"
        case .mustReset: "found \(time); the password must be reset\(check)"
        case .tooWeak: "found \(time); the password is too weak for the pool\(check)"
        case .unmappable: "found \(time); attributes the pool can't take\(check)"
        case .accepted: "found \(time)\(check)"
        case .unavailable(let error): "\(error.explanation) (after \(Self.milliseconds(directory.lookUpTime)) ms)"
        }
    }

    private func entry(_ directory: LookupReport.DirectoryAnswer) -> [String] {
        guard !directory.entry.isEmpty else { return [] }
        let width = directory.entry.map(\.column.count).max() ?? 0
        var lines = ["   entry" + (directory.key.map { " \($0)" } ?? "")]
        for field in directory.entry {
            let values = field.values.isEmpty ? "-" : field.values.map(\.shown).joined(separator: ", ")
            lines.append("     \(Self.pad(field.column, width))  \(values)")
        }
        for flag in directory.unreadableFlags {
            lines.append("     \(flag): its value can't be read, so it counts as set")
        }
        return lines
    }

    private func attributes(_ directory: LookupReport.DirectoryAnswer) -> [String] {
        guard !directory.attributes.isEmpty else { return [] }
        let width = directory.attributes.map(\.name.count).max() ?? 0
        return ["   attributes"]
            + directory.attributes.map { "     \(Self.pad($0.name, width))  \(way(of: $0))" }
    }

    /// `<- mail " Ana@Example.com " -> trim "Ana@Example.com" -> lowercase "ana@example.com"`
    private func way(of attribute: LookupReport.Attribute) -> String {
        var way = "<- \(Self.source(of: attribute))"
        if attribute.outcome == .notApplicable { return way + " => absent" }
        way += " \(Self.list(attribute.source))"
        if !attribute.missingColumns.isEmpty {
            way += " (no column \(attribute.missingColumns.joined(separator: ", ")) here)"
        }
        for step in attribute.steps { way += " -> \(step.name) \(Self.list(step.values))" }
        switch attribute.outcome {
        case .value, .notApplicable: return way
        case .absent: return way + " => absent"
        case .rejected(let rule): return way + " => rejected, \(rule.rawValue): \(rule.explanation)"
        case .dropped(let rule): return way + " => dropped, \(rule.rawValue): \(rule.explanation)"
        case .withoutContact: return way + " => left out, there is nothing that it could be true of"
        }
    }

    /// The columns that the value came from, or could have.
    private static func source(of attribute: LookupReport.Attribute) -> String {
        let columns =
            if attribute.columns.isEmpty {
                "constant"
            } else if attribute.isTemplate {
                attribute.columns.joined(separator: " + ")
            } else {
                attribute.sourceColumn ?? attribute.columns.joined(separator: ", ")
            }
        guard let condition = attribute.condition else { return columns }
        let test: String =
            switch condition.test {
            case .equals(let text): "is \(quoted(text))"
            case .present(true): "has a value"
            case .present(false): "has no value"
            }
        let holds = attribute.outcome == .notApplicable ? ", which doesn't hold" : ""
        return "\(columns), when \(condition.column) \(test)\(holds):"
    }

    private func reply(_ reply: MigrationReply) -> [String] {
        switch reply {
        case .deny: return ["reply: the event exactly as it came"]
        case .fail(let kind):
            return ["reply: the invocation error \(kind.rawValue), shown as: \(kind.message(report.messages))"]
        case .admit(let response):
            return ["reply:"] + response.userAttributes.map { "  \($0.name) = \(report.mask.value($0.value))" } + [
                "  finalUserStatus \(response.finalUserStatus.rawValue), messageAction \(response.messageAction.rawValue), "
                    + "desiredDeliveryMediums \(response.desiredDeliveryMediums.map(\.rawValue).joined(separator: ", ")), "
                    + "forceAliasCreation \(response.forceAliasCreation)"
            ]
        }
    }

    /// The values in quotes, which show their spaces.
    private static func list(_ values: [Masked]) -> String {
        values.isEmpty ? "(no value)" : values.map { quoted($0.shown) }.joined(separator: ", ")
    }

    private static func quoted(_ text: String) -> String {
        // A screen is enough of a long one; the JSON has it whole.
        let shown = text.count > maxShown ? "\(text.prefix(maxShown))..." : text
        return "\"\(shown.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
            + (text.count > maxShown ? " (\(text.utf8.count) bytes)" : "")
    }

    private static let maxShown = 200

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// One decimal.
    private static func milliseconds(_ duration: Duration) -> String {
        let tenths = Int((duration / .microseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension InvocationFailure.Kind {
    func message(_ messages: SignInSettings.Messages) -> String {
        InvocationFailure(self, messages: messages).message
    }
}
