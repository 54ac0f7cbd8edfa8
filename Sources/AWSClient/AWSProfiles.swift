/// The profiles of the shared files, `~/.aws/config` and `~/.aws/credentials`; what the second says of a profile counts
/// before what the first does.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
struct AWSProfiles: Sendable {
    private var profiles: [String: [String: String]] = [:]
    /// `[sso-session NAME]`
    private(set) var sessions: [String: [String: String]] = [:]
    /// `[services NAME]`; a key's own keys have its name and a dot before theirs.
    private(set) var services: [String: [String: String]] = [:]
    /// What is wrong with a file: where, and what. Profiles that a damaged file may have had mustn't be passed over in
    /// favour of others.
    private(set) var problem: String?

    struct File {
        let path: String
        let text: String
    }

    /// - Parameters: nil for a file that isn't there.
    init(configuration: File?, credentials: File?) {
        for (section, values) in sections(of: configuration) {
            let words = section.split(maxSplits: 1, whereSeparator: \.isWhitespace).map {
                String($0).trimmingBlanks.unquoted
            }
            switch (words.first, words.count) {
            case ("profile", 2): profiles[words[1], default: [:]].merge(values) { $1 }
            case ("sso-session", 2): sessions[words[1], default: [:]].merge(values) { $1 }
            case ("services", 2): services[words[1], default: [:]].merge(values) { $1 }
            case ("default", 1): profiles["default", default: [:]].merge(values) { $1 }
            default: break
            }
        }
        for (section, values) in sections(of: credentials) {
            profiles[section, default: [:]].merge(values) { $1 }
        }
    }

    subscript(name: String) -> [String: String]? { profiles[name] }

    /// Sections with their keys, in lower case.
    private mutating func sections(of file: File?) -> [(name: String, values: [String: String])] {
        guard let file else { return [] }
        var sections: [(name: String, values: [String: String])] = []
        /// The key that indented lines belong to.
        var outer: String?
        for (index, line) in file.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
        {
            let place = "\(file.path):\(index + 1)"
            let content = String(line).trimmingBlanks
            guard let first = content.first, first != "#", first != ";" else { continue }
            if first == "[", line.first == "[" {
                outer = nil
                guard let end = line.firstIndex(of: "]") else {
                    problem = problem ?? "\(place): the section's name has no \"]\" at its end"
                    continue
                }
                sections.append((String(line[line.index(after: line.startIndex)..<end]).trimmingBlanks, [:]))
                continue
            }
            let isNested = line.first?.isWhitespace == true
            guard let equals = content.firstIndex(of: "=") else {
                // What goes on an indented value needn't have a key.
                if !isNested { problem = problem ?? "\(place): neither a [section] nor key = value" }
                continue
            }
            guard !sections.isEmpty else {
                problem = problem ?? "\(place): a key before the first [section]"
                continue
            }
            let key = String(content[..<equals]).trimmingBlanks.lowercased()
            var value = content[content.index(after: equals)...]
            // A comment after a value needs a blank before it.
            if let comment = value.firstRange(of: " #") ?? value.firstRange(of: " ;") {
                value = value[..<comment.lowerBound]
            }
            if isNested, let outer {
                sections[sections.count - 1].values["\(outer).\(key)"] = String(value).trimmingBlanks
            } else if !isNested {
                outer = key
                sections[sections.count - 1].values[key] = String(value).trimmingBlanks
            }
        }
        return sections
    }
}

extension String {
    var trimmingBlanks: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// Without the quotation marks around it.
    var unquoted: String {
        guard count >= 2, let first, first == last, first == "\"" || first == "'" else { return self }
        return String(dropFirst().dropLast())
    }
}
