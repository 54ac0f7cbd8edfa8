/// Where the parts of the file stand, for what is found wrong after reading.
public struct LocatedConfiguration: Sendable {
    let root: ConfigurationNode
    /// One for each directory of the configuration.
    var directories: [ConfigurationNode] = []

    public init(root: ConfigurationNode) {
        self.root = root
    }

    /// The place of the value at a path of keys, or of the innermost part that is there. In a list, a key is an item's
    /// `name`.
    public func position(of path: [String]) -> SourcePosition {
        var node = root
        for key in path {
            guard let next = node.value(of: key) ?? node.item(named: key) else { break }
            node = next
        }
        return node.position
    }

    func position(of path: String...) -> SourcePosition {
        position(of: path)
    }
}

extension ConfigurationNode {
    fileprivate func item(named name: String) -> ConfigurationNode? {
        guard case .sequence(let items, _) = self else { return nil }
        return items.first { item in
            if case .scalar(name, _) = item.value(of: "name") { true } else { false }
        }
    }
}
