/// The profiles of the shared files, `~/.aws/config` and `~/.aws/credentials`; what the second says of a profile counts
/// before what the first does.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
struct AWSProfiles: Sendable {
    private var profiles: [String: [String: String]] = [:]
    /// `[sso-session NAME]`
    private(set) var sessions: [String: [String: String]] = [:]

    init(configuration: String?, credentials: String?) {
        for (section, values) in Self.sections(of: configuration ?? "") {
            let words = section.split(separator: " ", maxSplits: 1).map(String.init)
            switch (words.first, words.count) {
            case ("profile", 2): profiles[words[1].trimmingBlanks, default: [:]].merge(values) { $1 }
            case ("sso-session", 2): sessions[words[1].trimmingBlanks, default: [:]].merge(values) { $1 }
            case ("default", 1): profiles["default", default: [:]].merge(values) { $1 }
            default: break
            }
        }
        for (section, values) in Self.sections(of: credentials ?? "") {
            profiles[section, default: [:]].merge(values) { $1 }
        }
    }

    subscript(name: String) -> [String: String]? { profiles[name] }

    /// Sections with their keys, in lower case; lines that are neither are passed over, as all SDKs do. Nested values
    /// (indented below a key) are of no use here.
    private static func sections(of text: String) -> [(name: String, values: [String: String])] {
        var sections: [(name: String, values: [String: String])] = []
        for line in text.split(whereSeparator: \.isNewline) {
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[" {
                guard let end = line.firstIndex(of: "]") else { continue }
                sections.append((String(line[line.index(after: line.startIndex)..<end]).trimmingBlanks, [:]))
            } else if first != " ", first != "\t", !sections.isEmpty, let equals = line.firstIndex(of: "=") {
                let key = String(line[..<equals]).trimmingBlanks.lowercased()
                var value = line[line.index(after: equals)...]
                // A comment after a value needs a blank before it.
                if let comment = value.firstRange(of: " #") ?? value.firstRange(of: " ;") {
                    value = value[..<comment.lowerBound]
                }
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
}
