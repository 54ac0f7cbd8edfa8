import Foundation

/// What CloudWatch would take from a log line.
///
/// - SeeAlso: Amazon CloudWatch documentation, "Specification: Embedded metric format".
public struct EmbeddedMetricLine: Sendable {
    /// One number, under one set of dimensions.
    public struct Datum: Sendable, Hashable {
        public let metric: String
        public let unit: String
        public let value: Double
        public let dimensions: [String: String]

        public init(_ metric: String, _ unit: String, _ value: Double, _ dimensions: [String: String]) {
            self.metric = metric
            self.unit = unit
            self.value = value
            self.dimensions = dimensions
        }
    }

    public let namespace: String
    /// Since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64
    public let data: [Datum]

    /// Why CloudWatch would take nothing from a line, or not what is meant.
    public struct Refused: Error, Hashable, CustomStringConvertible {
        public let description: String

        public init(_ description: String) {
            self.description = description
        }
    }

    private static let units: Set<String> = [
        "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Percent", "Count",
        "Count/Second", "None",
    ]

    /// Nil for a line that has no metrics.
    ///
    /// - Parameter line: a JSON object.
    public init?(_ line: String) throws {
        guard let root = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
            throw Refused("not a JSON object")
        }
        guard let member = root["_aws"] else { return nil }
        guard line.utf8.count < 256 << 10 else { throw Refused("over 256 KB") }
        guard let metadata = member as? [String: Any] else { throw Refused("_aws is no object") }
        guard let time = metadata["Timestamp"] as? Int64, time > 1_000_000_000_000 else {
            throw Refused("no Timestamp in milliseconds")
        }
        guard let directives = metadata["CloudWatchMetrics"] as? [[String: Any]], !directives.isEmpty else {
            throw Refused("no CloudWatchMetrics")
        }
        var data: [Datum] = []
        var namespaces: Set<String> = []
        for directive in directives {
            guard Set(directive.keys) == ["Namespace", "Dimensions", "Metrics"] else {
                throw Refused("a directive has the members \(directive.keys.sorted())")
            }
            guard let namespace = directive["Namespace"] as? String, (1...1024).contains(namespace.utf8.count) else {
                throw Refused("no Namespace")
            }
            namespaces.insert(namespace)
            guard let sets = directive["Dimensions"] as? [[String]], !sets.isEmpty else {
                throw Refused("no Dimensions")
            }
            guard let metrics = directive["Metrics"] as? [[String: Any]], (1...100).contains(metrics.count) else {
                throw Refused("no Metrics, or more than 100")
            }
            for set in sets {
                let dimensions = try Self.dimensions(set, in: root)
                for metric in metrics { data.append(try Self.datum(metric, dimensions, in: root)) }
            }
        }
        guard namespaces.count == 1, let namespace = namespaces.first else { throw Refused("several namespaces") }
        // It would be counted twice.
        guard Set(data).count == data.count else { throw Refused("a metric twice with the same dimensions") }
        self.namespace = namespace
        self.milliseconds = time
        self.data = data
    }

    private static func dimensions(_ set: [String], in root: [String: Any]) throws -> [String: String] {
        guard (1...30).contains(set.count), Set(set).count == set.count else {
            throw Refused("none or over 30 dimensions, or one twice")
        }
        var dimensions: [String: String] = [:]
        for name in set {
            guard let value = root[name] as? String else {
                throw Refused("the dimension \(name) has no text in the line")
            }
            let isASCII = value.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) }
            guard (1...1024).contains(value.utf8.count), isASCII, !value.hasPrefix(":"),
                value.contains(where: { $0 != " " })
            else { throw Refused("CloudWatch doesn't take the value of \(name)") }
            dimensions[name] = value
        }
        return dimensions
    }

    private static func datum(
        _ metric: [String: Any], _ dimensions: [String: String], in root: [String: Any]
    ) throws -> Datum {
        guard let name = metric["Name"] as? String, (1...1024).contains(name.utf8.count),
            let unit = metric["Unit"] as? String, units.contains(unit)
        else { throw Refused("a metric without a name or a unit that CloudWatch has") }
        guard let value = root[name] as? NSNumber, !isBoolean(value) else {
            throw Refused("the metric \(name) has no number in the line")
        }
        return Datum(name, unit, value.doubleValue, dimensions)
    }

    /// `true` is an NSNumber, too.
    private static func isBoolean(_ value: NSNumber) -> Bool {
        String(cString: value.objCType) == "c"
    }
}
