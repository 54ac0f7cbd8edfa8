import PasswordHashing
import TestSupport
import Threads

@testable import MigrationCore

/// bcrypt of cost 4, so that a test takes a millisecond.
enum SampleHash {
    static let password = "correct horse"
    static let correct = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"
    static let otherPassword = "other horse"
    static let other = "$2b$04$abcdefghijklmnopqrstuux5f0Q9IFquGHzkXO0O6J4B4niRpC3RC"
}

/// A migrator over directories in memory, with one table of columns for all of them.
struct MigrationWorld {
    static let columns = [
        "id", "login", "email", "email_confirmed", "phone", "phone_confirmed", "name", "pw", "disabled", "must_change",
        "migrated_at", "birthdate",
    ]

    /// A good user, with some columns otherwise.
    static func row(_ id: String, _ changes: [String: String?] = [:]) -> [String?] {
        var values: [String: String?] = [
            "id": id, "login": "user\(id)", "email": "user\(id)@example.com", "email_confirmed": "2026-01-01",
            "name": "User \(id)", "pw": SampleHash.correct,
        ]
        for (column, value) in changes { values[column] = value }
        return columns.map { values[$0] ?? nil }
    }

    static let emailPool = UserPoolSettings.assumed(hasUsername: false)

    static let attributes = [
        AttributeRule("email", from: .columns(["email"]), isRequired: true),
        AttributeRule("email_verified", from: .columns(["email_confirmed"]), transforms: [.present]),
        AttributeRule("phone_number", from: .columns(["phone"])),
        AttributeRule("phone_number_verified", from: .columns(["phone_confirmed"]), transforms: [.present]),
        AttributeRule("name", from: .columns(["name"])),
        AttributeRule("birthdate", from: .columns(["birthdate"])),
    ]

    struct Place {
        var rows: [[String?]] = []
        var condition = MemoryDirectory.Condition.up
        var match = ["email", "login"]
        var onUnavailable = ChainContinuation.stop
        var onWrongPassword = ChainContinuation.stop
        var names: [String] = []
        var columns = MigrationWorld.columns
        var timeout = Duration.seconds(2)
        var attributes: [AttributeRule] = []
    }

    let configuration: ConnectorsConfiguration
    let migrator: UserMigrator

    /// - Parameter change: what else is set in the configuration.
    init(
        _ places: [Place], pool: UserPoolSettings? = nil, hasUsername: Bool = false, secrets: [PasswordSecrets] = [],
        change: (inout ConnectorsConfiguration) -> Void = { _ in }
    ) {
        var configuration = ConnectorsConfiguration(
            userPool: .init(settings: pool),
            directories: places.enumerated().map { index, place in
                DirectoryConfiguration(
                    name: "d\(index)", type: "memory", key: "id", password: .column("pw"),
                    disabled: .init(column: "disabled"), mustReset: .init(column: "must_change"),
                    migrated: .init(column: "migrated_at"), names: place.names, onUnavailable: place.onUnavailable,
                    onWrongPassword: place.onWrongPassword, timeout: place.timeout, attributes: place.attributes)
            },
            username: hasUsername ? AttributeRule("username", from: .columns(["login"])) : nil,
            attributes: Self.attributes)
        change(&configuration)
        self.configuration = configuration
        migrator = UserMigrator(
            configuration,
            directories: places.enumerated().map { index, place in
                MemoryDirectory(
                    "d\(index)", columns: place.columns, rows: place.rows, match: place.match,
                    condition: place.condition)
            },
            passwordSecrets: secrets, verification: VerificationPool(width: 2, maxQueued: 64))
    }

    func signIn(
        _ identifier: String, _ password: String = SampleHash.password, within budget: Duration = .seconds(4)
    ) async -> Decision {
        await migrator.migrate(identifier, .typed(Secret(password)), by: .after(budget))
    }

    func forgot(_ identifier: String) async -> Decision {
        await migrator.migrate(identifier, .none, by: .after(.seconds(4)))
    }
}

extension Decision {
    /// The reply in a word, with the attributes if there are any.
    var summary: String {
        switch reply {
        case .deny: "deny"
        case .fail(let kind): kind.rawValue
        case .admit(let response): response.finalUserStatus.rawValue
        }
    }

    var attributes: [String: String] {
        guard case .admit(let response) = reply else { return [:] }
        return Dictionary(uniqueKeysWithValues: response.userAttributes.map { ($0.name, $0.value) })
    }
}
