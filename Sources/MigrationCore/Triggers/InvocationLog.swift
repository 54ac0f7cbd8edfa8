internal import Logging
internal import Metrics

/// How one event ended, for the reply and for the log.
enum InvocationReport: Sendable {
    /// A trigger source that there is no work for.
    case unchanged([UInt8])
    case invalid(InvalidEvent, failure: InvocationFailure)
    case decided(reply: TriggerReply, decision: Decision?)
    /// The deadline passed first.
    case late(failure: InvocationFailure)

    var reply: TriggerReply {
        switch self {
        case .unchanged(let bytes): .event(bytes)
        case .invalid(_, let failure), .late(let failure): .failure(failure)
        case .decided(let reply, _): reply
        }
    }
}

/// The names of what a log line may hold. No password, identifier, attribute value, hash or event has one.
enum LogKey: String {
    case requestID = "requestId"
    case source, directory, verdict, cache, ms, identifierHash, error, reason, pool, flags, state, outage
}

/// One line for each invocation, and no sentence in it.
struct InvocationLog: Sendable {
    /// The counter's label; its dimensions are `source`, `verdict` and `cache`.
    static let counter = "migration_invocations"

    private let logger: Logger
    private let hash: IdentifierHash

    init(logger: Logger, hash: IdentifierHash) {
        self.logger = logger
        self.hash = hash
    }

    func write(_ report: InvocationReport, requestID: String, event: TriggerEvent?, total: Duration) {
        var line: [LogKey: Logger.MetadataValue] = [.requestID: .string(requestID)]
        if let event {
            line[.source] = .string(event.source.name)
            if let identifier = try? event.userName() {
                line[.identifierHash] = .string(hash.text(of: identifier, pool: event.userPoolID))
            }
        }
        var phases: Logger.Metadata = ["total": Self.milliseconds(total)]
        var level = Logger.Level.info
        switch report {
        case .unchanged:
            break
        case .invalid(let error, _):
            level = .error
            line[.error] = .string(InvocationFailure.Kind.invalidEvent.rawValue)
            line[.reason] = .string(error.description)
        case .late:
            level = .error
            line[.verdict] = .string("unavailable")
            line[.reason] = .string(DirectoryError.Code.deadlineExceeded.rawValue)
        case .decided(_, let decision):
            guard let decision else { break }
            line[.verdict] = .string(decision.verdict.code)
            line[.cache] = .string(decision.source.rawValue)
            if let directory = decision.directory { line[.directory] = .string(directory) }
            phases["lookup"] = Self.milliseconds(decision.steps.map(\.lookUpTime).reduce(.zero, +))
            phases["verify"] = Self.milliseconds(decision.steps.map(\.verifyTime).reduce(.zero, +))
            if let detail = Self.detail(of: decision.verdict) {
                line[.reason] = .string(detail.reason)
                level = detail.level
            }
            // Where the snapshot answered, someone should look at the directory all the same.
            let outages = decision.steps.compactMap(\.outage)
            if !outages.isEmpty {
                line[.outage] = .string(outages.map(\.description).joined(separator: ", "))
                level = max(level, .warning)
            }
            let flags = decision.steps.flatMap(\.unreadableFlags)
            if !flags.isEmpty {
                line[.flags] = .string(flags.joined(separator: ","))
                level = max(level, .warning)
            }
        }
        count(line, event?.source)
        line[.ms] = .dictionary(phases)
        log(level, "invocation", line)
        if case .decided(_, let decision?) = report { logSteps(of: decision, requestID: requestID) }
    }

    /// Counts the invocation by what its line says of it.
    private func count(_ line: [LogKey: Logger.MetadataValue], _ source: TriggerSource?) {
        var dimensions = [LogKey.verdict, .cache].map { ($0.rawValue, line[$0].map { "\($0)" } ?? "") }
        // Of names that anybody may send there is no end.
        let name: String? = if case .other = source { "other" } else { source?.name }
        dimensions.append((LogKey.source.rawValue, name ?? "invalid"))
        Counter(label: Self.counter, dimensions: dimensions).increment()
    }

    func warnOfOtherPool(_ event: TriggerEvent) {
        log(.warning, "other-pool", event.userPoolID.map { [.pool: .string($0)] } ?? [:])
    }

    /// Each directory's answer, for whoever looks closer.
    private func logSteps(of decision: Decision, requestID: String) {
        for step in decision.steps {
            var line: [LogKey: Logger.MetadataValue] = [
                .requestID: .string(requestID), .directory: .string(step.directory),
                .ms: .dictionary([
                    "lookup": Self.milliseconds(step.lookUpTime), "verify": Self.milliseconds(step.verifyTime),
                ]),
            ]
            line[.reason] = .string(step.finding.code)
            if case .unavailable(let error) = step.finding { line[.error] = .string(error.description) }
            log(.debug, "directory", line)
        }
    }

    private func log(_ level: Logger.Level, _ event: Logger.Message, _ line: [LogKey: Logger.MetadataValue]) {
        logger.log(level: level, event, metadata: Dictionary(uniqueKeysWithValues: line.map { ($0.rawValue, $1) }))
    }

    /// Why, in codes; and whether someone should look (`warning`) or act (`error`).
    private static func detail(of verdict: Verdict) -> (reason: String, level: Logger.Level)? {
        switch verdict {
        case .unavailable(let error):
            (error.description, .error)
        case .unmappable(let rejections):
            (rejections.map { "\($0.attribute): \($0.rule.rawValue)" }.joined(separator: ", "), .warning)
        case .unverifiable(let reason):
            (reason.rawValue, .warning)
        case .ambiguous(let matches):
            ("\(matches) entries", .warning)
        case .accepted, .mustReset, .wrongPassword, .unknownUser, .notCanonical, .disabled, .throttled:
            nil
        }
    }

    private static func milliseconds(_ duration: Duration) -> Logger.MetadataValue {
        .stringConvertible(Int(duration / .milliseconds(1)))
    }
}

extension DirectoryStep.Finding {
    /// Its name in logs and output.
    public var code: String {
        switch self {
        case .notAsked: "not-asked"
        case .nobody: "unknown-user"
        case .several: "ambiguous"
        case .migrated: "migrated"
        case .notCanonical: "not-canonical"
        case .wrongPassword: "wrong-password"
        case .unverifiable: "unverifiable"
        case .throttled: "throttled"
        case .disabled: "disabled"
        case .mustReset: "must-reset"
        case .tooWeak: "too-weak"
        case .unmappable: "unmappable"
        case .accepted: "accepted"
        case .unavailable: "unavailable"
        }
    }
}
