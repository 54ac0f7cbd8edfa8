public import CoreMetrics
internal import Synchronization

/// Counters and gauges of this process, as text that Prometheus reads.
///
///     let registry = MetricsRegistry()
///     MetricsSystem.bootstrap(registry)
///     let server = InvocationServer(logger: logger, metrics: { registry.text }, accepting: acceptor)
///
/// A label is one metric, its dimensions are labels of Prometheus. A recorder that isn't aggregated, and a gauge, show
/// their last value; an aggregated one and a timer (in seconds) a sum and a count.
///
/// - SeeAlso: Prometheus documentation, "Exposition formats", text format 0.0.4.
public final class MetricsRegistry: MetricsFactory {
    /// The media type of `text`.
    public static let contentType = "text/plain; version=0.0.4"

    fileprivate enum Kind: String, Sendable {
        case counter, gauge, summary
    }

    fileprivate struct Series: Sendable {
        let kind: Kind
        var value = 0.0
        var count = 0
    }

    /// A label with its dimensions, as Prometheus writes them.
    fileprivate struct Name: Sendable, Hashable {
        let label: String
        let dimensions: String
    }

    private let series = Mutex<[Name: Series]>([:])

    public init() {}

    /// All that was counted or recorded so far, sorted by name.
    public var text: String {
        let series = series.withLock { $0 }.sorted { left, right in
            (left.key.label, left.key.dimensions) < (right.key.label, right.key.dimensions)
        }
        var lines: [String] = []
        var last: String?
        for (name, series) in series {
            if name.label != last { lines.append("# TYPE \(name.label) \(series.kind.rawValue)") }
            last = name.label
            switch series.kind {
            case .counter, .gauge:
                lines.append("\(name.label)\(name.dimensions) \(Self.number(series.value))")
            case .summary:
                lines.append("\(name.label)_sum\(name.dimensions) \(Self.number(series.value))")
                lines.append("\(name.label)_count\(name.dimensions) \(series.count)")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    fileprivate func update(_ name: Name, _ kind: Kind, _ change: (inout Series) -> Void) {
        series.withLock { change(&$0[name, default: Series(kind: kind)]) }
    }

    // MARK: Factory

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        Handler(self, Name(label, dimensions), .counter)
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        Handler(self, Name(label, dimensions), aggregate ? .summary : .gauge)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        Handler(self, Name(label, dimensions), .summary)
    }

    // What was counted stays: a series that vanishes looks like a restart.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private final class Handler: CounterHandler, RecorderHandler, TimerHandler {
        private let registry: MetricsRegistry
        private let name: Name
        private let kind: Kind

        init(_ registry: MetricsRegistry, _ name: Name, _ kind: Kind) {
            self.registry = registry
            self.name = name
            self.kind = kind
        }

        func increment(by amount: Int64) {
            registry.update(name, kind) { $0.value += Double(amount) }
        }

        func reset() {
            registry.update(name, kind) { $0.value = 0 }
        }

        func record(_ value: Int64) {
            record(Double(value))
        }

        func record(_ value: Double) {
            registry.update(name, kind) { series in
                series.value = kind == .gauge ? value : series.value + value
                series.count += 1
            }
        }

        func recordNanoseconds(_ duration: Int64) {
            record(Double(duration) / 1e9)
        }
    }
}

extension MetricsRegistry.Name {
    fileprivate init(_ label: String, _ dimensions: [(String, String)]) {
        self.init(
            label: label,
            dimensions: dimensions.isEmpty
                ? "" : "{" + dimensions.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}")
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
        return text
    }
}
