/// Something wrong with connectors.yaml: where, what, and what to do.
public struct ConfigurationProblem: Error, Sendable, Hashable {
    public enum Severity: String, Sendable, Hashable {
        case error, warning
    }

    public let severity: Severity
    public let position: SourcePosition
    /// One line, without a full stop; never the value of a secret.
    public let message: String

    public init(_ severity: Severity, at position: SourcePosition, _ message: String) {
        self.severity = severity
        self.position = position
        self.message = message.escapingControls()
    }

    /// `connectors.yaml:14:5: error: unknown key "timout"; did you mean "timeout"?`
    public func text(file: String) -> String {
        "\(file):\(position.line):\(position.column): \(severity.rawValue): \(message)"
    }
}

extension [ConfigurationProblem] {
    /// Those of one place in the order in which they were found.
    package var inFileOrder: [ConfigurationProblem] {
        enumerated().sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }.map(\.element)
    }
}

/// The problems found so far. A class: the readers of all sections add to one list.
final class ProblemList {
    private(set) var problems: [ConfigurationProblem] = []

    func error(_ position: SourcePosition, _ message: String) {
        problems.append(ConfigurationProblem(.error, at: position, message))
    }

    func warning(_ position: SourcePosition, _ message: String) {
        problems.append(ConfigurationProblem(.warning, at: position, message))
    }

    var hasErrors: Bool { problems.contains { $0.severity == .error } }
}

/// A text of the user's in a message: in quotes, and cut if it is long.
package func quoted(_ text: String) -> String {
    "\"\(excerpt(text))\""
}

/// The same for a name, without the quotes.
package func excerpt(_ text: String) -> String {
    text.count > 60 ? "\(text.prefix(60))..." : text
}

extension String {
    /// Text that is one line and says nothing to a terminal: a line feed becomes `\u{A}`.
    package func escapingControls() -> String {
        var result = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// The known name that an unknown one was most likely meant to be: few edits away, for its length.
public func nearest(to name: String, among known: [String]) -> String? {
    let best = known.map { (name: $0, distance: editDistance(name, $0)) }.min { $0.distance < $1.distance }
    guard let best, best.distance <= max(1, name.count / 3) else { return nil }
    return best.name
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other (Damerau 1964, in the
/// restricted form).
private func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased().prefix(64))
    let right = Array(right.lowercased().prefix(64))
    var rows = [Array(0...right.count)]
    for i in 1..<(left.count + 1) {
        var row = [i]
        for j in 1..<(right.count + 1) {
            var cost = min(
                rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1))
            if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                cost = min(cost, rows[i - 2][j - 2] + 1)
            }
            row.append(cost)
        }
        rows.append(row)
    }
    return rows[left.count][right.count]
}
