/// `format:` and `hmac_key:`: literal text, fields in braces, and filters on them: `{salt|md5}{password|md5}`.
struct PasswordTemplate: Sendable, Hashable, TextForm {
    enum Field: String, CaseIterable {
        case password, salt, pepper, username
    }

    enum Filter: String, CaseIterable {
        case md5, sha1, sha256, sha512, lower, upper

        func apply(to bytes: [UInt8]) -> [UInt8] {
            switch self {
            case .md5: Self.hex(of: bytes, .md5)
            case .sha1: Self.hex(of: bytes, .sha1)
            case .sha256: Self.hex(of: bytes, .sha256)
            case .sha512: Self.hex(of: bytes, .sha512)
            case .lower: String(validating: bytes, as: UTF8.self).map { Array($0.lowercased().utf8) } ?? bytes
            case .upper: String(validating: bytes, as: UTF8.self).map { Array($0.uppercased().utf8) } ?? bytes
            }
        }

        private static func hex(of bytes: [UInt8], _ function: DigestFunction) -> [UInt8] {
            Hex.encode(bytes.withUnsafeBytes { function.digest($0) })
        }
    }

    enum Part: Hashable {
        case literal([UInt8])
        case field(Field, filters: [Filter])
    }

    let text: String
    let parts: [Part]

    /// - Throws: what is wrong with it.
    init(_ text: String) throws(OptionProblem) {
        self.text = text
        parts = try BracedText.parts(of: text).map { part throws(OptionProblem) in
            switch part {
            case .literal(let literal):
                return .literal(Array(literal.utf8))
            case .field(let content):
                let words = content.split(separator: "|", omittingEmptySubsequences: false).map { String($0) }
                guard let field = Field(rawValue: words[0]) else {
                    throw OptionProblem(
                        "unknown field {\(words[0])}; there are \(OptionProblem.list(Field.self, braced: true))")
                }
                let filters = try words.dropFirst().map { word throws(OptionProblem) in
                    guard let filter = Filter(rawValue: word) else {
                        throw OptionProblem("unknown filter |\(word); there are \(OptionProblem.list(Filter.self))")
                    }
                    return filter
                }
                return .field(field, filters: filters)
            }
        }
    }

    func uses(_ field: Field) -> Bool {
        parts.contains { if case .field(field, _) = $0 { true } else { false } }
    }

    /// Whether it is the password and nothing else.
    var isPassword: Bool { parts == [.field(.password, filters: [])] }

    /// The filled template. Intermediate copies are zeroed; the result is the caller's to zero.
    func filled(password: UnsafeRawBufferPointer, salt: [UInt8], value: StoredValue) -> [UInt8] {
        var output: [UInt8] = []
        // Growing would leave copies behind.
        output.reserveCapacity(password.count + salt.count + text.utf8.count + 1024)
        for part in parts {
            switch part {
            case .literal(let bytes): Self.append(bytes, to: &output)
            case .field(let field, let filters):
                var bytes =
                    switch field {
                    case .password: Array(password)
                    case .salt: salt
                    case .pepper: Array(value.secrets.pepper)
                    case .username: value.row.username
                    }
                for filter in filters {
                    let filtered = filter.apply(to: bytes)
                    erase(&bytes)
                    bytes = filtered
                }
                Self.append(bytes, to: &output)
                if field == .password || field == .pepper { erase(&bytes) }
            }
        }
        return output
    }

    private static func append(_ bytes: [UInt8], to output: inout [UInt8]) {
        if output.capacity - output.count < bytes.count {
            var larger: [UInt8] = []
            larger.reserveCapacity(2 * (output.count + bytes.count))
            larger += output
            erase(&output)
            output = larger
        }
        output += bytes
    }
}

/// `layout:`: how one column holds both hash and salt, such as `{hash}:{salt}`. Each separator splits where it first is.
struct StoredLayout: Sendable, Hashable, TextForm {
    enum Field: String, CaseIterable {
        case hash, salt
    }

    enum Part: Hashable {
        case separator([UInt8])
        case field(Field)
    }

    let text: String
    let parts: [Part]

    init(_ text: String) throws(OptionProblem) {
        self.text = text
        parts = try BracedText.parts(of: text).map { part throws(OptionProblem) in
            switch part {
            case .literal(let literal):
                return .separator(Array(literal.utf8))
            case .field(let name):
                guard let field = Field(rawValue: name) else {
                    throw OptionProblem("unknown field {\(name)}; there are {hash} and {salt}")
                }
                return .field(field)
            }
        }
        guard parts.count(where: { $0 == .field(.hash) }) == 1, parts.count(where: { $0 == .field(.salt) }) <= 1 else {
            throw OptionProblem("it should have {hash} once, and {salt} at most once")
        }
        for (one, next) in zip(parts, parts.dropFirst()) {
            if case .field = one, case .field = next {
                throw OptionProblem("between {hash} and {salt} there should be something that parts them")
            }
        }
    }

    func split(_ stored: Characters) throws(Refusal) -> (hash: Characters, salt: Characters?) {
        var hash: Characters?
        var salt: Characters?
        var rest = stored
        var pending: Field?
        func assign(_ field: Field, _ text: Characters) {
            switch field {
            case .hash: hash = text
            case .salt: salt = text
            }
        }
        for part in parts {
            switch part {
            case .field(let field): pending = field
            case .separator(let separator):
                if let field = pending.take() {
                    guard let range = rest.firstRange(of: separator) else { throw .malformed }
                    assign(field, rest[..<range.lowerBound])
                    rest = rest[range.upperBound...]
                } else {
                    guard rest.starts(with: separator) else { throw .malformed }
                    rest = rest.dropFirst(separator.count)
                }
            }
        }
        if let field = pending {
            assign(field, rest)
        } else if !rest.isEmpty {
            throw .malformed
        }
        guard let hash else { throw .malformed }
        return (hash, salt)
    }

    /// The layout with constants in it.
    func filled(hash: String) -> String {
        parts.map { part in
            switch part {
            case .separator(let bytes): String(decoding: bytes, as: UTF8.self)
            case .field(.hash): hash
            case .field(.salt): "5a0c7e1f93b6d248"
            }
        }.joined()
    }
}

/// A value that is written, and encoded, as text of a grammar.
protocol TextForm: Codable {
    var text: String { get }

    /// - Throws: what is wrong with the text.
    init(_ text: String) throws(OptionProblem)
}

extension TextForm {
    /// For texts of ours.
    init(literal text: String) {
        do throws(OptionProblem) {
            self = try Self(text)
        } catch {
            preconditionFailure("a text of ours: \(error.message)")
        }
    }

    init(from decoder: any Decoder) throws {
        self = try Self(decoder.singleValueContainer().decode(String.self))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// Text with fields in braces.
enum BracedText {
    enum Part {
        case literal(String)
        case field(String)
    }

    static func parts(of text: String) throws(OptionProblem) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while !rest.isEmpty {
            if rest.first == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw OptionProblem("a brace is not closed") }
                parts.append(.field(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(after: end)...]
            } else {
                let end = rest.firstIndex(of: "{") ?? rest.endIndex
                parts.append(.literal(String(rest[..<end])))
                rest = rest[end...]
            }
        }
        guard !parts.isEmpty else { throw OptionProblem("it is empty") }
        return parts
    }
}

/// What is wrong with an option, for whoever wrote it. Never quotes a secret.
public struct OptionProblem: Error, Sendable, Hashable {
    public let message: String

    init(_ message: String) { self.message = message }

    static func list<Choice: RawRepresentable & CaseIterable>(_: Choice.Type, braced: Bool = false) -> String
    where Choice.RawValue == String {
        Choice.allCases.map { braced ? "{\($0.rawValue)}" : $0.rawValue }.joined(separator: ", ")
    }
}
