/// Where an answer came from; the log's `cache`.
public enum AnswerSource: String, Sendable, Hashable {
    /// The directory itself.
    case directory = "none"
    /// It said so a little while ago.
    case memory
    /// It said so when the snapshot was built.
    case snapshot
    /// The same password was typed for the same name seconds ago.
    case verdict
}
