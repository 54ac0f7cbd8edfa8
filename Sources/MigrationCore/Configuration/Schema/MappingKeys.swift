extension ConfigurationKeys {
    /// The keys of a rule: `username`, and each value under `attributes`.
    package static let rule = [
        ConfigurationKey("from", .texts, "The column to take the value from; of a list the first with a value."),
        ConfigurationKey(
            "template", .text,
            "Text with {columns} in it, instead of from. Missing parts are empty; all missing is absent."),
        ConfigurationKey("transform", .transforms, "What is done to the value, step by step."),
        ConfigurationKey(
            "when",
            .either(
                .text,
                [
                    ConfigurationKey("from", .text, isRequired: true, "The column to look at."),
                    ConfigurationKey("equals", .text, "Whether it has exactly this value."),
                    ConfigurationKey(
                        "present", .flag, byDefault: "true", "Whether it has a value, or with false has none."),
                ]),
            "The rule counts only where this holds of a column: its name alone means that it has a value."),
        ConfigurationKey("required", .flag, byDefault: "false", "true: nobody comes into the pool without it."),
        choice(
            "on_invalid", AttributeRule.OnInvalid.reject,
            "What becomes of a value that the pool doesn't take: the user is refused, the value left out, or cut."),
        ConfigurationKey("join", .text, "Joins several values with this text; without it the first one counts."),
    ]

    /// The keys of a flag (`disabled`, `must_reset`, `migrated`, `mfa.sms`, `mfa.enrolled`) where it is a section.
    package static let flag = [
        ConfigurationKey("from", .text, isRequired: true, "The column to look at."),
        ConfigurationKey(
            "bit", .count(1...Int(Int32.max)),
            "True if this bit of the column's number is set, such as 2 in Active Directory's userAccountControl."),
        ConfigurationKey("equals", .text, "True if the column has exactly this value."),
        ConfigurationKey("before", .choice(["now"]), "True if the column's date or time has passed."),
    ]

    /// A step of `transform:`.
    package struct TransformKey: Sendable {
        package let name: String
        /// nil for one without an argument.
        package let argument: ConfigurationForm?
        package let help: String
    }

    private static let pattern = ConfigurationKey(
        "pattern", .text, isRequired: true, "A regular expression (POSIX extended).")

    private static let caseSensitive = ConfigurationKey(
        "case_sensitive", .flag, byDefault: "true", "false: in any case of letters.")

    package static let transforms = [
        TransformKey(name: "trim", argument: nil, help: "Without space at its ends."),
        TransformKey(name: "lowercase", argument: nil, help: "In small letters."),
        TransformKey(name: "uppercase", argument: nil, help: "In capital letters."),
        TransformKey(name: "collapse_whitespace", argument: nil, help: "One space for each run of them."),
        TransformKey(name: "nfc", argument: nil, help: "In Unicode's composed form (NFC)."),
        TransformKey(name: "epoch", argument: nil, help: "An instant as whole seconds since 1970."),
        TransformKey(
            name: "boolean", argument: nil, help: "false where the value is false-like or there is none, else true."),
        TransformKey(
            name: "present", argument: nil, help: "true if there is a value, else false."),
        TransformKey(name: "rdn", argument: nil, help: "The value of a distinguished name's first part, unescaped."),
        TransformKey(name: "prefix", argument: .text, help: "This text before it."),
        TransformKey(name: "suffix", argument: .text, help: "This text after it."),
        TransformKey(
            name: "replace",
            argument: .section([
                pattern,
                ConfigurationKey("with", .text, isRequired: true, "What is put in its place; \"\" for nothing."),
                caseSensitive,
            ]), help: "Every match of a regular expression replaced."),
        TransformKey(
            name: "extract",
            argument: .either(
                .text,
                [
                    pattern,
                    ConfigurationKey("group", .count(0...9), "Which group of it; the first if there is one, 0 is all."),
                    caseSensitive,
                ]), help: "What a regular expression finds, or none."),
        TransformKey(
            name: "split",
            argument: .section([
                ConfigurationKey("separator", .text, isRequired: true, "The text between the parts."),
                ConfigurationKey(
                    "index", .count(-1000...1000), byDefault: "0", "Which part, from 0; from -1 backwards from the end."
                ),
            ]), help: "One part of it."),
        TransformKey(name: "join", argument: .text, help: "All values as one, with this text between them."),
        TransformKey(
            name: "lookup", argument: .named(.text, keys: "value"), help: "The value's own in this table, or none."),
        TransformKey(
            name: "e164",
            argument: .section([
                ConfigurationKey(
                    "country_code", .patterned("^[1-9][0-9]{0,2}$"), isRequired: true,
                    "The digits of the country of numbers without one, such as \"49\"."),
                ConfigurationKey("trunk_prefix", .text, "What stands before national numbers, such as \"0\"."),
            ]), help: "A phone number as the pool takes it: + and digits."),
        TransformKey(
            name: "date",
            argument: .either(
                .texts,
                [
                    ConfigurationKey("from", .texts, isRequired: true, "The form, such as DD.MM.YYYY, or several."),
                    ConfigurationKey(
                        "pivot", .count(0...99), "With a year of two digits: the last that belongs to this century."),
                ]), help: "A date as the pool takes it, YYYY-MM-DD."),
        TransformKey(
            name: "truncate", argument: .count(1...AttributeValidator.maxValueBytes),
            help: "At most so many bytes, never a part of a character."),
        TransformKey(name: "default", argument: .text, help: "This text where there is no value."),
    ]

    /// How a key of `attributes` looks.
    static var attributePattern: String {
        "^(\(ConfigurationReader.standardAttributes.joined(separator: "|"))|(dev:)?custom:.{1,20})$"
    }
}
