public import AWSClient
import MigrationCore

/// Why a pool and a function weren't connected, or not wholly.
public enum AttachmentFailure: Error, Sendable {
    /// A call of AWS failed; with the permission that it takes.
    case call(action: String, AWSError)
    /// UpdateUserPool works while no import job does.
    case importInProgress
    /// Somebody else changes the pool at this moment.
    case concurrentChange
    /// The pool isn't as it was when the plan was made; nothing was changed.
    case changedMeanwhile([SettingDifference])
    /// Cognito may not be let call the function by these credentials; with the command for those who may.
    case permissionRefused(command: String, AWSError)
    /// Something else is different after the change than before.
    case notKept(of: String, [SettingDifference])
    case interrupted

    /// Service error to an operation's own failure.
    init(_ error: AWSError, action: String) {
        switch error.serviceCode {
        case "UserImportInProgress": self = .importInProgress
        case "ConcurrentModification": self = .concurrentChange
        default: self = error.code == .cancelled ? .interrupted : .call(action: action, error)
        }
    }

    /// What happened, for the operator who asked for it.
    public var explanation: String {
        switch self {
        case .call(let action, let error):
            let detail = error.detail.isEmpty ? "" : ": \(error.detail.escapingControls())"
            switch error.serviceCode {
            case "AccessDenied", "NotAuthorized": return "these credentials may not do \(action)\(detail)"
            case "ResourceNotFound":
                return "\(action): it isn't there, in the account and Region of these credentials\(detail)"
            default: return "\(action): \(error)\(detail)"
            }
        case .importInProgress:
            return
                "an import job of the pool is at work, and Cognito changes no settings meanwhile; run this again when it "
                + "is done"
        case .concurrentChange:
            return "somebody else changes the pool's settings at this moment, so Cognito refused; run this again"
        case .changedMeanwhile(let differences):
            return
                "the pool's settings were changed since they were looked at (\(Self.names(differences))); run this again, "
                + "and see the changes anew"
        case .permissionRefused(let command, let error):
            return
                "the permission can't be added with these credentials (\(error.serviceCode ?? error.description)); let an "
                + "administrator of the function's account run\n    \(command)\n"
                + "and then run this again with --permission-set-elsewhere"
        case .notKept(let name, let differences):
            let lines = differences.map { "    \($0.name): was \($0.before ?? "absent"), is \($0.after ?? "absent")" }
            return "settings of \(name) that should have stayed are different now:\n\(lines.joined(separator: "\n"))"
        case .interrupted:
            return "interrupted; run this again to go on"
        }
    }

    private static func names(_ differences: [SettingDifference]) -> String {
        differences.map(\.name).joined(separator: ", ")
    }
}
