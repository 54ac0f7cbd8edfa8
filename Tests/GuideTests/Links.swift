import Foundation

/// The links of a page of Markdown to files of the repository and their headings; what is elsewhere isn't looked at.
struct Links {
    let all: [String]

    init(_ path: String) throws {
        all = Self.prose(try Project.text(path)).matches(of: /\[[^\]]*\]\(([^)\s]+)\)/)
            .map { String($0.output.1) }.filter { !$0.contains("://") && !$0.hasPrefix("mailto:") }
    }

    /// Without code, in which brackets are brackets.
    private static func prose(_ text: String) -> String {
        var isCode = false
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { line in
                if line.hasPrefix("```") { isCode.toggle() }
                return !isCode && !line.hasPrefix("    ")
            }
            .joined(separator: "\n").replacing(/`[^`\n]*`/, with: "")
    }

    /// The file that a link of a page leads to, relative to the repository; nil for one outside.
    static func target(of link: String, in page: String) -> String? {
        let file = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
        if file.isEmpty { return page }
        let base = URL(fileURLWithPath: "/" + page).deletingLastPathComponent()
        return String(base.appending(path: String(file)).standardized.path.dropFirst())
    }

    /// Why a link leads nowhere; nil if it does.
    static func problem(of link: String, in page: String) throws -> String? {
        guard let target = target(of: link, in: page),
            FileManager.default.fileExists(atPath: Project.root.appending(path: target).path)
        else { return "no file: \(link)" }
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return try anchors(of: target).contains(String(parts[1])) ? nil : "no heading: \(link)"
    }

    /// A page's headings as GitHub names them: small letters, spaces as hyphens, other punctuation left out.
    static func anchors(of page: String) throws -> Set<String> {
        var isCode = false
        var anchors: Set<String> = []
        for line in try Project.text(page).split(separator: "\n") {
            if line.hasPrefix("```") { isCode.toggle() }
            guard !isCode, let heading = line.wholeMatch(of: /#{1,6} (.+)/)?.output.1 else { continue }
            let kept = heading.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
            anchors.insert(kept.replacingOccurrences(of: " ", with: "-"))
        }
        return anchors
    }
}
