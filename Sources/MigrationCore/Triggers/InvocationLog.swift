internal import Logging
internal import Metrics
internal import Threads

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
    case traceID = "traceId"
    case source, directory, verdict, cache, ms, identifierHash, error, reason, pool, flags, state, outage
}

/// One line for each invocation, and no sentence in it.
struct InvocationLog: Sendable {
    /// The counter's label; its dimensions are `source`, `verdict` and `cache`.
    static let counter = "migration_invocations"
    /// The verdict of what the deadline cut off.
    private static let unavailable = "unavailable"

    private let log: MetricsLog
    private let hash: IdentifierHash

    /// - Parameter clock: for the time of the metrics in the lines; without one there are none.
    init(logger: Logger, hash: IdentifierHash, metricsClock clock: (any WallClock)? = nil) {
        log = MetricsLog(logger, clock: clock)
        self.hash = hash
    }

    /// - Parameter traceID: X-Ray's, the root of it.
    func write(
        _ report: InvocationReport, requestID: String, traceID: String?, event: TriggerEvent?, total: Duration
    ) {
        var line: [LogKey: Logger.MetadataValue] = [.requestID: .string(requestID)]
        if let traceID { line[.traceID] = .string(traceID) }
        if let event {
            line[.source] = .string(event.source.name)
            if let identifier = try? event.userName() {
                line[.identifierHash] = .string(hash.text(of: identifier, pool: event.userPoolID))
            }
        }
        var phases = Phases(total: total)
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
            line[.verdict] = .string(Self.unavailable)
            line[.reason] = .string(DirectoryError.Code.deadlineExceeded.rawValue)
        case .decided(_, let decision):
            guard let decision else { break }
            line[.verdict] = .string(decision.verdict.code)
            line[.cache] = .string(decision.source.rawValue)
            if let directory = decision.directory { line[.directory] = .string(directory) }
            phases.lookUp = decision.steps.map(\.lookUpTime).reduce(.zero, +)
            phases.verify = decision.steps.map(\.verifyTime).reduce(.zero, +)
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
        line[.ms] = .dictionary(phases.metadata)
        log.write(level, "invocation", line, metrics: Self.metrics(of: report, total: total, event?.source))
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
        log.write(.warning, "other-pool", event.userPoolID.map { [.pool: .string($0)] } ?? [:])
    }

    /// Each directory's answer, for whoever looks closer.
    private func logSteps(of decision: Decision, requestID: String) {
        for step in decision.steps {
            let phases = Phases(lookUp: step.lookUpTime, verify: step.verifyTime)
            var line: [LogKey: Logger.MetadataValue] = [
                .requestID: .string(requestID), .directory: .string(step.directory), .ms: .dictionary(phases.metadata),
            ]
            line[.reason] = .string(step.finding.code)
            if case .unavailable(let error) = step.finding { line[.error] = .string(error.description) }
            log.write(.debug, "directory", line)
        }
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
}

// MARK: Metrics

extension InvocationLog {
    /// The verdict of an event that couldn't be read, among the metrics.
    private static let invalidEvent = "invalid-event"

    private static func metrics(
        of report: InvocationReport, total: Duration, _ source: TriggerSource?
    ) -> EmbeddedMetrics {
        var verdict: String?
        var cache: String?
        var lookUp: Duration?
        var verify: Duration?
        switch report {
        case .unchanged: break
        case .invalid: verdict = invalidEvent
        case .late: verdict = unavailable
        case .decided(_, let decision):
            verdict = decision?.verdict.code
            cache = decision?.source.rawValue
            let steps = decision?.steps ?? []
            // What didn't happen took no time, and what is kept in memory would make every directory look fast.
            lookUp = sum(steps.filter { $0.source == .directory }.map(\.lookUpTime))
            verify = sum(steps.map(\.verifyTime))
        }
        var metrics = EmbeddedMetrics([.trigger: trigger(source), .verdict: verdict, .cache: cache])
        metrics.add([.invocations: 1], by: [[.trigger], [.trigger, .verdict], [.trigger, .cache]])
        metrics.add([.latency: Phases.milliseconds(total)], by: [[.trigger], [.trigger, .verdict]])
        metrics.add([.lookUp: lookUp.map(Phases.milliseconds)], by: [[.trigger]])
        metrics.add([.verify: verify.map(Phases.milliseconds)], by: [[.trigger]])
        return metrics
    }

    /// Nil if there was nothing.
    private static func sum(_ times: [Duration]) -> Duration? {
        let sum = times.reduce(.zero, +)
        return sum == .zero ? nil : sum
    }

    /// The trigger as pools name it, without which of its sources it was. Of names that anybody may send there is no end.
    private static func trigger(_ source: TriggerSource?) -> String {
        switch source {
        case .userMigrationAuthentication, .userMigrationForgotPassword: "UserMigration"
        case .other: "other"
        case nil: "invalid"
        }
    }
}

/// How long the parts of an invocation took, of those that there were.
private struct Phases {
    var total: Duration?
    var lookUp: Duration?
    var verify: Duration?

    static func milliseconds(_ duration: Duration) -> Int {
        Int(duration / .milliseconds(1))
    }

    var metadata: Logger.Metadata {
        let phases = [("total", total), ("lookup", lookUp), ("verify", verify)]
        return Logger.Metadata(
            uniqueKeysWithValues: phases.compactMap { name, duration in
                duration.map { (name, .stringConvertible(Self.milliseconds($0))) }
            })
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
