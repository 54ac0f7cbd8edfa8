// Yams' own nodes have no place for an anchor or a tag and end at the first repeated key, without its place; libyaml's
// events, which come with Yams, have all of it.
internal import CYaml
public import MigrationCore
// Named by the package so that the module above is built; it brings the C sources.
internal import Yams

/// connectors.yaml as located nodes.
///
/// Scalars are texts, never YAML's types: `no` and `010` stay what they are. Tags, anchors, aliases and merge keys are
/// refused by name, repeated keys with the place of both.
public enum YAMLDocument {
    /// Deeper than any sensible file; a bound for recursion.
    static let maxDepth = 32
    /// A connectors.yaml has some kilobytes.
    public static let maxBytes = 1 << 20

    /// - Returns: the root, or nil; and what is wrong, in the file's order. A syntax error is one problem and ends the file.
    public static func parse(_ bytes: [UInt8]) -> (root: ConfigurationNode?, problems: [ConfigurationProblem]) {
        let start = SourcePosition(line: 1, column: 1)
        guard bytes.count <= maxBytes else {
            return (nil, [ConfigurationProblem(.error, at: start, "the file is larger than \(maxBytes >> 10) KiB")])
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            let position = position(ofFirstInvalidByteIn: bytes)
            return (nil, [ConfigurationProblem(.error, at: position, "the file is not UTF-8 text")])
        }
        return bytes.withUnsafeBufferPointer { bytes in
            var builder = NodeBuilder(bytes)
            defer { builder.close() }
            do throws(ConfigurationProblem) {
                let root = try builder.document()
                return (builder.problems.isEmpty ? root : nil, builder.problems)
            } catch {
                return (nil, builder.problems + [error])
            }
        }
    }

    private static func position(ofFirstInvalidByteIn bytes: [UInt8]) -> SourcePosition {
        // Repairing puts U+FFFD at the first bad byte; what stands before it is right.
        let repaired = String(decoding: bytes, as: UTF8.self)
        var position = SourcePosition(line: 1, column: 1)
        for scalar in repaired.unicodeScalars.prefix(while: { $0 != "\u{FFFD}" }) {
            if scalar == "\n" {
                position = SourcePosition(line: position.line + 1, column: 1)
            } else {
                position.column += 1
            }
        }
        return position
    }
}

/// libyaml's events to nodes.
private struct NodeBuilder {
    // On the heap: libyaml keeps pointers into it.
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    private(set) var problems: [ConfigurationProblem] = []

    /// - Parameter bytes: must outlive the builder.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        parser.initialize(to: yaml_parser_t())
        // Fails only without memory.
        precondition(yaml_parser_initialize(parser) == 1)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    func close() {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// What an event is, copied out of libyaml's memory.
    private struct Event {
        let type: yaml_event_type_t
        let position: SourcePosition
        let text: String
        let anchor: String?
        let tag: String?
        let isPlain: Bool
    }

    private mutating func next() throws(ConfigurationProblem) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        var text = ""
        var anchor: UnsafeMutablePointer<yaml_char_t>?
        var tag: UnsafeMutablePointer<yaml_char_t>?
        var isPlain = false
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            (anchor, tag) = (scalar.anchor, scalar.tag)
            isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
        case YAML_ALIAS_EVENT:
            anchor = event.data.alias.anchor
        case YAML_SEQUENCE_START_EVENT:
            (anchor, tag) = (event.data.sequence_start.anchor, event.data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT:
            (anchor, tag) = (event.data.mapping_start.anchor, event.data.mapping_start.tag)
        default:
            break
        }
        return Event(
            type: event.type, position: SourcePosition(event.start_mark), text: text,
            anchor: anchor.map { String(cString: $0) }, tag: tag.map { String(cString: $0) }, isPlain: isPlain)
    }

    private func syntaxError() -> ConfigurationProblem {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it can't be read"
        var message = "this is not YAML: \(problem)"
        if let context = parser.pointee.context { message += " (\(String(cString: context)))" }
        return ConfigurationProblem(.error, at: SourcePosition(parser.pointee.problem_mark), message)
    }

    /// The one document of the file.
    mutating func document() throws(ConfigurationProblem) -> ConfigurationNode {
        _ = try next()  // the stream's start
        let start = try next()
        guard start.type == YAML_DOCUMENT_START_EVENT else {
            throw ConfigurationProblem(.error, at: SourcePosition(line: 1, column: 1), "the file is empty")
        }
        let root = try node(try next(), depth: 1)
        _ = try next()  // the document's end
        let end = try next()
        if end.type == YAML_DOCUMENT_START_EVENT {
            throw ConfigurationProblem(.error, at: end.position, "a second document starts here; the file has only one")
        }
        return root
    }

    private mutating func node(_ event: Event, depth: Int) throws(ConfigurationProblem) -> ConfigurationNode {
        guard depth <= YAMLDocument.maxDepth else {
            throw ConfigurationProblem(
                .error, at: event.position, "nested deeper than \(YAMLDocument.maxDepth) levels")
        }
        refuseDecoration(of: event)
        switch event.type {
        case YAML_SCALAR_EVENT:
            return .scalar(event.text, event.position)
        case YAML_ALIAS_EVENT:
            problems.append(
                ConfigurationProblem(
                    .error, at: event.position,
                    "aliases (*\(event.anchor ?? "")) are not taken here; write the value out"))
            return .scalar("", event.position)
        case YAML_SEQUENCE_START_EVENT:
            var items: [ConfigurationNode] = []
            while true {
                let item = try next()
                if item.type == YAML_SEQUENCE_END_EVENT { return .sequence(items, event.position) }
                items.append(try node(item, depth: depth + 1))
            }
        default:
            return try mapping(startingAt: event.position, depth: depth)
        }
    }

    private mutating func mapping(
        startingAt position: SourcePosition, depth: Int
    ) throws(ConfigurationProblem) -> ConfigurationNode {
        var members: [ConfigurationNode.Member] = []
        var places: [String: SourcePosition] = [:]
        while true {
            let key = try next()
            if key.type == YAML_MAPPING_END_EVENT { return .mapping(members, position) }
            refuseDecoration(of: key)
            guard key.type == YAML_SCALAR_EVENT else {
                throw ConfigurationProblem(.error, at: key.position, "a key should be a single word")
            }
            if key.text == "<<", key.isPlain {
                problems.append(
                    ConfigurationProblem(
                        .error, at: key.position, "merge keys (<<) are not taken here; write the keys out"))
            }
            let value = try node(try next(), depth: depth + 1)
            if let first = places[key.text] {
                problems.append(
                    ConfigurationProblem(
                        .error, at: key.position,
                        "the key \"\(key.text)\" is here twice, first in line \(first.line); keep one"))
                continue
            }
            places[key.text] = key.position
            members.append(.init(key: key.text, keyPosition: key.position, value: value))
        }
    }

    private mutating func refuseDecoration(of event: Event) {
        if let tag = event.tag {
            problems.append(
                ConfigurationProblem(
                    .error, at: event.position, "tags (\(tag)) are not taken here; every value is read as its key says"))
        }
        if let anchor = event.anchor, event.type != YAML_ALIAS_EVENT {
            problems.append(
                ConfigurationProblem(
                    .error, at: event.position, "anchors (&\(anchor)) are not taken here; write the value out"))
        }
    }
}

extension SourcePosition {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
