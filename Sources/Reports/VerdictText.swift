public import MigrationCore

extension Verdict {
    /// What it means, and what to do about it, in one or two sentences.
    public var explanation: String {
        switch self {
        case .accepted:
            "the user is created in the pool and signed in"
        case .mustReset(let user):
            user.attributes.hasVerifiedContact
                ? "the password is right and has to be changed: the user is created, and sets a new one by a code"
                : "the password is right and has to be changed, but there is no verified email or phone number to send "
                    + "a code to"
        case .wrongPassword:
            "the password is not the one that the directory has"
        case .unknownUser:
            "no directory has a user of this name who isn't in the pool already"
        case .notCanonical:
            "the entry that was found has another name in the pool; sign in by that name"
        case .disabled:
            "the account is disabled in the directory"
        case .ambiguous(let matches):
            "\(matches) or more entries match; make lookup (or filter, match) find one at the most"
        case .throttled:
            "too many wrong passwords; the directory is left alone for a while"
        case .unverifiable(let reason):
            switch reason {
            case .absent: "the entry has no password hash; Forgot password still works"
            case .malformed: "the stored hash has not the form of its scheme; Forgot password still works"
            case .overLimit:
                "the stored hash asks for more work than is sane; Forgot password still works"
            case .heldElsewhere: "another system has this user's password; Forgot password still works"
            }
        case .unmappable(let rejections):
            rejections.map(\.explanation).joined(separator: "; ")
        case .unavailable(let error):
            "nobody could say: \(error.directory): \(error.explanation)"
        }
    }
}

extension AttributeRejection {
    var explanation: String {
        "\(attribute): \(rule.explanation)" + (column.map { " (column \($0))" } ?? "")
    }
}

extension AttributeRuleCode {
    /// What the rule says.
    public var explanation: String {
        switch self {
        case .required: "it is required, and nothing makes it"
        case .notUTF8: "the column's text is not UTF-8"
        case .tooLong: "the value is longer than the pool takes"
        case .tooShort: "the value is shorter than the pool takes"
        case .phoneFormat: "not a number in E.164 form, such as +491701234567"
        case .birthdateFormat: "not a date in the form YYYY-MM-DD"
        case .emailFormat: "not an email address"
        case .booleanFormat: "neither true nor false; transform boolean or present makes one"
        case .numberFormat: "not a number"
        case .numberRange: "the number is outside the pool's bounds"
        case .dateTimeFormat: "not a date and time in ISO 8601 form"
        case .usernameFormat: "a user name has 1 to 128 letters, numbers, symbols and punctuation marks, and no space"
        case .localeFormat: "not a language tag, such as de or pt-BR"
        case .usernameLikeAlias:
            "a user name must not look like the email address or phone number that this pool's users sign in by"
        case .neverSettable: "Cognito sets this attribute, and nobody else"
        case .immutable: "the pool lets it be set only when the user is made"
        case .dateFormat: "the date has none of the forms that transform date names"
        case .dateImpossible: "the calendar has no such day"
        case .epochFormat: "not a date and time that transform epoch reads"
        case .dnFormat: "not a distinguished name whose first value is text"
        case .patternLimit: "the value is too long for a regular expression (4096 bytes)"
        case .noVerifiedContact: "there is no verified email or phone number"
        }
    }
}

extension DirectoryError {
    /// What was wrong with the directory, for whoever runs the migration.
    public var explanation: String {
        let what: String =
            switch code {
            case .unreachable: "it can't be reached"
            case .deadlineExceeded: "it did not answer in time"
            case .connectionLost: "the connection was lost"
            case .tls: "the secure connection failed"
            case .readerRefused: "it refuses the credentials of connectors.yaml"
            case .permissionDenied: "the reader may not read this"
            case .overloaded: "there is more to do than can be done"
            case .badQuery: "it refuses the query"
            case .missingColumn: "a column is missing"
            case .notADirectory: "it can't be opened"
            case .badData: "what it holds can't be read"
            case .changedMeanwhile: "it changed meanwhile"
            case .circuitOpen: "it failed several times in a row, and isn't asked until it answers again"
            case .cancelled: "it was closed"
            case .unexpected: "an unexpected answer"
            }
        return what + (detail.isEmpty ? "" : ": \(detail)")
            + (nativeCode.map { " (\($0))" } ?? "")
    }
}
