/// The keys of connectors.yaml, in the order of the file.
package enum ConfigurationKeys {
    /// - Parameter kinds: the kinds of directory that the file may name.
    package static func all(kinds: [any ConnectorKind.Type]) -> [ConfigurationKey] {
        [
            ConfigurationKey("version", .version, isRequired: true, "The form of this file: 1."),
            ConfigurationKey(
                "user_pool", .section(userPool),
                "The user pool that the users come into. Without its settings a pool as the console makes it today is "
                    + "assumed: sign-in by email, any case of letters; with username, a pool of user names without "
                    + "aliases."),
            ConfigurationKey("sign_in", .section(signIn), "How the trigger answers Cognito."),
            ConfigurationKey("cache", .section(cache), "What is kept of the directories' answers."),
            ConfigurationKey(
                "directories", directories(kinds: kinds), isRequired: true,
                "Where the users are. They are asked in this order; the first that knows a user decides."),
            ConfigurationKey(
                "username", .rule,
                "The canonical name, in pools whose users have user names. Not in pools that sign in by email or phone."
            ),
            ConfigurationKey(
                "attributes", .rules,
                "The attributes of the pool, each with the rule that makes it from a directory's columns."),
            ConfigurationKey(
                "groups", .section(groups),
                "Which groups of the pool a user comes into. Not at work yet: nobody is put into a group."),
            ConfigurationKey(
                "mfa", .section(mfa),
                "Second factors that users have in the directory. Not at work yet: nobody is refused or enrolled."),
            ConfigurationKey(
                "migration_mark", .patterned("^(dev:)?custom:.{1,20}$"),
                "A custom attribute of the pool that says how a user came into it: import, trigger, or signed-in once "
                    + "the user has signed in. Not at work yet."),
            ConfigurationKey("import", .section(importing), "The bulk import. Not at work yet."),
            ConfigurationKey(
                "reconcile", .section(reconcile),
                "How directories and pool are kept in step. Not at work yet."),
            ConfigurationKey(
                "triggers", .anySection,
                "The pool's other triggers, each off until it has a key here. Not at work yet: any section is taken, "
                    + "and their events go back as they came."),
            ConfigurationKey("log", .section(log), "What log lines show of a person."),
        ]
    }

    private static let userPool = [
        ConfigurationKey(
            "id", .patterned(ConfigurationReader.poolIDPattern), "The pool's id, such as us-east-1_EXAMPLE."),
        ConfigurationKey("region", .patterned(ConfigurationReader.regionPattern), "Its region; the id begins with it."),
        ConfigurationKey(
            "endpoint", .patterned(ConfigurationReader.endpointPattern),
            "Another endpoint for the Cognito API, such as http://127.0.0.1:5555."),
        ConfigurationKey(
            "schema", .path,
            "The saved output of \"aws cognito-idp describe-user-pool\": what the pool's users are named by, and what "
                + "its attributes take. The trigger never asks the pool."),
    ]

    private static var signIn: [ConfigurationKey] {
        let settings = SignInSettings()
        let times = Duration.zero...SignInSettings.maxBudget
        return [
            ConfigurationKey(
                "budget", .duration(ConfigurationReader.budgets), byDefault: text(settings.budget),
                "The latest answer, from the event's arrival; Cognito waits 5 seconds."),
            ConfigurationKey(
                "cold_start_reserve", .duration(times), byDefault: text(settings.coldStartReserve),
                "Kept back from the first event of a new process."),
            ConfigurationKey(
                "deny_floor", .duration(times), byDefault: text(settings.denyFloor),
                "No refusal comes sooner, so that its time tells nothing. Shorter than budget."),
            choice(
                "final_user_status", settings.finalUserStatus,
                "The user's status after a sign-in with the right password. After Forgot password it is always "
                    + "RESET_REQUIRED."),
            choice(
                "forgot_password", settings.forgotPassword,
                "Whether Forgot password brings a user into the pool who isn't there yet."),
            choice(
                "message_action", settings.messageAction,
                "SUPPRESS: no welcome message. SEND: Cognito sends its own."),
            ConfigurationKey(
                "desired_delivery_mediums", .choices(names(SignInSettings.DeliveryMedium.self)), byDefault: "[EMAIL]",
                "How a welcome message travels."),
            ConfigurationKey(
                "force_alias_creation", .flag, byDefault: "false",
                "true takes an email or phone alias from whoever holds it in the pool, who can't sign in with it any "
                    + "more."),
            choice(
                "on_must_reset", settings.onMustReset,
                "reset: a right password that must be changed is changed by a code, if one can reach a verified "
                    + "address. deny: it is refused."),
            choice(
                "password_policy", settings.passwordPolicy,
                "pool: a right password that is too weak for the pool must be reset. Needs user_pool.schema."),
            ConfigurationKey(
                "messages",
                .section([
                    ConfigurationKey(
                        "unavailable", .text, byDefault: settings.messages.unavailable,
                        "What the user may read when no directory could say in time."),
                    ConfigurationKey(
                        "unmappable", .text, byDefault: settings.messages.unmappable,
                        "What the user may read when a required attribute is missing or a value is invalid."),
                ]), "Texts that Cognito shows to the user."),
        ]
    }

    private static var cache: [ConfigurationKey] {
        let memory = CacheSettings.Memory()
        return [
            ConfigurationKey(
                "memory",
                .section([
                    ConfigurationKey(
                        "entries", .count(ConfigurationReader.cacheEntries), byDefault: "\(memory.entries)",
                        "Entries at the most, of all directories together; 0 keeps nothing."),
                    ConfigurationKey(
                        "bytes", .bytes(ConfigurationReader.cacheBytes),
                        byDefault: MappingReader.text(ofBytes: memory.bytes), "What they may take together."),
                    ConfigurationKey(
                        "ttl", .duration(ConfigurationReader.cacheTTL), byDefault: text(memory.ttl),
                        "How long an entry is believed. A password that was changed works at once all the same; the old one, so long."
                    ),
                    ConfigurationKey(
                        "negative_ttl", .duration(ConfigurationReader.negativeTTL), byDefault: text(memory.negativeTTL),
                        "How long it is believed that a directory doesn't know somebody."),
                    ConfigurationKey(
                        "verdict_ttl", .duration(ConfigurationReader.verdictTTL), byDefault: text(memory.verdictTTL),
                        "How long a verdict stands for the same user and password, so that a sign-in that is repeated asks nobody."
                    ),
                ]), "Look-ups in the memory of one process."),
            ConfigurationKey(
                "snapshot",
                .section([
                    ConfigurationKey("path", .path, isRequired: true, "The snapshot's file."),
                    ConfigurationKey(
                        "max_age", .duration(ConfigurationReader.snapshotAge), byDefault: "24h",
                        "An older one answers nothing."),
                    ConfigurationKey("key", .secret, isRequired: true, "What it is encrypted with."),
                ]),
                "An encrypted file of look-ups, which answers for a directory that is down or retired."),
        ]
    }

    private static let groups = [
        ConfigurationKey(
            "from", .texts, isRequired: true, "The column with the groups' names; of a list the first with a value."),
        ConfigurationKey("transform", .transforms, "What is done to each name, such as rdn."),
        choice(
            "missing", GroupSettings.Missing.reject,
            "What happens where the pool has no such group: it is created, left out, or the user is rejected."),
    ]

    private static let mfa = [
        ConfigurationKey("sms", .flagRule, "Whose codes come by SMS; the pool goes on with that."),
        ConfigurationKey(
            "enrolled", .flagRule, "Who has a factor that can't come along, such as an authenticator app."),
        choice(
            "on_enrolled", MFASettings.OnEnrolled.migrate,
            "What becomes of those: migrate lets them in without it. Needs enrolled."),
    ]

    private static var importing: [ConfigurationKey] {
        let settings = ImportSettings()
        return [
            ConfigurationKey(
                "logs_role_arn", .patterned("^arn:"), "The role by which an import job writes its log."),
            choice(
                "password_hashes", settings.passwordHashes,
                "Whether stored hashes go into Cognito's import jobs; auto: where the pool takes them."),
            ConfigurationKey(
                "rate", .share, byDefault: "\(settings.rate)", "The share of the account's quotas that is used."),
        ]
    }

    private static let reconcile = [
        ConfigurationKey(
            "match", .texts,
            "The pool's attributes, or username, by which an entry and a user are one person: the first with a value "
                + "on both sides. The canonical name if nothing is said."),
        ConfigurationKey(
            "authority", .named(.choice(names(ReconcileSettings.Authority.self)), keys: "attribute"),
            "Who is right where both sides differ, for each mapped attribute; the directory if nothing is said."),
        ConfigurationKey(
            "protect",
            .section([
                ConfigurationKey("groups", .texts, "Groups that are never touched, nor are their members."),
                ConfigurationKey("users", .texts, "User names that are never touched."),
            ]), "What is left alone, whatever a directory says."),
        ConfigurationKey("state", .path, "The file that keeps what the last run saw."),
    ]

    private static let log = [
        ConfigurationKey(
            "key", .secret,
            "Keys the hash by which a person appears in log lines; random for each process if it is empty.")
    ]

    // MARK: Parts

    static func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ byDefault: Choice, _ help: String
    ) -> ConfigurationKey where Choice.RawValue == String {
        ConfigurationKey(name, .choice(names(Choice.self)), byDefault: byDefault.rawValue, help)
    }

    private static func names<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) -> [String]
    where Choice.RawValue == String {
        Choice.allCases.map(\.rawValue)
    }

    static func text(_ duration: Duration) -> String {
        MappingReader.text(of: duration)
    }
}

extension ConfigurationKeys {
    /// `from 100ms to 4800ms`.
    package static func words(_ range: ClosedRange<Duration>) -> String {
        "from \(MappingReader.text(of: range.lowerBound)) to \(MappingReader.text(of: range.upperBound))"
    }

    /// `from 0B to 8GiB`.
    package static func words(_ range: ClosedRange<Int>) -> String {
        "from \(MappingReader.text(ofBytes: range.lowerBound)) to \(MappingReader.text(ofBytes: range.upperBound))"
    }
}
