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

    /// A root with problems is for finding more of them, not for use.
    ///
    /// - Returns: the root, or nil where the rest can't be told (a syntax error is one problem and ends the file); and
    ///   what is wrong, in the file's order.
    public static func parse(_ bytes: [UInt8]) -> (root: ConfigurationNode?, problems: [ConfigurationProblem]) {
        do throws(ConfigurationProblem) {
            let text = try text(of: bytes)
            return text.withUnsafeBufferPointer { text in
                var builder = NodeBuilder(text)
                defer { builder.close() }
                do throws(ConfigurationProblem) {
                    let root = try builder.document()
                    return (root, builder.problems)
                } catch {
                    return (nil, builder.problems + [error])
                }
            }
        } catch {
            return (nil, [error])
        }
    }

    /// The file without its byte order mark, if it is text.
    ///
    /// Checked here, because libyaml names no place for what it finds wrong with bytes.
    private static func text(of bytes: [UInt8]) throws(ConfigurationProblem) -> [UInt8] {
        var position = SourcePosition(line: 1, column: 1)
        guard bytes.count <= maxBytes else {
            throw ConfigurationProblem(
                .error, at: position, "the file is larger than \(maxBytes >> 10) KiB; is it the right one?")
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        var iterator = text.makeIterator()
        var decoder = UTF8()
        var last: Unicode.Scalar = "\0"
        while true {
            switch decoder.decode(&iterator) {
            case .emptyInput:
                return text
            case .error:
                throw ConfigurationProblem(.error, at: position, "the file is not UTF-8 text; save it as UTF-8")
            case .scalarValue(let scalar):
                guard scalar.isYAMLText else {
                    throw ConfigurationProblem(
                        .error, at: position,
                        "a control character (\(scalar.codePoint)) is here, which no text has; is it the right file?")
                }
                position = position.after(scalar, last: last)
                last = scalar
            }
        }
    }
}

extension Unicode.Scalar {
    /// YAML 1.1, section 5.1, c-printable.
    fileprivate var isYAMLText: Bool {
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...: true
        default: false
        }
    }

    fileprivate var codePoint: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension SourcePosition {
    /// The place after a character; lines end as YAML 1.1 says (section 5.4), CR LF being one end.
    fileprivate func after(_ scalar: Unicode.Scalar, last: Unicode.Scalar) -> SourcePosition {
        switch scalar {
        case "\n" where last == "\r": self
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": SourcePosition(line: line + 1, column: 1)
        default: SourcePosition(line: line, column: column + 1)
        }
    }
}

extension ConfigurationReader {
    /// The configuration that a connectors.yaml says, if nothing is wrong with it; all problems in the file's order.
    ///
    /// - Parameter poolSettings: as for a root.
    public func read(
        yaml bytes: [UInt8],
        poolSettings: (String) throws(UserPoolSettings.UnreadableDescription) -> UserPoolSettings
    ) -> (configuration: ConnectorsConfiguration?, problems: [ConfigurationProblem]) {
        let (configuration, problems, _) = readLocated(yaml: bytes, poolSettings: poolSettings)
        return (configuration, problems)
    }

    /// The same, and where its parts stand, for what is found wrong later; nil where the file is no YAML.
    public func readLocated(
        yaml bytes: [UInt8],
        poolSettings: (String) throws(UserPoolSettings.UnreadableDescription) -> UserPoolSettings
    ) -> (
        configuration: ConnectorsConfiguration?, problems: [ConfigurationProblem], places: LocatedConfiguration?
    ) {
        let document = YAMLDocument.parse(bytes)
        guard let root = document.root else { return (nil, document.problems, nil) }
        let (configuration, problems) = read(root, poolSettings: poolSettings)
        return (
            document.problems.isEmpty ? configuration : nil, (document.problems + problems).inFileOrder,
            LocatedConfiguration(root: root)
        )
    }
}

/// libyaml's events to nodes.
private struct NodeBuilder {
    // On the heap: libyaml keeps pointers into it.
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var problems: [ConfigurationProblem] = []

    /// - Parameter bytes: UTF-8 text; must outlive the builder.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
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
        let mark = parser.pointee.problem_mark
        // The mark counts characters.
        let text = String(decoding: bytes, as: UTF8.self).unicodeScalars
        let place = text.index(text.startIndex, offsetBy: mark.index, limitedBy: text.endIndex) ?? text.endIndex
        let character = place < text.endIndex ? text[place] : nil
        // Where the file ends too early, what matters is where that began which isn't finished.
        let isAtEnd = character == nil && parser.pointee.context != nil
        let position = SourcePosition(isAtEnd ? parser.pointee.context_mark : mark)
        if character == "\t" {
            return ConfigurationProblem(.error, at: position, "a tab is here; indent with spaces")
        }
        if problem == "found character that cannot start any token", let character {
            return ConfigurationProblem(
                .error, at: position, "a value can't start with \(character); put it in quotes: \"\(character)...\"")
        }
        var message = "this is not YAML: \(problem)"
        if let context = parser.pointee.context { message += " (\(String(cString: context)))" }
        message += Self.advice[problem].map { "; \($0)" } ?? ""
        return ConfigurationProblem(.error, at: position, message)
    }

    /// What to do about the mistakes that libyaml names in the words of its grammar.
    private static let advice = [
        "mapping values are not allowed in this context":
            "put a value with \": \" in it in quotes, or look at the indentation",
        "did not find expected key":
            "put a value that starts with { or [ or has quotes inside in quotes, or look at the indentation",
        "did not find expected ',' or '}'": "is a brace not closed, or should a value with braces be in quotes?",
        "did not find expected ',' or ']'": "is a bracket not closed, or should a value with brackets be in quotes?",
        "did not find expected '-' indicator": "items of one list start in the same column",
        "could not find expected ':'": "a key is followed by a colon and a space, and stands on one line",
        "found unexpected end of stream": "is a quote not closed?",
        "did not find expected <document start>": "look at the indentation: a key of the file starts in column 1",
    ]

    /// The one document of the file.
    mutating func document() throws(ConfigurationProblem) -> ConfigurationNode {
        _ = try next()  // the stream's start
        let start = try next()
        guard start.type == YAML_DOCUMENT_START_EVENT else {
            throw Self.emptyFile
        }
        let root = try node(try next(), depth: 1)
        if case .scalar("", _) = root, problems.isEmpty { throw Self.emptyFile }
        _ = try next()  // the document's end
        let end = try next()
        if end.type == YAML_DOCUMENT_START_EVENT {
            throw ConfigurationProblem(.error, at: end.position, "a second document starts here; the file has only one")
        }
        return root
    }

    private static let emptyFile = ConfigurationProblem(
        .error, at: SourcePosition(line: 1, column: 1),
        "the file is empty; it starts with version: 1, and directories says where your users are")

    private mutating func node(_ event: Event, depth: Int) throws(ConfigurationProblem) -> ConfigurationNode {
        guard depth <= YAMLDocument.maxDepth else {
            throw ConfigurationProblem(
                .error, at: event.position,
                "nested deeper than \(YAMLDocument.maxDepth) levels, which nothing in this file needs")
        }
        refuseDecoration(of: event)
        switch event.type {
        case YAML_SCALAR_EVENT:
            if event.text.utf8.contains(0) {
                problems.append(
                    ConfigurationProblem(.error, at: event.position, "a value can't have a NUL (\\0) in it"))
                return .refused(event.position)
            }
            return .scalar(event.text, event.position)
        case YAML_ALIAS_EVENT:
            problems.append(
                ConfigurationProblem(
                    .error, at: event.position,
                    "aliases (*\(excerpt(event.anchor ?? ""))) are not taken here; write the value out"))
            return .refused(event.position)
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
                throw ConfigurationProblem(
                    .error, at: key.position,
                    "a key should be a single word; put a value that starts with { or [ or * in quotes")
            }
            let isMerge = key.text == "<<" && key.isPlain
            if isMerge {
                problems.append(
                    ConfigurationProblem(
                        .error, at: key.position, "merge keys (<<) are not taken here; write the keys out"))
            }
            let first = try next()
            if isMerge, first.type == YAML_ALIAS_EVENT { continue }
            let value = try node(first, depth: depth + 1)
            if isMerge { continue }
            if let first = places[key.text] {
                problems.append(
                    ConfigurationProblem(
                        .error, at: key.position,
                        "the key \(quoted(key.text)) is here twice, first in line \(first.line); keep one"))
                continue
            }
            places[key.text] = key.position
            members.append(.init(key: key.text, keyPosition: key.position, value: value))
        }
    }

    private mutating func refuseDecoration(of event: Event) {
        if let tag = event.tag.map(Self.asWritten) {
            problems.append(
                ConfigurationProblem(
                    .error, at: event.position,
                    "tags (\(excerpt(tag))) are not taken here; every value is read as its key says"))
        }
        if let anchor = event.anchor, event.type != YAML_ALIAS_EVENT {
            problems.append(
                ConfigurationProblem(
                    .error, at: event.position, "anchors (&\(excerpt(anchor))) are not taken here; write the value out")
            )
        }
    }
}

extension NodeBuilder {
    /// `!!str`, of which libyaml gives the long form.
    private static func asWritten(_ tag: String) -> String {
        let prefix = "tag:yaml.org,2002:"
        return tag.hasPrefix(prefix) ? "!!" + tag.dropFirst(prefix.count) : tag
    }
}

extension SourcePosition {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
