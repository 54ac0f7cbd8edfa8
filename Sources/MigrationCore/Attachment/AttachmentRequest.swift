/// What an operator wants connected, or taken apart.
public struct AttachmentRequest: Sendable, Hashable {
    public enum Clients: Sendable, Hashable {
        /// Shown only.
        case none
        case named([String])
        case all
    }

    public var function: FunctionARN
    /// With the version of its events; nil: what is there, else the first that the trigger has.
    public var triggers: [PoolTrigger: String?]
    /// `KMSKeyID`; nil: what is there.
    public var key: String?
    /// Those whose flows may be changed.
    public var clients: Clients
    /// The flows that they need; empty: any that carries the password, else `ALLOW_USER_PASSWORD_AUTH`.
    public var flows: [String]
    /// Whether a trigger that calls something else may be changed.
    public var replaces: Bool
    /// Whether somebody else sees to the permission in the function's policy.
    public var permissionIsSetElsewhere: Bool
    /// Whether settings that this version doesn't know are sent back as they were described.
    public var allowsUnknownSettings: Bool

    public init(
        function: FunctionARN, triggers: [PoolTrigger: String?], key: String? = nil, clients: Clients = .none,
        flows: [String] = [], replaces: Bool = false, permissionIsSetElsewhere: Bool = false,
        allowsUnknownSettings: Bool = false
    ) {
        self.function = function
        self.triggers = triggers
        self.key = key
        self.clients = clients
        self.flows = flows
        self.replaces = replaces
        self.permissionIsSetElsewhere = permissionIsSetElsewhere
        self.allowsUnknownSettings = allowsUnknownSettings
    }

    /// Why a function can't be attached, whatever the pool; nil if it can.
    ///
    /// A version's number stays at old code for ever, and the latest upload changes under the pool's feet and can't have
    /// provisioned concurrency; an alias is moved, and back, in one call.
    public static func refusal(of function: FunctionARN) -> String? {
        let what: String
        let version: String
        switch function.qualifier {
        case .alias: return nil
        case .latest: (what, version) = ("whatever was uploaded last", "VERSION")
        case .version(let number): (what, version) = ("version \(number), for ever", "\(number)")
        }
        let publish = version == "VERSION" ? "publish a version (aws lambda publish-version), " : ""
        return "\(function) names \(what); \(publish)make an alias of it and name that: aws lambda create-alias "
            + "--function-name \(function.function) --name live --function-version \(version)"
    }
}
