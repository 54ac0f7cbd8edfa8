/// Takes the keys of one section, each once, and reports what is missing, of another form, or unknown.
struct MappingReader {
    private let members: [ConfigurationNode.Member]
    let position: SourcePosition
    /// What the section is called in messages; empty for the whole file.
    let name: String
    let problems: ProblemList
    private var known: [String] = []

    /// - Parameter example: how the section may look, for whoever wrote something else.
    /// - Returns: nil, with a problem noted, if the node isn't a section.
    init?(_ node: ConfigurationNode, name: String, example: String? = nil, problems: ProblemList) {
        guard case .mapping(let members, let position) = node else {
            if case .refused = node { return nil }
            problems.error(
                node.position,
                "\(name.isEmpty ? "the file" : name) is \(node.kindName), and should be a section with keys"
                    + (example.map { ": \($0)" } ?? ""))
            return nil
        }
        self.members = members
        self.position = position
        self.name = name
        self.problems = problems
    }

    /// The value of a key, if it is there and not empty: an empty value is an absent value.
    mutating func node(_ key: String) -> ConfigurationNode? {
        accept(key)
        guard let value = member(key)?.value, !value.isEmpty else { return nil }
        if case .refused = value { return nil }
        return value
    }

    /// Makes a key known without reading it.
    mutating func accept(_ key: String) {
        if !known.contains(key) { known.append(key) }
    }

    private func member(_ key: String) -> ConfigurationNode.Member? {
        members.first { $0.key == key }
    }

    /// Where a key stands, for messages about its value; the section's own place if it isn't there.
    func position(of key: String) -> SourcePosition {
        member(key)?.value.position ?? position
    }

    mutating func text(_ key: String) -> String? {
        node(key).flatMap { text(of: $0, key) }
    }

    mutating func requiredText(_ key: String, _ help: String) -> String? {
        guard let node = node(key) else {
            missing(key, help)
            return nil
        }
        return text(of: node, key)
    }

    func missing(_ key: String, _ help: String) {
        let member = member(key)
        if case .refused = member?.value { return }
        // Help may be a sentence, and messages have no full stop.
        let help = help.hasSuffix(".") ? String(help.dropLast()) : help
        problems.error(
            member?.keyPosition ?? position, "\(prefix)\(key) is \(member == nil ? "missing" : "empty"): \(help)")
    }

    private var prefix: String { name.isEmpty ? "" : "\(name): " }

    private func text(of node: ConfigurationNode, _ key: String) -> String? {
        switch node {
        case .scalar(let text, _): return text
        case .refused: return nil
        case .sequence, .mapping:
            problems.error(node.position, "\(key) is \(node.kindName), and should be a single value")
            return nil
        }
    }

    /// One text, or a list of them; empty items are absent ones.
    mutating func texts(_ key: String) -> [String]? {
        locatedTexts(key)?.map(\.text)
    }

    /// The same, with the place of each.
    mutating func locatedTexts(_ key: String) -> [(text: String, position: SourcePosition)]? {
        guard let node = node(key) else { return nil }
        guard case .sequence(let items, _) = node else { return text(of: node, key).map { [($0, node.position)] } }
        return items.filter { !$0.isEmpty }.compactMap { item in
            text(of: item, "an item of \(key)").map { ($0, item.position) }
        }
    }

    mutating func flag(_ key: String) -> Bool? {
        guard let node = node(key), let text = text(of: node, key) else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default:
            problems.error(node.position, "\(key) should be true or false")
            return nil
        }
    }

    mutating func count(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = node(key), let text = text(of: node, key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            problems.error(
                node.position, "\(key) should be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) -> Choice?
    where Choice.RawValue == String {
        guard let node = node(key), let text = text(of: node, key) else { return nil }
        return choice(text, at: node.position, key)
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String, at position: SourcePosition, _ key: String
    ) -> Choice? where Choice.RawValue == String {
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        problems.error(position, "\(key): \(unknown(text, among: names))")
        return nil
    }

    /// `unknown value "sotp"; did you mean "stop"?`, or the list of what there is.
    func unknown(_ text: String, among names: [String]) -> String {
        if let name = nearest(to: text, among: names) {
            return "unknown value \(quoted(text)); did you mean \"\(name)\"?"
        }
        return "unknown value \(quoted(text)); it should be one of \(names.joined(separator: ", "))"
    }

    /// A time such as `400ms`, `2s`, `5m` or `24h`.
    mutating func duration(_ key: String, in range: ClosedRange<Duration>) -> Duration? {
        guard let node = node(key), let text = text(of: node, key) else { return nil }
        guard let duration = Self.parseDuration(text) else {
            problems.error(node.position, "\(key) should be a time such as 400ms, 2s, 5m or 24h")
            return nil
        }
        guard range.contains(duration) else {
            problems.error(
                node.position,
                "\(key) should be from \(Self.text(of: range.lowerBound)) to \(Self.text(of: range.upperBound))")
            return nil
        }
        return duration
    }

    static func parseDuration(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number < 1_000_000_000 else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": return .milliseconds(number)
        case "s": return .seconds(number)
        case "m": return .seconds(number * 60)
        case "h": return .seconds(number * 3600)
        default: return nil
        }
    }

    static func text(of duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        let minutes = duration / .seconds(60)
        if minutes >= 2, minutes.truncatingRemainder(dividingBy: 1) == 0 {
            return minutes.truncatingRemainder(dividingBy: 60) == 0 ? "\(Int(minutes / 60))h" : "\(Int(minutes))m"
        }
        return milliseconds.truncatingRemainder(dividingBy: 1000) == 0 && milliseconds >= 1000
            ? "\(Int(milliseconds / 1000))s" : "\(Int(milliseconds))ms"
    }

    /// Reports every key that nobody took, with the nearest known one.
    ///
    /// - Parameter elsewhere: what to say of keys that are right in another place.
    func finish(elsewhere: (String) -> String? = { _ in nil }) {
        for member in members where !known.contains(member.key) {
            var message = "\(prefix)unknown key \(quoted(member.key))"
            if let hint = elsewhere(member.key) {
                message += "; \(hint)"
            } else if let name = nearest(to: member.key, among: known) {
                message += "; did you mean \"\(name)\"?"
            } else {
                message += "; known here: \(known.joined(separator: ", "))"
            }
            problems.error(member.keyPosition, message)
        }
    }

    /// The keys as they are, for a section whose keys are names of the user's (`attributes:`).
    var allMembers: [ConfigurationNode.Member] { members }
}
