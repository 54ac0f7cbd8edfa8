/// What made Cognito call: the event's `triggerSource`.
///
/// - SeeAlso: AWS documentation, "Customizing user pool workflows with Lambda triggers".
public enum TriggerSource: Sendable, Hashable {
    case userMigrationAuthentication
    case userMigrationForgotPassword
    /// One that there is no work for: its event goes back as it came.
    case other(String)

    public init(_ name: String) {
        switch name {
        case "UserMigration_Authentication": self = .userMigrationAuthentication
        case "UserMigration_ForgotPassword": self = .userMigrationForgotPassword
        default: self = .other(name)
        }
    }

    public var name: String {
        switch self {
        case .userMigrationAuthentication: "UserMigration_Authentication"
        case .userMigrationForgotPassword: "UserMigration_ForgotPassword"
        case .other(let name): name
        }
    }
}
