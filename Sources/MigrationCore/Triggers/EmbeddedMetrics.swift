internal import Logging
internal import Threads

/// Numbers that CloudWatch takes from a log line by itself: the embedded metric format.
///
/// A directive says which members of the line are numbers of a metric, and by which other members they are told apart.
/// Each combination of values is a metric of its own, for which AWS asks money, so dimensions are few and their values
/// come from short lists. Nothing of a person is one.
///
/// - SeeAlso: Amazon CloudWatch documentation, "Specification: Embedded metric format".
struct EmbeddedMetrics: Sendable {
    static let namespace = "CognitoUserMigration"

    /// What metrics are told apart by; the member's name in the line.
    enum Dimension: String, Sendable {
        case trigger = "Trigger"
        case verdict = "Verdict"
        case cache = "Cache"
        case directory = "Directory"
    }

    /// CloudWatch's names.
    enum Unit: String, Sendable {
        case count = "Count"
        case milliseconds = "Milliseconds"
    }

    /// The member's name in the line, which is the metric's.
    enum Metric: String, Sendable {
        case invocations = "Invocations"
        case latency = "Latency"
        case lookUp = "LookUp"
        case verify = "Verify"
        case breakerOpen = "BreakerOpen"

        var unit: Unit {
            switch self {
            case .invocations, .breakerOpen: .count
            case .latency, .lookUp, .verify: .milliseconds
            }
        }
    }

    fileprivate struct Directive {
        let metrics: [Metric]
        let sets: [[Dimension]]
    }

    private var dimensions: [Dimension: String] = [:]
    private var values: [Metric: Int] = [:]
    private var directives: [Directive] = []

    /// - Parameter dimensions: their values; those without one are left out wherever they are named.
    init(_ dimensions: [Dimension: String?]) {
        self.dimensions = dimensions.compactMapValues { $0.map(Self.dimensionValue) }
    }

    /// Adds metrics; a value that is nil isn't there.
    ///
    /// - Parameter sets: each a way to tell them apart. One that names a dimension without a value is left out.
    mutating func add(_ values: [Metric: Int?], by sets: [[Dimension]]) {
        let values = values.compactMapValues(\.self)
        let sets = sets.filter { $0.allSatisfy { dimensions[$0] != nil } }
        guard !values.isEmpty, !sets.isEmpty else { return }
        self.values.merge(values) { $1 }
        directives.append(
            Directive(metrics: values.keys.sorted { $0.rawValue < $1.rawValue }, sets: sets))
    }

    /// The members of the line.
    func members(at time: UnixTime) -> Logger.Metadata {
        guard !directives.isEmpty else { return [:] }
        var members: Logger.Metadata = [
            "_aws": [
                "Timestamp": .stringConvertible(Int64(time.sinceEpoch / .milliseconds(1))),
                "CloudWatchMetrics": .array(directives.map(\.metadata)),
            ]
        ]
        for (name, value) in dimensions { members[name.rawValue] = .string(value) }
        for (name, value) in values { members[name.rawValue] = .stringConvertible(value) }
        return members
    }

    /// What CloudWatch takes for a dimension: 1 to 1024 characters of ASCII, of which one is no space, no control
    /// characters, and no colon in front. Whatever is something else becomes an underscore.
    ///
    /// - SeeAlso: Amazon CloudWatch API reference, "Dimension".
    static func dimensionValue(_ text: String) -> String {
        var bytes = text.unicodeScalars.prefix(1024).map { scalar in
            (0x20..<0x7F).contains(scalar.value) ? UInt8(scalar.value) : UInt8(ascii: "_")
        }
        if bytes.first == UInt8(ascii: ":") { bytes[0] = UInt8(ascii: "_") }
        if bytes.allSatisfy({ $0 == UInt8(ascii: " ") }) { bytes = [UInt8(ascii: "_")] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension EmbeddedMetrics.Directive {
    fileprivate var metadata: Logger.MetadataValue {
        [
            "Namespace": .string(EmbeddedMetrics.namespace),
            "Dimensions": .array(sets.map { set in .array(set.map { .string($0.rawValue) }) }),
            "Metrics": .array(
                metrics.map { ["Name": .string($0.rawValue), "Unit": .string($0.unit.rawValue)] }),
        ]
    }
}
