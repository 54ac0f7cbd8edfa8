import ConnectorRegistry
import Foundation
import MigrationCore
import PasswordHashing
import Testing

/// docs/configuration.md is made from the table of keys; `RECORD_GOLDEN=1` makes it anew.
struct ReferencePageTests {
    private static let file = SchemaTests.project.appending(path: "docs/configuration.md")

    @Test func `the page says what the table of keys says`() throws {
        let page = ReferencePage(keys: ConfigurationKeys.all(kinds: ConnectorRegistry.kinds)).text
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try Data(page.utf8).write(to: Self.file)
            Issue.record("recorded configuration.md; a recording proves nothing")
            return
        }
        #expect(page == (try String(contentsOf: Self.file, encoding: .utf8)))
    }

    @Test func `defaults are what the model has`() throws {
        let yaml =
            "version: 1\ndirectories:\n  - { name: a, type: csv, path: a.csv, match: a, key: id, password: { from: b } }\n"
            + "attributes: { email: { from: c } }\n"
        let configuration = try #require(read(yaml: Array(yaml.utf8)).configuration)
        let tree = YAMLTree.section([])
        var said = 0
        for key in ConfigurationKeys.all(kinds: ConnectorRegistry.kinds) {
            for (path, text) in Self.defaults(key, []) where !path.contains("snapshot") {
                // The same file with the default written out.
                var more = YAMLTree.text(text)
                if text.hasPrefix("[") { more = .list([.text(String(text.dropFirst().dropLast()))]) }
                for name in path.dropFirst().reversed() { more = .section([.init(key: name, value: more)]) }
                let line = String(decoding: tree.adding(path[0], more, to: []).yaml, as: UTF8.self)
                let result = read(yaml: Array((yaml + line).utf8))
                #expect(result.configuration == configuration, "\(path): \(result.problems)")
                said += 1
            }
        }
        #expect(said > 15)
    }

    /// Of sections outside directories, which alone can be left out.
    private static func defaults(_ key: ConfigurationKey, _ path: [String]) -> [([String], String)] {
        let here = path + [key.name]
        if case .section(let keys) = key.form, key.name != "groups", key.name != "mfa" {
            return keys.flatMap { defaults($0, here) }
        }
        return key.byDefault.map { [(here, $0)] } ?? []
    }
}

/// Markdown of every key, in the order of the file.
struct ReferencePage {
    let keys: [ConfigurationKey]

    var text: String {
        Self.head + keys.map { section($0, path: $0.name, depth: 2) }.joined() + Self.rules + Self.secrets
    }

    private static let head = """
        # connectors.yaml

        Every key, in the order of the file. `connectors.yaml.example` shows them in use; `migrate-cli config check` says
        what is wrong with a file, each mistake with its line and what to do. `migrate-cli config schema` prints the JSON
        Schema (`connectors.schema.json` here), by which an editor completes keys and explains them; for editors with the
        YAML language server that takes one line at the top of the file:

            # yaml-language-server: $schema=docs/connectors.schema.json

        Some rules hold everywhere:

        - An empty value is an absent value.
        - Every value is a text, and its key says what it means: `no` and `010` are what they look like. A list of texts may
          be one text.
        - A time is `400ms`, `2s`, `5m` or `24h`; a size `512KiB`, `32MiB` or `1GiB`. False-like is what is empty, `0`, `f`,
          `false`, `n`, `no` or `off`, in any case of letters; every other value is true-like.
        - Tags, anchors, aliases and merge keys are refused; so is a key that is there twice.

        **Not at work yet** means that this version reads and checks the key and does nothing by it. `config check` warns of
        each, and says what happens instead. Relative paths are relative to the file.


        """

    private func section(_ key: ConfigurationKey, path: String, depth: Int) -> String {
        var text = "\(String(repeating: "#", count: depth)) \(path)\n\n\(key.help)"
        if key.isRequired { text += " Required." }
        text += "\n\n"
        switch key.form {
        case .section(let keys):
            text += table(keys)
            for key in keys where isSection(key) { text += section(key, path: "\(path).\(key.name)", depth: depth + 1) }
        case .directories(let common, let kinds):
            text += "Every directory has these keys, beside those of its type:\n\n" + table(common)
            for key in common where isSection(key) {
                text += section(key, path: "\(path).\(key.name)", depth: depth + 1)
            }
            for kind in kinds {
                text += "\(String(repeating: "#", count: depth + 1)) type: \(kind.type)\n\n" + table(kind.keys)
                for key in kind.keys where isSection(key) {
                    text += section(key, path: "\(path).\(key.name)", depth: depth + 2)
                }
            }
            text += "### directories.password\n\nWhere it is a section:\n\n" + table(ConfigurationKeys.password)
            text += Self.flags + table(ConfigurationKeys.flag)
            text += "A date or number that can't be read counts as true, and is reported.\n\n"
            text += Self.order
        default:
            text += "Takes: \(value(key.form)).\n\n"
        }
        return text
    }

    private func isSection(_ key: ConfigurationKey) -> Bool {
        if case .section = key.form { true } else { false }
    }

    private func table(_ keys: [ConfigurationKey]) -> String {
        let rows = keys.map { key in
            let byDefault = key.byDefault.map { "`\($0)`" } ?? (key.isRequired ? "required" : "")
            return "| `\(key.name)` | \(value(key.form)) | \(byDefault) | \(Self.cell(key.help)) |\n"
        }
        return "| key | value | default | meaning |\n| --- | --- | --- | --- |\n" + rows.joined() + "\n"
    }

    private static func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|")
    }

    private func value(_ form: ConfigurationForm) -> String {
        switch form {
        case .version: "`1`"
        case .text: "a text"
        case .patterned: "a text of that form"
        case .secret: "a text with secret references"
        case .path: "a file"
        case .texts: "a text or a list of them"
        case .choice(let names): names.map { "`\($0)`" }.joined(separator: ", ")
        case .choices(let names): "a list of " + names.map { "`\($0)`" }.joined(separator: ", ")
        case .flag: "`true`, `false`"
        case .count(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .share: "over 0, up to 1"
        case .duration(let range): "a time, \(ConfigurationKeys.words(range))"
        case .bytes(let range): "a size, \(ConfigurationKeys.words(range))"
        case .section: "a section, below"
        case .either(let short, let keys):
            "\(value(short)), or a section of " + keys.map { "`\($0.name)`" }.joined(separator: ", ")
        case .named(let form, let keys): "for each \(keys): \(value(form))"
        case .anySection: "a section"
        case .flagRule: "a [flag](#flags)"
        case .rule: "a [rule](#rules)"
        case .rules: "for each attribute of the pool: a [rule](#rules)"
        case .transforms: "a [transform](#transforms) or a list of them"
        case .password(let canBind): canBind ? "`bind`, or a section, below" : "a section, below"
        case .directories: "a list"
        }
    }

    private static let flags = """
        ### Flags

        `disabled`, `must_reset`, `migrated`, `mfa.sms` and `mfa.enrolled` name a column, and are true where it is true-like.
        Or they are a section, with one of `bit`, `equals` and `before`:


        """

    /// When a directory is asked, and when it never would be.
    private static let order = """
        ### Which directory decides

        They are asked in order, each only for names in which one of its `names` is found. One that doesn't know a user
        passes on; the first that knows the user decides. An outage ends it, unless that directory says
        `on_unavailable: next`; so does a wrong password, unless it says `on_wrong_password: next`.

        So a directory always comes into play for somebody, with two exceptions, and `config check` refuses both:

        - One before it takes all its names (it has no `names`, one that is found in every name, or the same and more), is
          `retired`, has no `cache.snapshot` to answer for it, and lets no outage pass: the later one can never be asked.
        - One before it takes all its names and asks the same place the same question, and lets neither an outage nor a
          wrong password pass: the later one knows nobody whom that one doesn't know, and can never decide.


        """

    private var transforms: String {
        ConfigurationKeys.transforms.map { transform in
            let name = transform.argument == nil ? "`\(transform.name)`" : "`{ \(transform.name): … }`"
            let argument = transform.argument.map { form -> String in
                if case .section(let keys) = form {
                    return keys.map { "`\($0.name)`: \($0.help)" }.joined(separator: " ")
                }
                return value(form)
            }
            return "| \(name) | \(argument ?? "") | \(Self.cell(transform.help)) |\n"
        }.joined()
    }

    private static var rules: String {
        let page = ReferencePage(keys: [])
        return """
            ## Rules

            How `username` and each attribute of the pool is made from a directory's columns. Required: `from` or `template`,
            not both.


            """ + page.table(ConfigurationKeys.rule) + """
                ## Transforms

                Steps of `transform:`, a name or one name with its argument.

                | transform | argument | what it makes |
                | --- | --- | --- |

                """ + page.transforms + "\n"
    }

    private static let secrets = """
        ## Secrets

        | reference | what it stands for |
        | --- | --- |
        | `${env:NAME}` | an environment variable; one that isn't set, or empty, is an error |
        | `${env:NAME:-default}` | the same with a text in its place |
        | `${file:PATH}` | a file's text, without the newline at its end |
        | `${secretsmanager:ID}`, `${secretsmanager:ID#key}` | a secret of AWS Secrets Manager, or a member of the JSON object that it is, read when the program starts and again when it is rotated ([secrets](secrets.md)) |
        | `${ssm:/name}` | a parameter of AWS Systems Manager, read likewise |

        They are replaced when a command or the function starts; what is missing then is said at once, each with its line. The
        compiled form has them as they are written. A value that came from one is never printed, logged or shown in an error.
        A password or key that stands in the file itself is a warning.

        """
}
