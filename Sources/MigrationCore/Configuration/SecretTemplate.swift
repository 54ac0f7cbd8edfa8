#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Text with references to secrets in it, as connectors.yaml has it: `postgresql://reader:${env:DB_PASSWORD}@db/users`.
///
/// References are resolved last, after everything else was checked; the result is a `Secret`.
public struct SecretTemplate: Sendable, Hashable {
    public enum Part: Sendable, Hashable {
        case literal(String)
        /// `${env:NAME}` or `${env:NAME:-default}`; the default also stands in for an empty variable.
        case environment(name: String, default: String?)
        /// `${file:PATH}`: the file's text without the newline at its end; an empty file is an absent value.
        case file(String)
        /// `${secretsmanager:ID}` or `${secretsmanager:ID#key}`: a secret's text, or a member of the JSON object that it is.
        case secretsManager(id: String, key: String?)
        /// `${ssm:/name}`: a parameter of AWS Systems Manager.
        case parameter(String)
    }

    public struct SyntaxError: Error, Sendable, Hashable {
        public let message: String
    }

    /// Why a reference has no value. The message names the reference, never a value.
    public struct Unresolved: Error, Sendable, Hashable {
        public let message: String

        public init(message: String) {
            self.message = message
        }
    }

    public let parts: [Part]

    public init(_ text: String) throws(SyntaxError) {
        var parts: [Part] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            if start.lowerBound > rest.startIndex { parts.append(.literal(String(rest[..<start.lowerBound]))) }
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}") else {
                throw SyntaxError(message: "\"${\" is not closed by \"}\"; write ${env:NAME} or ${file:PATH}")
            }
            parts.append(try Self.reference(rest[..<end]))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        self.parts = parts
    }

    /// The messages quote nothing of the text: what isn't a reference may be part of a password, and a default is one.
    private static func reference(_ text: Substring) throws(SyntaxError) -> Part {
        guard !text.contains("${") else {
            throw SyntaxError(message: "a reference can't hold another one; write the default out, or leave it out")
        }
        guard let colon = text.firstIndex(of: ":") else {
            throw SyntaxError(
                message: "\"${...}\" doesn't say where the secret is; write ${env:NAME}, ${env:NAME:-default} or "
                    + "${file:PATH}")
        }
        let value = text[text.index(after: colon)...]
        switch text[..<colon] {
        case "env":
            let (name, fallback) =
                value.firstRange(of: ":-").map { (value[..<$0.lowerBound], String(value[$0.upperBound...])) }
                ?? (value, nil)
            guard isVariable(name) else {
                throw SyntaxError(
                    message: "\"${env:...}\" should name an environment variable: letters, digits and _, such as "
                        + "${env:DB_PASSWORD}")
            }
            return .environment(name: String(name), default: fallback)
        case "file":
            guard !value.isEmpty else {
                throw SyntaxError(message: "\"${file:}\" names no file; write ${file:PATH}")
            }
            return .file(String(value))
        case "secretsmanager":
            let (id, key) =
                value.firstIndex(of: "#").map { (value[..<$0], value[value.index(after: $0)...]) } ?? (value, nil)
            // AWS documentation, CreateSecret, Name; an ARN has colons.
            guard !id.isEmpty, id.allSatisfy({ isName($0, or: "/_+=.@-:") }), key?.isEmpty != true else {
                throw SyntaxError(
                    message: "\"${secretsmanager:...}\" should name a secret, and perhaps a member of it: "
                        + "${secretsmanager:ID} or ${secretsmanager:ID#key}")
            }
            return .secretsManager(id: String(id), key: key.map { String($0) })
        case "ssm":
            // AWS documentation, PutParameter, Name; an ARN or a version has colons.
            guard !value.isEmpty, value.allSatisfy({ isName($0, or: "/_.-:") }) else {
                throw SyntaxError(
                    message: "\"${ssm:...}\" should name a parameter, such as ${ssm:/migration/db}")
            }
            return .parameter(String(value))
        case let kind:
            let kinds = ["env", "file", "secretsmanager", "ssm"]
            let hint = nearest(to: String(kind), among: kinds).map { "did you mean ${\($0):...}?" }
            throw SyntaxError(
                message: "this kind of reference is unknown; \(hint ?? "write ${env:NAME} or ${file:PATH}")")
        }
    }

    private static func isName(_ character: Character, or others: String) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || others.contains(character))
    }

    /// POSIX, "Environment Variables": names are of letters, digits and `_`, and start with no digit.
    private static func isVariable(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// What of it is kept elsewhere.
    var references: [SecretReference] { parts.compactMap(\.reference) }

    /// Whether it may have another value later: environment variables stay as the process got them.
    var mayChange: Bool {
        parts.contains { part in
            switch part {
            case .literal, .environment: false
            case .file, .secretsManager, .parameter: true
            }
        }
    }

    /// Whether a value that is all secret stands in the text itself: there is no reference, or one with a default.
    package var holdsSecret: Bool {
        let hasReference = parts.contains { if case .literal = $0 { false } else { true } }
        return !parts.isEmpty && !hasReference
            || parts.contains { if case .environment(_, .some(let value)) = $0 { !value.isEmpty } else { false } }
    }

    /// What to do about a secret that stands in the file.
    package static let inlineAdvice =
        "a secret stands in the file itself, for everybody who reads it; write ${env:NAME} or ${file:PATH} in its place"

    /// The text with other text in place of each reference, for looking at the rest of it.
    ///
    /// - Parameter defaults: whether a reference that has a default is that default.
    package func text(withReferencesAs mark: String, defaults: Bool = false) -> String {
        parts.map { part in
            switch part {
            case .literal(let literal): literal
            case .environment(_, .some(let fallback)) where defaults: fallback
            case .environment, .file, .secretsManager, .parameter: mark
            }
        }.joined()
    }

    /// The text with every reference replaced.
    ///
    /// - Parameters:
    ///   - environment: the value of a variable.
    ///   - file: the text of a file, its path as written; throws what is wrong with it.
    ///   - fetched: the secrets that are kept elsewhere.
    package func resolve(
        environment: (String) -> String?, file: (String) throws(Unresolved) -> String,
        fetched: FetchedSecrets = FetchedSecrets()
    ) throws(Unresolved) -> Secret {
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal):
                text += literal
            case .environment(let name, let fallback):
                let value = environment(name).flatMap { $0.isEmpty ? nil : $0 } ?? fallback
                guard let value else {
                    throw Unresolved(message: "the environment variable \(name) is not set, or empty")
                }
                text += value
            case .file(let path):
                var value = try file(path)
                // CR LF is one character.
                if value.last == "\n" || value.last == "\r\n" { value.removeLast() }
                guard !value.isEmpty else { throw Unresolved(message: "the file \(path) is empty") }
                text += value
            case .secretsManager(_, let key):
                text += try part.value(fetched) { secret throws(Unresolved) in
                    guard let key else { return secret.exposedText() }
                    return try Self.member(key, of: secret)
                }
            case .parameter:
                text += try part.value(fetched) { $0.exposedText() }
            }
        }
        return Secret(text)
    }
}

extension SecretTemplate {
    /// A member of the JSON object that a secret is, as Secrets Manager's own secrets of databases are.
    private static func member(_ key: String, of secret: Secret) throws(Unresolved) -> String {
        let object = secret.withExposed { bytes in
            try? JSONDecoder().decode([String: Member].self, from: Data(bytes))
        }
        guard let object else {
            throw Unresolved(
                message: "it is no JSON object, so it has no \"\(key)\"; leave out \"#\(key)\", or store one")
        }
        guard let text = object[key]?.text, !text.isEmpty else {
            throw Unresolved(message: "it has no \"\(key)\", or an empty one")
        }
        return text
    }

    /// A text or a number, such as a port.
    private struct Member: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            text = (try? container.decode(String.self)) ?? (try? container.decode(Int.self)).map { String($0) }
        }
    }
}

extension SecretTemplate.Part {
    /// nil for what the environment or a file has.
    fileprivate var reference: SecretReference? {
        switch self {
        case .literal, .environment, .file: nil
        case .secretsManager(let id, _): .secretsManager(id)
        case .parameter(let name): .parameter(name)
        }
    }

    /// As it is written.
    private var text: String {
        switch self {
        case .secretsManager(let id, let key): "${secretsmanager:\(id)\(key.map { "#\($0)" } ?? "")}"
        case .parameter(let name): "${ssm:\(name)}"
        case .literal, .environment, .file: ""
        }
    }

    /// - Throws: with the reference, whatever is wrong.
    fileprivate func value(
        _ fetched: FetchedSecrets, _ read: (Secret) throws(SecretTemplate.Unresolved) -> String
    ) throws(SecretTemplate.Unresolved) -> String {
        guard let reference else { return "" }
        do throws(SecretTemplate.Unresolved) {
            let value = try read(try fetched.value(of: reference))
            guard !value.isEmpty else { throw SecretTemplate.Unresolved(message: "its value is empty") }
            return value
        } catch {
            throw SecretTemplate.Unresolved(message: "\(text): \(error.message)")
        }
    }
}
