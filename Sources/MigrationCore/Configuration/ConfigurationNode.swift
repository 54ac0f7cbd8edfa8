/// A place in connectors.yaml: line and column from 1, in characters.
public struct SourcePosition: Sendable, Hashable, Comparable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A piece of the file with its place: what the YAML reader makes and the configuration's reader takes.
public indirect enum ConfigurationNode: Sendable {
    public struct Member: Sendable {
        public let key: String
        public let keyPosition: SourcePosition
        public let value: ConfigurationNode

        public init(key: String, keyPosition: SourcePosition, value: ConfigurationNode) {
            self.key = key
            self.keyPosition = keyPosition
            self.value = value
        }
    }

    /// Always text: what it means is up to the key (`no` and `010` are texts like any other).
    case scalar(String, SourcePosition)
    case sequence([ConfigurationNode], SourcePosition)
    /// Keys are unique.
    case mapping([Member], SourcePosition)
    /// Something that was reported already, such as an alias: nothing more is said of it.
    case refused(SourcePosition)

    public var position: SourcePosition {
        switch self {
        case .scalar(_, let position), .sequence(_, let position), .mapping(_, let position), .refused(let position):
            position
        }
    }

    /// An empty value is an absent value.
    var isEmpty: Bool {
        if case .scalar("", _) = self { true } else { false }
    }

    /// The value of a key of a section.
    func value(of key: String) -> ConfigurationNode? {
        member(key)?.value
    }

    func member(_ key: String) -> Member? {
        guard case .mapping(let members, _) = self else { return nil }
        return members.first { $0.key == key }
    }

    /// What it is, for messages.
    var kindName: String {
        switch self {
        case .scalar: "a value"
        case .sequence: "a list"
        case .mapping: "a section"
        case .refused: "nothing"
        }
    }
}
