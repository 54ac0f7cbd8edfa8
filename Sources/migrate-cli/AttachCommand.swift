import ArgumentParser
import CognitoClient
import MigrationCore
import Reports

struct AttachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Connects the user pool and the function: the permission, the trigger, the app clients' flows.",
        discussion: """
            "attach" shows what would change, and changes nothing; "attach apply" does it; "attach remove" takes it back. \
            Every other setting of the pool stays as it is.
            """,
        subcommands: [AttachShowCommand.self, AttachApplyCommand.self, AttachRemoveCommand.self],
        defaultSubcommand: AttachShowCommand.self)
}

/// What connecting and taking apart have in common.
struct AttachmentOptions: ParsableArguments {
    @Option(help: "The ARN of the function's alias.")
    var function: String

    @Option(
        help: """
            Triggers, separated by commas: \(PoolTrigger.allCases.map(\.name).joined(separator: ", ")). The version of its \
            events may follow: pre-token-generation=V2_0. (default: user-migration; remove: all that call the function)
            """)
    var triggers: String?

    @Option(
        help: ArgumentHelp(
            "An app client whose flows may be changed; can be given several times. (default: none)", valueName: "id"))
    var client: [String] = []

    @Flag(help: "All app clients' flows may be changed.")
    var allClients = false

    @Option(
        help: ArgumentHelp(
            """
            The flow that carries the password: user, admin or both. (default: what an app client has, else user; remove: \
            both)
            """, valueName: "kind"))
    var passwordFlow: PasswordFlow?

    @Option(
        name: .customLong("allow"),
        help: ArgumentHelp("Overrides a refusal once: unknown-setting.", valueName: "name"))
    var allowed: [Rail] = []

    enum Rail: String, ExpressibleByArgument, CaseIterable {
        case unknownSetting = "unknown-setting"
    }

    enum PasswordFlow: String, ExpressibleByArgument, CaseIterable {
        case user, admin, both

        var names: [String] {
            switch self {
            case .user: ["ALLOW_USER_PASSWORD_AUTH"]
            case .admin: ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
            case .both: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"]
            }
        }
    }

    /// - Parameter triggers: those without the option.
    func request(defaultTriggers triggers: [PoolTrigger]) throws -> AttachmentRequest {
        guard let function = FunctionARN(function) else {
            throw ValidationError(
                "--function should be an ARN, such as arn:aws:lambda:eu-west-1:111122223333:function:migrate:live")
        }
        return AttachmentRequest(
            function: function, triggers: try chosen(defaults: triggers),
            clients: allClients ? .all : client.isEmpty ? .none : .named(client), flows: passwordFlow?.names ?? [],
            allowsUnknownSettings: allowed.contains(.unknownSetting))
    }

    private func chosen(defaults: [PoolTrigger]) throws -> [PoolTrigger: String?] {
        guard let triggers else { return Dictionary(uniqueKeysWithValues: defaults.map { ($0, nil) }) }
        var chosen: [PoolTrigger: String?] = [:]
        for item in triggers.split(separator: ",") {
            let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
            guard let name = parts.first, let trigger = PoolTrigger(named: name) else {
                throw ValidationError(
                    "--triggers: there is no trigger \"\(item)\"; there are "
                        + PoolTrigger.allCases.map(\.name).joined(separator: ", "))
            }
            let version = parts.count == 2 ? parts[1] : nil
            if let version, !trigger.eventVersions.contains(version) {
                throw ValidationError(
                    trigger.eventVersions.isEmpty
                        ? "--triggers: the events of \(trigger.name) have no version"
                        : "--triggers: the events of \(trigger.name) have the versions "
                            + trigger.eventVersions.joined(separator: ", "))
            }
            chosen.updateValue(version, forKey: trigger)
        }
        guard !chosen.isEmpty else { throw ValidationError("--triggers names none") }
        return chosen
    }
}

/// What only connecting needs.
struct AttachingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The key by which the custom senders' codes are encrypted (KMSKeyID).", valueName: "arn"))
    var kmsKey: String?

    @Flag(help: "Let the function take the place of another one that a trigger calls.")
    var replace = false

    @Flag(help: "The permission in the function's policy is somebody else's to add, such as another account's.")
    var permissionSetElsewhere = false

    func request(_ options: AttachmentOptions) throws -> AttachmentRequest {
        var request = try options.request(defaultTriggers: [.userMigration])
        if let refusal = AttachmentRequest.refusal(of: request.function) {
            throw ValidationError("--function \(refusal)")
        }
        request.key = kmsKey
        request.replaces = replace
        request.permissionIsSetElsewhere = permissionSetElsewhere
        return request
    }
}

struct AttachShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows what would change, and changes nothing. (default)",
        discussion: """
            Exit codes: 0 shown, whatever it says, 1 the pool or the function can't be looked at, 64 wrong usage, 78 the \
            configuration is wrong.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var options: AttachmentOptions
    @OptionGroup var attaching: AttachingOptions

    func validate() throws {
        _ = try attaching.request(options)
    }

    func run() async throws {
        let request = try attaching.request(options)
        let file = try ConfigurationFile.load(common)
        let plan = try await file.withAWS { aws in
            let observation = try await Attachment.observe(aws, file, request)
            return AttachmentPlan.attaching(request, to: observation.state)
        }
        let report = AttachmentReport(plan)
        try Output.data(common.format == .json ? report.json : report.text)
    }
}
