/// An option of `password:` by name: what connectors.yaml, `hash verify --option` and the documentation read.
public struct PasswordOption: Sendable {
    public enum Source: Sendable, Hashable {
        /// Its value is in the file.
        case setting
        /// Its value is another column of the row.
        case column
        /// Its value comes from elsewhere, and is never shown.
        case secret
    }

    /// What a setting's text may be.
    public enum Form: Sendable, Hashable {
        case text, flag
        case choice([String])
        case count(ClosedRange<Int>)
    }

    public let name: String
    public let source: Source
    public let form: Form
    /// What may be said, and what it means.
    public let help: String
    private let apply: @Sendable (inout PasswordOptions, String) throws(OptionProblem) -> Void

    /// Sets it.
    ///
    /// - Throws: why the text is no value of it.
    public func set(_ text: String, in options: inout PasswordOptions) throws(OptionProblem) {
        try apply(&options, text)
    }

    public static func named(_ name: String) -> PasswordOption? {
        all.first { $0.name == name }
    }

    public static let all = [
        PasswordOption(column: "salt", "the column with the salt; absent is empty"),
        choice("salt_encoding", \.saltEncoding, "how the salt's text becomes bytes"),
        PasswordOption(column: "username", "the column with the name that is hashed along"),
        PasswordOption("layout", "how one column holds hash and salt, such as {hash}:{salt}") {
            options, text throws(OptionProblem) in options.layout = try StoredLayout(text)
        },
        PasswordOption("format", "what is hashed, such as {salt}{password|md5}") {
            options, text throws(OptionProblem) in options.format = try PasswordTemplate(text)
        },
        choice("encoding", \.encoding, "how the digest is written"),
        count("iterations", \.iterations, "how often is hashed", in: 1...Int(UInt32.max)),
        choice("chain", \.chain, "what the next round hashes"),
        choice("digest", \.digest, "the digest inside"),
        PasswordOption(secret: "pepper", "a secret that is hashed along"),
        PasswordOption("hmac_key", "what keys the HMAC, such as {pepper}") {
            options, text throws(OptionProblem) in options.hmacKey = try PasswordTemplate(text)
        },
        choice("prehash", \.prehash, "what the password becomes first"),
        choice("prehash_encoding", \.prehashEncoding, "how that is written"),
        choice("password_encoding", \.passwordEncoding, "the bytes of a typed password"),
        choice("normalize", \.normalization, "the Unicode form of a typed password"),
        PasswordOption("allow_cleartext", form: .flag, "true: a value may be the password itself") {
            options, text throws(OptionProblem) in
            guard let flag = ["true": true, "false": false][text] else {
                throw OptionProblem("should be true or false")
            }
            options.allowCleartext = flag
        },
        PasswordOption(secret: "signer_key", "Firebase's base64_signer_key"),
        PasswordOption("salt_separator", "Firebase's base64_salt_separator") { options, text throws(OptionProblem) in
            var bytes = Array(text.utf8)
            let isBase64 = bytes.withUnsafeMutableBytes { (try? Base64.decode(UnsafeRawBufferPointer($0)[...])) != nil }
            guard isBase64 else { throw OptionProblem("should be base64") }
            options.saltSeparator = text
        },
        count("rounds", \.rounds, "Firebase's rounds", in: 1...8192),
        count("mem_cost", \.memoryCost, "Firebase's mem_cost", in: 1...40),
        PasswordOption(column: "secret_data", "the column with Keycloak's secret_data"),
    ]

    // MARK: Kinds of options

    private init(
        _ name: String, source: Source = .setting, form: Form = .text, _ help: String,
        apply: @escaping @Sendable (inout PasswordOptions, String) throws(OptionProblem) -> Void
    ) {
        self.name = name
        self.source = source
        self.form = form
        self.help = help
        self.apply = apply
    }

    private init(column name: String, _ help: String) {
        self.init(name, source: .column, help) { _, _ throws(OptionProblem) in
            throw OptionProblem("should name a column: { from: COLUMN }")
        }
    }

    private init(secret name: String, _ help: String) {
        self.init(name, source: .secret, help) { _, _ throws(OptionProblem) in
            preconditionFailure("a secret is no setting")
        }
    }

    private static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ path: any WritableKeyPath<PasswordOptions, Choice?> & Sendable, _ help: String
    ) -> PasswordOption where Choice.RawValue == String {
        let values = Choice.allCases.map { $0.rawValue }
        return PasswordOption(name, form: .choice(values), "\(help): \(values.joined(separator: ", "))") {
            options, text throws(OptionProblem) in
            guard let value = Choice(rawValue: text) else {
                throw OptionProblem("should be one of \(values.joined(separator: ", "))")
            }
            options[keyPath: path] = value
        }
    }

    private static func count(
        _ name: String, _ path: any WritableKeyPath<PasswordOptions, Int?> & Sendable, _ help: String,
        in range: ClosedRange<Int>
    ) -> PasswordOption {
        PasswordOption(name, form: .count(range), help) { options, text throws(OptionProblem) in
            guard let number = Int(text), range.contains(number) else {
                throw OptionProblem("should be a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            options[keyPath: path] = number
        }
    }
}

extension PasswordOption {
    /// An option's value in JSON, where it is a string, a number or a flag; as the text that `set(_:in:)` takes.
    public struct JSONText: Decodable, Sendable {
        public let text: String

        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                text = String(flag)
            } else if let number = try? container.decode(Int.self) {
                text = String(number)
            } else {
                text = try container.decode(String.self)
            }
        }
    }
}
