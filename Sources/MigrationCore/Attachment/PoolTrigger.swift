/// A trigger that a user pool can have, by its name in `LambdaConfig`.
///
/// - SeeAlso: AWS documentation, "LambdaConfigType".
public enum PoolTrigger: String, Sendable, Hashable, CaseIterable {
    case userMigration = "UserMigration"
    case preSignUp = "PreSignUp"
    case postConfirmation = "PostConfirmation"
    case preAuthentication = "PreAuthentication"
    case postAuthentication = "PostAuthentication"
    case defineAuthChallenge = "DefineAuthChallenge"
    case createAuthChallenge = "CreateAuthChallenge"
    case verifyAuthChallengeResponse = "VerifyAuthChallengeResponse"
    case customMessage = "CustomMessage"
    case preTokenGeneration = "PreTokenGeneration"
    case customEmailSender = "CustomEmailSender"
    case customSMSSender = "CustomSMSSender"
    case inboundFederation = "InboundFederation"

    /// As an operator writes it: `user-migration`.
    public var name: String {
        // An abbreviation is one word.
        let words = rawValue == "CustomSMSSender" ? "CustomSmsSender" : rawValue
        return words.reduce(into: "") { text, character in
            if character.isUppercase, !text.isEmpty { text.append("-") }
            text.append(contentsOf: character.lowercased())
        }
    }

    /// By either name.
    public init?(named text: String) {
        guard let trigger = Self.allCases.first(where: { $0.name == text || $0.rawValue == text }) else { return nil }
        self = trigger
    }

    /// The versions that its events have (`LambdaVersion`), the first one being what every pool can have; empty where a pool
    /// doesn't say one.
    public var eventVersions: [String] {
        switch self {
        // Those after the first need the pool to be of the plan Essentials or Plus.
        case .preTokenGeneration: ["V1_0", "V2_0", "V3_0"]
        case .customEmailSender, .customSMSSender, .inboundFederation: ["V1_0"]
        default: []
        }
    }

    /// Whether its events are encrypted, by the key in `KMSKeyID`.
    public var needsKey: Bool { self == .customEmailSender || self == .customSMSSender }
}

/// What a trigger calls.
public struct TriggerTarget: Sendable, Hashable, CustomStringConvertible {
    public var arn: String
    /// `LambdaVersion`; nil where the trigger has none.
    public var version: String?

    public init(arn: String, version: String? = nil) {
        self.arn = arn
        self.version = version
    }

    public var description: String { version.map { "\(arn) (events of \($0))" } ?? arn }
}
