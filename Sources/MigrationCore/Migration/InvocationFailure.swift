/// An invocation error: what Cognito shows the person who signs in as `UserMigration failed with error <message>.`
public struct InvocationFailure: Error, Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case directoryUnavailable = "DirectoryUnavailable"
        case attributeInvalid = "AttributeInvalid"
        case invalidEvent = "InvalidEvent"
        case configurationInvalid = "ConfigurationInvalid"
    }

    public let kind: Kind
    /// What the user may read, nothing more.
    public let message: String

    public init(_ kind: Kind, messages: SignInSettings.Messages) {
        self.kind = kind
        switch kind {
        case .attributeInvalid: message = messages.unmappable
        case .directoryUnavailable, .invalidEvent, .configurationInvalid:
            message = messages.unavailable
        }
    }

    /// `{"errorType":...,"errorMessage":...}`, as the Runtime API takes it.
    public var json: [UInt8] {
        JSONFragment.stringMap([("errorType", kind.rawValue), ("errorMessage", message)]).bytes
    }
}
