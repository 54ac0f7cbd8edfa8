internal import PasswordHashing

/// docs/password-hashes.md: what the table of schemes says of itself.
public enum PasswordSchemesPage {
    public static func markdown() -> String {
        var lines = [
            "# Password hashes",
            "",
            "<!-- Made from the table of schemes by PasswordHashingTests: don't edit. RECORD_DOCS=1 writes it again. -->",
            "",
            "What `password: { scheme: ... }` of a directory may say. `auto`, which is also what is meant where nothing is "
                + "said, finds a scheme by how a value begins; bare hex, `hash:salt`, base64 and clear text are never guessed.",
            "",
            "The last column says how such a password can come along into the pool: *as-is* and *re-encoded* by Cognito's "
                + "import, under the algorithm named; *sign-in* only by the trigger. Costs above the import's (bcrypt 12, "
                + "PBKDF2 600,000, scrypt 65536/8/1, argon2id 19456/2/1) make a hash *sign-in* too. The examples are cut "
                + "where they are long.",
            "",
            "| scheme | where it comes from | example | options | hand-over |",
            "|---|---|---|---|---|",
        ]
        for scheme in PasswordScheme.all {
            let examples = PasswordExample.all.filter { $0.scheme == scheme.name }
            for (index, example) in examples.enumerated() {
                let first = index == 0
                lines.append(
                    "| \(first ? "`\(scheme.name)`" : "") | \(first ? scheme.origin : "") | \(code(shortened(example.stored)))"
                        + " | \(first ? options(of: scheme) : "")\(used(example, first: first)) | \(handover(example)) |"
                )
            }
        }
        lines += [
            "", "## Options", "", "Every scheme that is named also reads `password_encoding` and `normalize`.", "",
        ]
        lines += ["| option | what it says |", "|---|---|"]
        lines += PasswordOption.all.map { option in
            let kind =
                switch option.source {
                case .setting: ""
                case .column: " (`{ from: COLUMN }`)"
                case .secret: " (a secret: `${env:NAME}` and the like)"
                }
            return "| `\(option.name)` | \(cell(option.help))\(kind) |"
        }
        lines += [
            "", "## Limits", "",
            "A hash that asks for more is not computed: its user is *unverifiable*, and Forgot password still works. "
                + "`password: { limits: { bcrypt_cost: 16 } }` moves them. scrypt with p = 1 is computed up to r = 16 (the "
                + "library's own bound), but for crypt(3)'s `$7$`.",
            "", "| limit | most | of |", "|---|---|---|",
        ]
        let limits = PasswordLimits()
        lines += PasswordLimits.keys.map { "| `\($0.name)` | \(limits[keyPath: $0.path]) | \($0.help) |" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func options(of scheme: PasswordScheme) -> String {
        scheme.options.map { "`\($0)`" }.joined(separator: " ")
    }

    /// The options that the example was made with; of secrets and columns only that there are.
    private static func used(_ example: PasswordExample, first: Bool) -> String {
        guard !example.options.isEmpty else { return "" }
        let texts = example.options.sorted { $0.key < $1.key }.map { name, value in
            PasswordOption.named(name)?.source == .setting ? "\(name): \(value)" : name
        }
        return (first ? "<br>" : "") + "here " + texts.map { code($0) }.joined(separator: ", ")
    }

    private static func handover(_ example: PasswordExample) -> String {
        guard let settings = try? example.settings(),
            let verifier = PasswordVerifier(
                scheme: example.scheme, options: settings.options, secrets: settings.secrets)
        else { return "" }
        var stored = example.stored
        let handover = stored.withUTF8 { verifier.handover(of: UnsafeRawBufferPointer($0), row: settings.row) }
        switch handover {
        case .asIs(let algorithm), .reencoded(let algorithm): return "\(handover.code): \(algorithm.rawValue)"
        case .signIn, .reset: return "\(handover.code): \(handover.explanation)"
        }
    }

    private static func shortened(_ text: String) -> String {
        text.count <= 48 ? text : text.prefix(46) + "…"
    }

    private static func code(_ text: String) -> String { "`\(cell(text))`" }
    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
