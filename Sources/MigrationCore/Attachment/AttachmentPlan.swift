/// What to change so that a pool calls a function and may, or no longer does: decided from what is there, nothing done.
public struct AttachmentPlan: Sendable, Hashable {
    public enum Change: Sendable, Hashable {
        /// Let Cognito call the function for the pool: `replacing` a statement of the same id that doesn't.
        case permit(replacing: Bool)
        /// nil: nothing is called.
        case trigger(PoolTrigger, before: TriggerTarget?, after: TriggerTarget?)
        case key(before: String?, after: String?)
        /// `ExplicitAuthFlows` of an app client.
        case flows(AppClient, after: [String])
        /// Take the statement of our id away.
        case forbid

        /// Whether UpdateUserPool makes it.
        public var isOfThePool: Bool {
            switch self {
            case .trigger, .key: true
            case .permit, .flows, .forbid: false
            }
        }
    }

    /// What keeps a plan from being made true, or an operator should know.
    public struct Remark: Sendable, Hashable {
        public enum Code: String, Sendable, Hashable {
            case notAlias = "not-alias"
            case otherRegion = "other-region"
            case functionAbsent = "function-absent"
            case occupied = "trigger-occupied"
            case keyMissing = "kms-key-missing"
            case clientAbsent = "app-client-absent"
            case oldFlows = "app-client-old-flows"
            case unknownSetting = "unknown-setting"
            case cannotMigrate = "app-client-cannot-migrate"
            case permissionBroad = "permission-broad"
            case permissionUnseen = "permission-unseen"
        }

        public let code: Code
        public let what: String
        public let advice: String?

        public init(_ code: Code, _ what: String, advice: String? = nil) {
            self.code = code
            self.what = what
            self.advice = advice
        }
    }

    public let pool: PoolARN
    public let function: FunctionARN
    /// In the order in which they are made.
    public let changes: [Change]
    /// While there is one, nothing is changed.
    public let refusals: [Remark]
    public let notes: [Remark]

    private init(_ draft: Draft, _ request: AttachmentRequest, _ state: AttachmentState) {
        pool = state.pool
        function = request.function
        changes = draft.changes
        refusals = draft.refusals
        notes = draft.notes
    }

    fileprivate struct Draft {
        var changes: [Change] = []
        var refusals: [Remark] = []
        var notes: [Remark] = []
    }

    /// Connects them. The permission comes first: a pool that calls what it may not refuses sign-ins, while a permission that
    /// nobody uses yet does nothing.
    public static func attaching(_ request: AttachmentRequest, to state: AttachmentState) -> AttachmentPlan {
        var draft = Draft()
        draft.refusals += Self.refusals(request, state)
        draft.permission(request, state)
        draft.triggers(request, state)
        draft.clients(request, state)
        return AttachmentPlan(draft, request, state)
    }

    /// Takes apart what `attaching` makes, and no more: triggers that call something else stay. The pool comes first, for the
    /// same reason.
    public static func detaching(_ request: AttachmentRequest, from state: AttachmentState) -> AttachmentPlan {
        var draft = Draft()
        draft.unknownSettings(request, state)
        let name = request.function.description
        let ours = PoolTrigger.allCases.filter {
            request.triggers.keys.contains($0) && state.triggers[$0]?.arn == name
        }
        draft.changes += ours.map { .trigger($0, before: state.triggers[$0], after: nil) }
        let rest = state.triggers.filter { !ours.contains($0.key) }
        if let key = state.key, ours.contains(where: \.needsKey), !rest.keys.contains(where: \.needsKey) {
            draft.changes.append(.key(before: key, after: nil))
        }
        if state.permission.hasOurs, !rest.values.contains(where: { $0.arn == name }) { draft.changes.append(.forbid) }
        draft.unsetFlows(request, state)
        return AttachmentPlan(draft, request, state)
    }

    private static func refusals(_ request: AttachmentRequest, _ state: AttachmentState) -> [Remark] {
        let function = request.function
        if let reason = AttachmentRequest.refusal(of: function) { return [Remark(.notAlias, reason)] }
        var refusals: [Remark] = []
        if function.region != state.pool.region {
            refusals.append(
                Remark(
                    .otherRegion,
                    "the function is in \(function.region) and the pool in \(state.pool.region): Cognito calls functions "
                        + "of its own Region only", advice: "deploy the function in \(state.pool.region)"))
        }
        // Another account's function may be there all the same.
        if state.function == .absent, function.account == state.pool.account {
            refusals.append(
                Remark(
                    .functionAbsent, "there is no \(function)",
                    advice:
                        "see whether the alias is there: aws lambda list-aliases --function-name \(function.function)"))
        }
        return refusals
    }
}

// MARK: Permission and triggers

extension AttachmentPlan.Draft {
    typealias Change = AttachmentPlan.Change
    typealias Remark = AttachmentPlan.Remark

    mutating func permission(_ request: AttachmentRequest, _ state: AttachmentState) {
        for broad in state.permission.broad {
            notes.append(
                Remark(
                    .permissionBroad,
                    "the statement \(broad.statement) of the function's policy lets Cognito call it for other pools, too: "
                        + "\(broad.missing.joined(separator: " and ")) \(broad.missing.count == 1 ? "isn't" : "aren't") "
                        + "asked for",
                    advice: AttachmentCommands.removePermission(request.function, statement: broad.statement)))
        }
        if request.permissionIsSetElsewhere {
            guard !state.permission.isGiven else { return }
            notes.append(
                Remark(
                    .permissionUnseen,
                    "the permission in the function's policy is left to somebody else, and isn't seen to be there"))
        } else if !state.permission.isSeen {
            notes.append(
                Remark(
                    .permissionUnseen,
                    "the function's policy can't be seen with these credentials (lambda:GetPolicy), so it is tried to add "
                        + "the permission"))
            changes.append(.permit(replacing: false))
        } else if !state.permission.isGiven {
            changes.append(.permit(replacing: state.permission.hasOurs))
        }
    }

    mutating func triggers(_ request: AttachmentRequest, _ state: AttachmentState) {
        unknownSettings(request, state)
        let function = request.function
        for trigger in PoolTrigger.allCases {
            guard let wanted = request.triggers[trigger] else { continue }
            let before = state.triggers[trigger]
            let after = TriggerTarget(
                arn: function.description, version: wanted ?? before?.version ?? trigger.eventVersions.first)
            guard before != after else { continue }
            changes.append(.trigger(trigger, before: before, after: after))
            // Another alias of the function is no stranger.
            if let before, FunctionARN(before.arn)?.function != function.function, !request.replaces {
                refusals.append(
                    Remark(
                        .occupied, "\(trigger.rawValue) calls something else: \(before)",
                        advice: "--replace lets this function take its place"))
            }
        }
        let needsKey = request.triggers.keys.filter(\.needsKey).sorted { $0.rawValue < $1.rawValue }
        if let key = request.key, key != state.key {
            changes.append(.key(before: state.key, after: key))
        } else if let first = needsKey.first, state.key == nil {
            refusals.append(
                Remark(
                    .keyMissing, "\(first.rawValue) gets its codes encrypted, and the pool names no key for that",
                    advice: "name a symmetric key of AWS KMS: --kms-key ARN"))
        }
    }

    mutating func unknownSettings(_ request: AttachmentRequest, _ state: AttachmentState) {
        guard !request.allowsUnknownSettings else { return }
        for name in state.unknownSettings {
            refusals.append(
                Remark(
                    .unknownSetting,
                    "the pool has a setting that this version doesn't know, \(name): UpdateUserPool resets what it isn't "
                        + "given", advice: "use a newer version, or --allow unknown-setting: it is sent as it is, too"))
        }
    }
}

// MARK: App clients

extension AttachmentPlan.Draft {
    /// Flows of the old kind, which can't stand beside those that begin with `ALLOW_`.
    private static let oldFlows = ["ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"]
    /// What an app client has that names none.
    ///
    /// - SeeAlso: AWS documentation, CreateUserPoolClient, `ExplicitAuthFlows`.
    private static let defaultFlows = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]

    private mutating func chosen(_ request: AttachmentRequest, _ state: AttachmentState) -> [AppClient] {
        switch request.clients {
        case .none: return []
        case .all: return state.clients
        case .named(let ids):
            for id in ids where !state.clients.contains(where: { $0.id == id }) {
                refusals.append(Remark(.clientAbsent, "the pool has no app client \(id)"))
            }
            return state.clients.filter { ids.contains($0.id) }
        }
    }

    mutating func clients(_ request: AttachmentRequest, _ state: AttachmentState) {
        let chosen = chosen(request, state)
        for client in chosen {
            if request.flows.isEmpty ? client.canMigrate : client.flows.contains(all: request.flows) { continue }
            if client.flows.contains(where: Self.oldFlows.contains) {
                refusals.append(
                    Remark(
                        .oldFlows,
                        "the app client \(client.title) has flows of the old kind (\(client.flows.joined(separator: ", "))), "
                            + "which can't stand beside the new ones",
                        advice: "set its ExplicitAuthFlows by hand"))
                continue
            }
            let wanted = request.flows.isEmpty ? ["ALLOW_USER_PASSWORD_AUTH"] : request.flows
            let before = client.flows.isEmpty ? Self.defaultFlows : client.flows
            changes.append(.flows(client, after: before + wanted.filter { !before.contains($0) }))
        }
        for client in state.clients where !client.canMigrate && !chosen.contains(client) {
            notes.append(
                Remark(
                    .cannotMigrate,
                    "through the app client \(client.title) nobody is migrated: it sends Cognito no password",
                    advice: "--client \(client.id) adds ALLOW_USER_PASSWORD_AUTH; the app must use it, too"))
        }
    }

    /// The password flows of the app clients that the operator names, and of no other.
    mutating func unsetFlows(_ request: AttachmentRequest, _ state: AttachmentState) {
        let unwanted =
            request.flows.isEmpty ? ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"] : request.flows
        for client in chosen(request, state) {
            let after = client.flows.filter { !unwanted.contains($0) }
            if after != client.flows { changes.append(.flows(client, after: after)) }
        }
    }
}

extension AppClient {
    /// `web (1example23456789)`
    package var title: String { name.isEmpty ? id : "\(name) (\(id))" }
}

extension [String] {
    fileprivate func contains(all others: [String]) -> Bool { others.allSatisfy(contains) }
}
