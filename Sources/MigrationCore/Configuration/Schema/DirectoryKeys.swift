internal import PasswordHashing

extension ConfigurationKeys {
    static func directories(kinds: [any ConnectorKind.Type]) -> ConfigurationForm {
        .directories(common, kinds: kinds.map { .init(type: $0.typeName, keys: keys(of: $0)) })
    }

    /// What every directory has.
    private static let common = [
        ConfigurationKey("name", .text, isRequired: true, "A short name of its own, for messages and reports."),
        ConfigurationKey("type", .text, isRequired: true, "What it is; the type decides which other keys there are."),
        ConfigurationKey("key", .text, isRequired: true, "The column with the user's stable id in this directory."),
        ConfigurationKey("disabled", .flagRule, "Who may not sign in."),
        ConfigurationKey("must_reset", .flagRule, "Whose password must be changed."),
        ConfigurationKey("migrated", .flagRule, "Who is in the pool already, and so is not offered again."),
        ConfigurationKey(
            "changed", .text, "The column that says when an entry was last changed. Not at work yet."),
        ConfigurationKey(
            "names", .texts,
            "Regular expressions (POSIX extended). Only a name in which one of them is found is asked here; every name "
                + "if there is none."),
        ConfigurationKey(
            "password_changed", .text,
            "The column that says when the password was last changed in the directory. Not at work yet."),
        choice(
            "on_unavailable", ChainContinuation.stop,
            "What an outage means: stop, nobody else may decide then; next, the next directory is asked, for "
                + "directories whose people don't overlap."),
        choice(
            "on_wrong_password", ChainContinuation.stop,
            "What a wrong password means: stop, it is refused; next, the next directory is asked, too."),
        ConfigurationKey(
            "attempts",
            .section([
                ConfigurationKey(
                    "limit", .count(ConfigurationReader.attemptLimits), byDefault: "\(AttemptSettings().limit)",
                    "Wrong passwords; after so many the directory is not asked for that user. 0 counts nothing."),
                ConfigurationKey(
                    "window", .duration(ConfigurationReader.attemptWindows), byDefault: text(AttemptSettings().window),
                    "How long they count."),
            ]),
            "Spares the directory's own lockout. By default on where the directory checks passwords itself (password: "
                + "bind). Counted by each process for itself."),
        ConfigurationKey(
            "timeout", .duration(ConfigurationReader.timeouts), byDefault: "2s",
            "The longest a look-up or a bind may take; under serve it may exceed the budget of a sign-in."),
        ConfigurationKey(
            "retired", .flag, byDefault: "false",
            "true: the directory is never asked; the snapshot answers for it."),
        ConfigurationKey("attributes", .rules, "What this directory maps otherwise than the attributes of all."),
    ]

    /// A type's own keys, those of every type that it writes in its own way included.
    private static func keys(of kind: any ConnectorKind.Type) -> [ConfigurationKey] {
        var keys = kind.options.map { option in
            ConfigurationKey(option.name, form(of: option.form), isRequired: option.isRequired, option.help)
        }
        keys.append(
            ConfigurationKey(
                "password", .password(canBind: kind.checksPasswords), isRequired: !kind.checksPasswords,
                byDefault: kind.checksPasswords ? "bind" : nil,
                kind.checksPasswords
                    ? "bind: the directory checks passwords itself. Or the column with the hash."
                    : "The column with the hash, and how to check it."))
        switch kind.onMigrated {
        case .statement(let parameter):
            keys.append(
                ConfigurationKey(
                    "on_migrated", .text,
                    "A statement that is run once the pool has the user, on a writable connection of its own; "
                        + "\(parameter) is the key. Not at work yet: nobody is marked."))
        case .modification:
            keys.append(
                ConfigurationKey(
                    "on_migrated",
                    .section([
                        ConfigurationKey("dn", .text, byDefault: "{dn}", "The entry to change, a template."),
                        ConfigurationKey(
                            "modify", .named(.text, keys: "directory attribute"), isRequired: true,
                            "The attributes to set, each with a template."),
                    ]),
                    "What is changed once the pool has the user. Not at work yet: nobody is marked."))
        case nil:
            break
        }
        return keys
    }

    private static func form(of form: ConnectorOption.Form) -> ConfigurationForm {
        switch form {
        case .text: .text
        case .secret: .secret
        case .path: .path
        case .texts: .texts
        case .flag: .flag
        case .count(let range): .count(range)
        case .choice(let names): .choice(names)
        }
    }

    /// The keys of `password:` where it is a section: the scheme, and the options of PasswordHashing's tables.
    package static let password =
        [
            ConfigurationKey("from", .text, isRequired: true, "The column with the hash."),
            ConfigurationKey(
                "scheme", .choice(PasswordScheme.names), byDefault: PasswordScheme.automatic,
                "How it was made; auto recognises each value by its text."),
        ]
        + PasswordOption.all.map { option in
            ConfigurationKey(option.name, form(of: option), sentence(option.help))
        }
        + [
            ConfigurationKey(
                "limits",
                .section(
                    PasswordLimits.keys.map { key in
                        ConfigurationKey(
                            key.name, .count(key.range), byDefault: "\(PasswordLimits()[keyPath: key.path])",
                            sentence(key.help))
                    }),
                "The most that one verification may cost, where it may cost more.")
        ]

    private static func form(of option: PasswordOption) -> ConfigurationForm {
        switch (option.source, option.form) {
        case (.column, _): .section([ConfigurationKey("from", .text, isRequired: true, sentence(option.help))])
        case (.secret, _): .secret
        case (.setting, .text): .text
        case (.setting, .flag): .flag
        case (.setting, .choice(let values)): .choice(values)
        case (.setting, .count(let range)): .count(range)
        }
    }

    /// Help of PasswordHashing's tables is a part of a sentence.
    private static func sentence(_ help: String) -> String {
        help.prefix(1).uppercased() + help.dropFirst() + "."
    }
}
