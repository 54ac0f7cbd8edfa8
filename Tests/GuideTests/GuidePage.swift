import Foundation

/// A page of the documentation, and the files that it shows.
struct GuidePage {
    /// A fenced block that is a file, said by the comment before it: `<!-- examples/csv/connectors.yaml -->`.
    struct Shown {
        let file: String
        let text: String
    }

    let path: String
    let shown: [Shown]

    init(_ path: String) throws {
        self.path = path
        var shown: [Shown] = []
        var file: String?
        var block: [Substring]?
        for line in try Project.text(path).split(separator: "\n", omittingEmptySubsequences: false) {
            if var lines = block {
                if line == "```" {
                    if let file { shown.append(Shown(file: file, text: lines.map { $0 + "\n" }.joined())) }
                    (file, block) = (nil, nil)
                } else {
                    lines.append(line)
                    block = lines
                }
            } else if line.hasPrefix("```") {
                block = []
            } else if let match = line.wholeMatch(of: /<!-- ([\w.\/-]+) -->/) {
                file = String(match.output.1)
            } else if !line.isEmpty {
                file = nil
            }
        }
        self.shown = shown
    }
}
