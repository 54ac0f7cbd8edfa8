/// The Migrate User trigger: a sign-in or a forgotten password of somebody whom the pool doesn't know.
///
/// - SeeAlso: AWS documentation, "Migrate user Lambda trigger".
struct UserMigrationHandler: Sendable {
    /// What came of one event.
    struct Outcome: Sendable {
        let reply: TriggerReply
        /// nil if no directory had to be asked (`forgot_password: deny`).
        let decision: Decision?
        /// Not to be sent before, so that a refusal tells nothing by its time.
        let isHeldToFloor: Bool
    }

    private let migrator: UserMigrator
    private let settings: SignInSettings

    init(_ migrator: UserMigrator, settings: SignInSettings) {
        self.migrator = migrator
        self.settings = settings
    }

    func handle(_ event: TriggerEvent, isForgotten: Bool, by deadline: Deadline) async throws(InvalidEvent) -> Outcome {
        try event.checkMigrationShape()
        guard let identifier = try event.userName() else { throw InvalidEvent("userName is missing") }
        let evidence: PasswordEvidence
        if isForgotten {
            guard settings.forgotPassword == .migrate else {
                return Outcome(reply: .event(event.bytes), decision: nil, isHeldToFloor: true)
            }
            evidence = .none
        } else {
            evidence = .typed(try event.password() ?? Secret(""))
        }
        let decision = await migrator.migrate(identifier, evidence, by: deadline)
        return Outcome(
            reply: reply(decision.reply, to: event), decision: decision,
            isHeldToFloor: isForgotten || decision.isDenial)
    }

    private func reply(_ reply: MigrationReply, to event: TriggerEvent) -> TriggerReply {
        switch reply {
        case .admit(let response): .event(event.settingResponse(response.members))
        case .deny: .event(event.bytes)
        case .fail(let kind): .failure(InvocationFailure(kind, messages: settings.messages))
        }
    }
}

extension Decision {
    fileprivate var isDenial: Bool {
        if case .deny = reply { true } else { false }
    }
}

extension MigrationResponse {
    fileprivate var members: [(name: String, value: JSONFragment)] {
        var members: [(name: String, value: JSONFragment)] = [
            ("userAttributes", .stringMap(userAttributes.map { ($0.name, $0.value) })),
            ("finalUserStatus", .string(finalUserStatus.rawValue)),
        ]
        if messageAction == .suppress { members.append(("messageAction", .string(messageAction.rawValue))) }
        members.append(("desiredDeliveryMediums", .strings(desiredDeliveryMediums.map(\.rawValue))))
        members.append(("forceAliasCreation", .boolean(forceAliasCreation)))
        return members
    }
}
