/// Options, secrets and columns by name, where all are given as text: one stored value being tried out.
public struct PasswordSettings: Sendable {
    public var options = PasswordOptions()
    public var secrets = PasswordSecrets()
    public var row = PasswordRow()
    /// The names that were set.
    public private(set) var names: [String] = []

    public init() {}

    /// - Throws: why there is no such option, or the text is no value of it. A secret is not quoted.
    public mutating func set(_ name: String, to text: String) throws(OptionProblem) {
        guard let option = PasswordOption.named(name) else { throw OptionProblem("there is no such option") }
        names.append(name)
        switch option.source {
        case .setting:
            try option.set(text, in: &options)
        case .column:
            row.set(Array(text.utf8), for: name)
        case .secret:
            var text = text
            text.withUTF8 { secrets.set(UnsafeRawBufferPointer($0), for: name) }
        }
    }

    /// What is wrong with the names together, for a scheme of that name.
    public func problem(with scheme: String) -> String? {
        PasswordScheme.problem(with: scheme, options: options, names: Set(names))
    }
}

extension PasswordRow {
    /// - Parameter name: of an option whose source is a column; others are left.
    public mutating func set(_ bytes: [UInt8], for name: String) {
        switch name {
        case "salt": salt = bytes
        case "username": username = bytes
        case "secret_data": secretData = bytes
        default: break
        }
    }
}

extension PasswordSecrets {
    /// - Parameter name: of an option whose source is a secret; others are left.
    public mutating func set(_ bytes: UnsafeRawBufferPointer, for name: String) {
        // An empty value is an absent value.
        guard !bytes.isEmpty else { return }
        switch name {
        case "pepper": setPepper(bytes)
        case "signer_key": setSignerKey(bytes)
        default: break
        }
    }
}

extension PasswordScheme {
    /// What is wrong with options of these names for a scheme: one that it doesn't read, or one that it lacks.
    ///
    /// - Parameter names: of the options that are set, whatever their source.
    public static func problem(with name: String, options: PasswordOptions, names: Set<String>) -> String? {
        guard let scheme = named(name) else {
            // `auto`, or none, which is another's to say.
            let strange = names.subtracting(["allow_cleartext"]).sorted()
            return strange.isEmpty ? nil : "\(strange[0]) needs a scheme that is named, not auto"
        }
        let known = scheme.options + commonOptions + ["allow_cleartext"]
        if let strange = names.subtracting(known).min() {
            return "\(strange) is no option of \(name); it has "
                + (scheme.options + commonOptions).joined(separator: ", ")
        }
        if let missing = scheme.missingOption(options, names) { return "\(name) needs \(missing)" }
        if let iterations = options.iterations {
            let (limit, key) =
                switch name {
                case "symfony": (options.limits.symfonyIterations, "symfony_iterations")
                case "pbkdf2": (options.limits.pbkdf2Iterations, "pbkdf2_iterations")
                default: (options.limits.digestIterations, "digest_iterations")
                }
            if iterations > limit {
                return "iterations is over the limit (limits: \(key) is \(limit)): no hash would be verified"
            }
        }
        for template in [options.format, options.hmacKey].compactMap({ $0 }) {
            for field in [PasswordTemplate.Field.pepper, .salt, .username]
            where template.uses(field) && !names.contains(field.rawValue)
                && !(field == .salt && names.contains("layout"))
            {
                return "{\(field.rawValue)} is in a template, and there is no \(field.rawValue)"
            }
        }
        return nil
    }

    private func missingOption(_ options: PasswordOptions, _ names: Set<String>) -> String? {
        if options.prehash?.isKeyed ?? false, !names.contains("pepper") { return "pepper, which keys the prehash" }
        switch name {
        case "firebase-scrypt":
            return ["signer_key", "rounds", "mem_cost", "salt"].first { !names.contains($0) }
        case "pbkdf2":
            let bare = ["digest", "iterations"]
            return bare.contains(where: names.contains) ? bare.first { !names.contains($0) } : nil
        case "postgres-md5":
            return names.contains("username") ? nil : "username"
        case "plain":
            return options.allowCleartext ? nil : "allow_cleartext: true"
        default:
            return nil
        }
    }
}
