internal import Threads

/// When an entry counts as disabled, must-reset or migrated: a column, and how to read it.
public struct FlagRule: Sendable, Hashable, Codable {
    public enum Form: Sendable, Hashable, Codable {
        /// Any value that isn't false-like.
        case trueLike
        /// One of the bits of a number, such as 2 in Active Directory's userAccountControl.
        case bit(Int64)
        case equals(String)
        /// A date or time that has passed.
        case beforeNow
    }

    public var column: String
    public var form: Form

    public init(column: String, form: Form = .trueLike) {
        self.column = column
        self.form = form
    }

    public enum Reading: Sendable, Hashable {
        case no, yes
        /// There is a value, and it can't be read: it counts as yes, and is reported.
        case unreadable
    }

    /// - Parameter value: the column's first value; nil if it is absent, which is no.
    func read(_ value: String?, now: UnixTime) -> Reading {
        guard let value else { return .no }
        switch form {
        case .trueLike:
            return isTrueLike(value) ? .yes : .no
        case .bit(let mask):
            guard let number = Int64(value) else { return .unreadable }
            return number & mask != 0 ? .yes : .no
        case .equals(let text):
            return value.hasSameScalars(as: text) ? .yes : .no
        case .beforeNow:
            switch InstantText.parse(value) {
            case .at(let instant): return instant < now ? .yes : .no
            case .never: return .no
            case nil: return .unreadable
            }
        }
    }
}
