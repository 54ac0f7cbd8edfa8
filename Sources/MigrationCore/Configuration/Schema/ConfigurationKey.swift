/// A key of connectors.yaml: what the file's JSON Schema and its reference page say of it.
///
/// The reader has its own code for each section, so that every message can say what to do. Tests hold the two together:
/// every section of both knows the same keys.
package struct ConfigurationKey: Sendable {
    package let name: String
    package let form: ConfigurationForm
    package let isRequired: Bool
    /// What counts where the key isn't there, as the file would have it.
    package let byDefault: String?
    /// Sentences, in plain text.
    package let help: String

    init(
        _ name: String, _ form: ConfigurationForm, isRequired: Bool = false, byDefault: String? = nil, _ help: String
    ) {
        self.name = name
        self.form = form
        self.isRequired = isRequired
        self.byDefault = byDefault
        self.help = help
    }

    /// The keys below it, if it is a section.
    var keys: [ConfigurationKey] {
        switch form {
        case .section(let keys), .either(_, let keys): keys
        case .directories(let common, let kinds): common + kinds.flatMap(\.keys)
        default: []
        }
    }
}

/// What a key's value may be.
package indirect enum ConfigurationForm: Sendable {
    case version
    case text
    /// Text of a form that a POSIX extended regular expression tells.
    case patterned(String)
    /// Text that may hold `${env:NAME}` and the like.
    case secret
    /// A file, relative to connectors.yaml.
    case path
    /// One text, or a list of them.
    case texts
    case choices([String])
    case choice([String])
    case flag
    case count(ClosedRange<Int>)
    /// A number over 0 and up to 1.
    case share
    case duration(ClosedRange<Duration>)
    case bytes(ClosedRange<Int>)
    case section([ConfigurationKey])
    /// Something short, or a section that says more.
    case either(ConfigurationForm, [ConfigurationKey])
    /// A section whose keys are the user's own names.
    case named(ConfigurationForm, keys: String)
    case anySection
    /// A column, or a section that says how to read one.
    case flagRule
    case rule
    case rules
    case transforms
    case password(canBind: Bool)
    /// The keys of every directory, and each type's own.
    case directories([ConfigurationKey], kinds: [DirectoryKind])

    package struct DirectoryKind: Sendable {
        package let type: String
        package let keys: [ConfigurationKey]
    }
}
