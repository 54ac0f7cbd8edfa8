import Foundation

/// A table of made-up users, for a real PostgreSQL or SQLite, with one user for each rule.
public enum UserTable {
    public static let password = "correct horse"
    public static let wrongPassword = "battery staple"

    /// What must never be seen in a log: what was typed, passwords, hashes, names, attribute values.
    public static let secrets: [String] = {
        var secrets = [password, wrongPassword, hash, "battery", "correct%20horse", "$2b$", "{SSHA}", "argon2id"]
        secrets.append("+4917012345")
        for user in users { secrets += [user.login, user.email, user.name] }
        for test in cases { secrets += [test.userName, test.password ?? ""] }
        // An empty password, or one of two NULs, is in every text or in none.
        return secrets.filter { $0.count > 3 }
    }()

    /// bcrypt of cost 4, so that a test takes a millisecond.
    public static let hash = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"

    struct User: Sendable {
        let id: Int
        let login: String
        let email: String
        let name: String
        var isConfirmed = true
        var isDisabled = false
        var mustChange = false
        var isMigrated = false
        var hash = UserTable.hash
        var birthdate: String?
    }

    static let users = [
        User(id: 1, login: "login-ana", email: "ana@example.com", name: "Ana Sol"),
        User(id: 2, login: "login-disabled", email: "disabled@example.com", name: "Diego Blanco", isDisabled: true),
        User(id: 3, login: "login-must", email: "mustchange@example.com", name: "Mia Chang", mustChange: true),
        User(
            id: 4, login: "login-mustnot", email: "mustchange-unconfirmed@example.com", name: "Nils Holm",
            isConfirmed: false, mustChange: true),
        User(id: 5, login: "login-migrated", email: "migrated@example.com", name: "Mika Grate", isMigrated: true),
        User(id: 6, login: "login-twin1", email: "twin@example.com", name: "Twin One"),
        User(id: 7, login: "login-twin2", email: "twin@example.com", name: "Twin Two"),
        User(id: 8, login: "login-broken", email: "broken@example.com", name: "Bruno Ken", hash: "$2b$04$truncated"),
        User(id: 9, login: "login-unmappable", email: "unmappable@example.com", name: "Una Map", birthdate: "1.2.1990"),
        User(id: 10, login: "login-script", email: "дмитрий@example.com", name: "Дмитрий 山田 علي 🐎"),
        User(
            id: 11, login: "login-unconfirmed", email: "unconfirmed@example.com", name: "Uwe Conf", isConfirmed: false),
    ]

    public static var sql: String {
        let rows = users.map { user in
            let values = [
                "\(user.id)", quote(user.login), quote(user.email), user.isConfirmed ? "'2026-01-01'" : "NULL",
                quote(user.name), quote("+4917012345"), quote(user.hash), user.isDisabled ? "1" : "0",
                user.mustChange ? "1" : "0", user.isMigrated ? "'2026-02-01'" : "NULL",
                user.birthdate.map(quote) ?? "NULL",
            ]
            return "(\(values.joined(separator: ", ")))"
        }
        return """
            CREATE TABLE users (id integer PRIMARY KEY, login text, email text, email_confirmed text, name text,
                phone text, pw text, is_disabled integer, must_change integer, migrated_at text, birthdate text);
            INSERT INTO users VALUES \(rows.joined(separator: ",\n"));
            """
    }

    /// The same users as a CSV file.
    public static var csv: String {
        let rows = users.map { user in
            [
                "\(user.id)", user.login, user.email, user.isConfirmed ? "2026-01-01" : "", "\"\(user.name)\"",
                "+4917012345",
                user.hash, user.isDisabled ? "1" : "0", user.mustChange ? "1" : "0",
                user.isMigrated ? "2026-02-01" : "",
                user.birthdate ?? "",
            ].joined(separator: ",")
        }
        let header = "id,login,email,email_confirmed,name,phone,pw,is_disabled,must_change,migrated_at,birthdate"
        return ([header] + rows).joined(separator: "\r\n") + "\r\n"
    }

    private static func quote(_ text: String) -> String {
        "'\(text.replacingOccurrences(of: "'", with: "''"))'"
    }

    /// connectors.yaml over the table.
    ///
    /// - Parameters:
    ///   - place: the keys of the directory's kind but `lookup` and `list`.
    ///   - parameter: `$1` or `?1`; nil where there are no queries.
    ///   - password: the value of that key.
    ///   - column: what the directory calls a column of the table.
    public static func configuration(
        type: String, place: String, parameter: String?, password: String = "{ from: pw, scheme: auto }",
        more: String = "", column: (String) -> String = { $0 }
    ) -> String {
        let queries =
            parameter.map { parameter in
                """
                lookup: SELECT * FROM users WHERE lower(email) = lower(\(parameter)) OR login = \(parameter)
                    list: SELECT * FROM users ORDER BY id
                """
            } ?? ""
        return """
            version: 1
            user_pool: { id: eu-west-1_Ex4mple }
            sign_in: { deny_floor: 50ms, budget: 3000ms }
            directories:
              - name: customers
                type: \(type)
                \(place)
                \(queries)
                key: \(column("id"))
                password: \(password)
                disabled: \(column("is_disabled"))
                must_reset: \(column("must_change"))
                migrated: \(column("migrated_at"))
                timeout: 2s
            attributes:
              email: { from: \(column("email")), transform: [trim, lowercase], required: true }
              email_verified: { from: \(column("email_confirmed")), transform: [present] }
              name: { from: \(column("name")) }
              phone_number: { from: \(column("phone")) }
              birthdate: { from: \(column("birthdate")) }
              custom:legacy_id: { from: \(column("id")) }
            \(more)
            """
    }

    /// An event as Cognito sends it.
    public static func event(
        _ userName: String, password: String?, source: String = "UserMigration_Authentication"
    ) -> String {
        let passwordMember = password.map { "\"password\":\(json($0))," } ?? ""
        return """
            {"version":"1","triggerSource":"\(source)","region":"eu-west-1","userPoolId":"eu-west-1_Ex4mple",\
            "userName":\(json(userName)),"callerContext":{"awsSdkVersion":"aws-sdk-unknown-unknown","clientId":"1example"},\
            "request":{\(passwordMember)"validationData":null,"clientMetadata":{"app":"web"}},\
            "response":{"userAttributes":null,"forceAliasCreation":null,"enableSMSMFA":null,"finalUserStatus":null,\
            "messageAction":null,"desiredDeliveryMediums":null}}
            """
    }

    private static func json(_ text: String) -> String {
        // An array, because a bare string is no JSON object for every encoder.
        let data = (try? JSONSerialization.data(withJSONObject: [text], options: [.withoutEscapingSlashes])) ?? Data()
        return String(String(decoding: data, as: UTF8.self).dropFirst().dropLast())
    }

    /// What a trigger has to answer to an event, by the event's user.
    public enum Expected: Sendable, Hashable {
        /// The event with its response filled.
        case user(status: String, email: String)
        /// The event exactly as it came.
        case unchanged
        case error(String)
    }

    public struct Case: Sendable, CustomStringConvertible {
        public let description: String
        public let userName: String
        public var password: String? = UserTable.password
        public var source = "UserMigration_Authentication"
        public let expected: Expected
    }

    private static let forgotPassword = "UserMigration_ForgotPassword"

    public static let cases = [
        Case(
            description: "right password", userName: "ana@example.com",
            expected: .user(status: "CONFIRMED", email: "ana@example.com")),
        Case(
            description: "right password, another case of letters", userName: "ANA@Example.com",
            expected: .user(status: "CONFIRMED", email: "ana@example.com")),
        Case(
            description: "right password, another script", userName: "дмитрий@example.com",
            expected: .user(status: "CONFIRMED", email: "дмитрий@example.com")),
        Case(description: "wrong password", userName: "ana@example.com", password: wrongPassword, expected: .unchanged),
        Case(description: "no password", userName: "ana@example.com", password: nil, expected: .unchanged),
        Case(description: "empty password", userName: "ana@example.com", password: "", expected: .unchanged),
        Case(description: "a password of NULs", userName: "ana@example.com", password: "\0\0", expected: .unchanged),
        Case(
            description: "a password of 100 kB", userName: "ana@example.com",
            password: String(repeating: "x", count: 100_000), expected: .unchanged),
        Case(description: "unknown", userName: "nobody@example.com", expected: .unchanged),
        Case(description: "not canonical", userName: "login-ana", expected: .unchanged),
        Case(description: "migrated", userName: "migrated@example.com", expected: .unchanged),
        Case(description: "disabled", userName: "disabled@example.com", expected: .unchanged),
        Case(
            description: "must reset", userName: "mustchange@example.com",
            expected: .user(status: "RESET_REQUIRED", email: "mustchange@example.com")),
        Case(
            description: "must reset, wrong password", userName: "mustchange@example.com", password: wrongPassword,
            expected: .unchanged),
        Case(
            description: "must reset without a verified contact", userName: "mustchange-unconfirmed@example.com",
            expected: .unchanged),
        Case(description: "ambiguous", userName: "twin@example.com", expected: .unchanged),
        Case(description: "unverifiable", userName: "broken@example.com", expected: .unchanged),
        Case(description: "unmappable", userName: "unmappable@example.com", expected: .error("AttributeInvalid")),
        Case(
            description: "unmappable, wrong password", userName: "unmappable@example.com", password: wrongPassword,
            expected: .unchanged),
        Case(
            description: "forgotten", userName: "ana@example.com", password: nil, source: forgotPassword,
            expected: .user(status: "RESET_REQUIRED", email: "ana@example.com")),
        Case(
            description: "forgotten, disabled", userName: "disabled@example.com", password: nil, source: forgotPassword,
            expected: .unchanged),
        Case(
            description: "forgotten, unconfirmed", userName: "unconfirmed@example.com", password: nil,
            source: forgotPassword, expected: .unchanged),
        Case(
            description: "forgotten, migrated", userName: "migrated@example.com", password: nil, source: forgotPassword,
            expected: .unchanged),
        Case(
            description: "forgotten, unknown", userName: "nobody@example.com", password: nil, source: forgotPassword,
            expected: .unchanged),
        Case(description: "SQL in the name", userName: "' OR '1'='1", expected: .unchanged),
        Case(description: "SQL after the name", userName: "x'; DROP TABLE users; --", expected: .unchanged),
        Case(
            description: "NUL and control characters in the name", userName: "ana@example.com\0\u{1B}[31m\n",
            expected: .unchanged),
        Case(
            description: "128 characters in another script", userName: String(repeating: "山", count: 128),
            expected: .unchanged),
        Case(
            description: "another trigger", userName: "ana@example.com", source: "PreSignUp_SignUp",
            expected: .unchanged),
    ]

    /// What is wrong with a reply; nil if it is right.
    public static func problem(with reply: [UInt8], isError: Bool, to event: String, _ expected: Expected) -> String? {
        let object = (try? JSONSerialization.jsonObject(with: Data(reply))) as? [String: Any]
        switch expected {
        case .unchanged:
            return reply == Array(event.utf8) && !isError ? nil : "not the event as it came"
        case .error(let type):
            guard isError, let object, object["errorType"] as? String == type,
                Set(object.keys) == ["errorType", "errorMessage"]
            else { return "not the error \(type) and its message alone" }
            return nil
        case .user(let status, let email):
            guard !isError, let response = object?["response"] as? [String: Any],
                let attributes = response["userAttributes"] as? [String: String]
            else { return "no response with userAttributes" }
            guard response["finalUserStatus"] as? String == status else { return "not \(status)" }
            guard attributes["email"] == email, attributes["email_verified"] == "true" else { return "not \(email)" }
            guard response["messageAction"] as? String == "SUPPRESS" else { return "the message is not suppressed" }
            guard String(decoding: reply, as: UTF8.self).hasPrefix(event.components(separatedBy: "\"response\"")[0])
            else {
                return "what stands before the response was touched"
            }
            return nil
        }
    }
}
