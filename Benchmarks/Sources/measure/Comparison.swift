import Foundation

/// Something of ours beside a yardstick that does the same, in turns: what else the machine does weighs on both.
struct Comparison {
    let what: String
    let yardstick: String
    /// How many of what each run gets through.
    let count: Int
    let unit: String
    /// The least that the median ratio of the speeds may be, ours to the yardstick's; nil where nothing is promised.
    var required: Double?

    /// Runs each once for the caches, then the pairs.
    ///
    /// - Parameters:
    ///   - ours: how long it took, in seconds.
    ///   - theirs: likewise.
    /// - Returns: both for each run.
    @discardableResult
    func run(
        _ arguments: Arguments, ours: () async throws -> Double, theirs: () async throws -> Double
    ) async throws -> [(own: Double, other: Double)] {
        _ = try await theirs()
        _ = try await ours()
        var ratios: [Double] = []
        var own: [Double] = []
        var other: [Double] = []
        for run in 1...arguments.runs {
            other.append(try await theirs())
            own.append(try await ours())
            ratios.append(other[run - 1] / own[run - 1])
            Results.say(
                "\(what), run \(run): \(rate(own[run - 1])) \(unit), \(yardstick) \(rate(other[run - 1])), ratio \(text(ratios[run - 1]))"
            )
        }
        let ratio = median(ratios)
        Results.add(
            [
                what, rate(median(own)), unit, yardstick, rate(median(other)), Results.spread(ratios),
                required.map(text) ?? "-",
            ], to: arguments.table)
        if arguments.isCheck, let required, ratio < required {
            fail("\(what): the median ratio to \(yardstick) is \(text(ratio)), and \(text(required)) is required")
        }
        return zip(own, other).map { ($0, $1) }
    }

    private func rate(_ seconds: Double) -> String { Results.rate(count, seconds) }

    private func text(_ ratio: Double) -> String { Results.ratio(ratio) }
}

/// How long something took, in seconds.
func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    return start.duration(to: .now) / .seconds(1)
}

func median(_ values: [Double]) -> Double {
    values.sorted()[values.count / 2]
}

enum Results {
    static func rate(_ count: Int, _ seconds: Double) -> String { String(Int(Double(count) / seconds)) }

    static func ratio(_ ratio: Double) -> String { String(format: "%.3f", ratio) }

    static func spread(_ ratios: [Double]) -> String { spread(ratios, ratio) }

    static func microseconds(_ seconds: [Double]) -> String {
        spread(seconds) { String(format: "%.1f", $0 * 1_000_000) }
    }

    /// The median, and from where to where they go.
    private static func spread(_ values: [Double], _ text: (Double) -> String) -> String {
        guard values.count > 1, let least = values.min(), let most = values.max() else { return text(median(values)) }
        return "\(text(median(values))) (\(text(least)) to \(text(most)))"
    }

    /// A figure of ours beside a fixed one, with the least ratio of the two that will do.
    ///
    /// - Parameter isLeast: less is better.
    static func check(
        _ what: String, _ values: [Double], unit: String, yardstick: String, _ other: Double, isLeast: Bool = false,
        required: Double, _ arguments: Arguments
    ) {
        let ratios = values.map { isLeast ? other / $0 : $0 / other }
        add(
            [
                what, String(format: "%.1f", median(values)), unit, yardstick, String(format: "%.1f", other),
                spread(ratios), ratio(required),
            ], to: arguments.table)
        if arguments.isCheck, median(ratios) < required {
            fail("\(what): the ratio to \(yardstick) is \(ratio(median(ratios))), and \(ratio(required)) is required")
        }
    }

    /// Prints a line at once, also into a pipe.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    /// A line of the table: what, speed, unit, yardstick, its speed, ratio, required ratio.
    static func add(_ fields: [String], to table: String?) {
        let line = fields.joined(separator: "\t")
        say(line.replacingOccurrences(of: "\t", with: "  "))
        guard let table else { return }
        guard let file = fopen(table, "a") else { fail("\(table) can't be written") }
        fputs(line + "\n", file)
        fclose(file)
    }
}
