/// Why a snapshot has nothing to say. Its codes are in log lines and output: only added to.
public enum SnapshotProblem: String, Error, Sendable, Hashable, CaseIterable {
    /// There is no such file.
    case missing
    /// It can't be read: no permission, or the disk fails.
    case unreadable
    /// It isn't a snapshot, or one that was cut off or changed.
    case damaged
    /// It was built with another key.
    case otherKey = "other-key"
    /// It was built by another version.
    case otherFormat = "other-format"
    /// It was built by other rules, or without the directory.
    case otherConfiguration = "other-configuration"
    /// It is older than `max_age`.
    case tooOld = "too-old"
    /// It was built more than `max_age` from now, by this machine's clock.
    case fromTheFuture = "from-the-future"

    /// Whether it is the place that is wrong and no file: the same one may be good later.
    package var isOfThePlace: Bool {
        switch self {
        case .missing, .unreadable: true
        case .damaged, .otherKey, .otherFormat, .otherConfiguration, .tooOld, .fromTheFuture: false
        }
    }
}
