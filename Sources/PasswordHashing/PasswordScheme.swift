/// A way in which directories keep passwords, by the name it has in `scheme:`.
public struct PasswordScheme: Sendable {
    public let name: String
    /// The software that writes it.
    public let origin: String
    /// The options that it reads, beside those that every scheme does.
    public let options: [String]
    /// A well-formed value that no password is known for, at the cost that the scheme's usual software asks for.
    let dummy: @Sendable (PasswordOptions) -> String
    /// Whether `auto` takes a value for one of this scheme.
    let recognizes: @Sendable (Characters) -> Bool
    let read: @Sendable (StoredValue, PasswordOptions) throws(Refusal) -> StoredHash

    /// The scheme named `auto`: each value's own, as far as its text tells.
    public static let automatic = "auto"

    /// Options of every scheme that is named.
    public static let commonOptions = ["password_encoding", "normalize"]

    /// The scheme of that name. `auto` is none: it is all of them.
    public static func named(_ name: String) -> PasswordScheme? {
        all.first { $0.name == name }
    }

    /// What `scheme:` may say.
    public static var names: [String] { all.map(\.name) + [automatic] }

    /// The first scheme that takes `text` for its own.
    static func detect(_ text: Characters) -> PasswordScheme? {
        all.first { $0.recognizes(text) }
    }

    init(
        _ name: String, from origin: String, options: [String] = [],
        dummy: @escaping @Sendable (PasswordOptions) -> String,
        recognizes: @escaping @Sendable (Characters) -> Bool = { _ in false },
        read: @escaping @Sendable (StoredValue, PasswordOptions) throws(Refusal) -> StoredHash
    ) {
        self.name = name
        self.origin = origin
        self.options = options
        self.dummy = dummy
        self.recognizes = recognizes
        self.read = read
    }

    /// A scheme whose text says all there is to say.
    init(
        _ name: String, from origin: String, options: [String] = [], dummy: String,
        recognizes: @escaping @Sendable (Characters) -> Bool = { _ in false },
        readText: @escaping @Sendable (Characters, PasswordLimits) throws(Refusal) -> StoredHash
    ) {
        self.init(name, from: origin, options: options, dummy: { _ in dummy }, recognizes: recognizes) {
            value, options throws(Refusal) in
            try readText(value.text(), options.limits)
        }
    }
}
