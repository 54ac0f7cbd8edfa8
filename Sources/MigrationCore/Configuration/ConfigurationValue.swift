/// A piece of the file that is carried as it is: texts, lists and sections.
public indirect enum ConfigurationValue: Sendable, Hashable, Codable {
    public struct Member: Sendable, Hashable, Codable {
        public let key: String
        public let value: ConfigurationValue
    }

    case text(String)
    case list([ConfigurationValue])
    /// In the file's order.
    case section([Member])

    /// Without what was refused, which was reported.
    init(_ node: ConfigurationNode) {
        switch node {
        case .scalar(let text, _): self = .text(text)
        case .sequence(let items, _): self = .list(items.map { ConfigurationValue($0) })
        case .mapping(let members, _):
            self = .section(members.map { Member(key: $0.key, value: ConfigurationValue($0.value)) })
        case .refused: self = .text("")
        }
    }

    /// The value of a key of a section.
    public subscript(key: String) -> ConfigurationValue? {
        guard case .section(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }
}
