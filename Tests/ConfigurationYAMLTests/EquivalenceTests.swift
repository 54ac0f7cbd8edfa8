import ConfigurationYAML
import MigrationCore
import TestSupport
import Testing
import Threads

/// The compiled form decides as the file did: the same people, by both.
struct EquivalenceTests {
    private static let columns = [
        "id", "login", "mail", "email", "email_confirmed_at", "phone", "given_name", "family_name", "full_name", "sex",
        "password_hash", "pw", "flags", "state", "migrated_at", "closed",
    ]

    /// bcrypt of cost 4.
    private static let hash = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"
    private static let password = "correct horse"

    /// Values of each column that take rules one way or another; nil is absent.
    private static let values: [String: [String?]] = [
        "mail": [nil, "ana@example.com", " ANA@example.com ", "bo@example.org", "x", ""],
        "email": [nil, "ana@example.com", "cy@example.net"],
        "login": [nil, "ana", "bo", "ana@example.com"],
        "email_confirmed_at": [nil, "2026-01-01", "0"],
        "phone": [nil, "0170 12345", "+44 20 7946 0958", "none"],
        "given_name": [nil, "Ana"], "family_name": [nil, "Sol", "  "],
        "full_name": [nil, String(repeating: "é", count: 2000)], "sex": [nil, "m", "d"],
        "password_hash": [hash, hash, nil, "nonsense"], "pw": [hash, hash, password, nil],
        "flags": [nil, "0", "2", "3", "many"], "state": [nil, "expired", "active"],
        "migrated_at": [nil, nil, nil, "2026-01-01", "no"],
        "closed": [nil, "2001-01-01", "2999-01-01", "soon"],
    ]

    private func migrator(_ configuration: ConnectorsConfiguration, _ rows: [[[String?]]]) -> UserMigrator {
        let directories = zip(configuration.directories, rows).map { directory, rows in
            MemoryDirectory(
                directory.name, columns: Self.columns, rows: rows, match: ["mail", "email", "login"],
                condition: directory.isRetired ? .down(.unreachable) : .up)
        }
        return UserMigrator(
            configuration, directories: directories, verification: VerificationPool(width: 2, maxQueued: 64))
    }

    /// Everything that the trigger's answer is made of.
    private func answer(_ decision: Decision) -> String {
        let reply =
            switch decision.reply {
            case .deny: "deny"
            case .fail(let kind): "fail \(kind.rawValue)"
            case .admit(let response): "admit \(response)"
            }
        return "\(decision.verdict.code) \(decision.directory ?? "-") \(reply) \(decision.steps.map(\.finding))"
    }

    @Test(
        arguments: [
            ("good.yaml", [], 20_260_131),
            ("good.yaml", [(["sign_in", "on_must_reset"], "reset"), (["sign_in", "password_policy"], "none")], 2),
            (
                "good.yaml",
                [(["directories", "0", "on_wrong_password"], "next"), (["directories", "0", "names"], ".")], 3
            ),
            ("good.yaml", [(["directories", "0", "retired"], "true")], 4),
            ("equivalence.yaml", [], 5),
        ] as [(String, [([String], String)], UInt64)])
    func `what was compiled decides as the file does, for many made entries`(
        _ name: String, _ changes: [([String], String)], _ seed: UInt64
    ) async throws {
        var tree = try YAMLTree.golden(name)
        for (path, value) in changes {
            tree =
                tree[path] == nil
                ? tree.adding(path[path.count - 1], .text(value), to: Array(path.dropLast()))
                : tree.setting(path, to: .text(value))
        }
        // The machine may be busy, and whether a look-up is late is not what is compared.
        for index in 0..<2 {
            let path = ["directories", "\(index)"]
            tree = tree.setting(path + ["timeout"], to: nil).adding("timeout", .text("60s"), to: path)
        }
        let fromFile = try #require(read(yaml: tree.yaml).configuration)
        let compiled = try CompiledConfiguration(json: CompiledConfiguration(fromFile).json()).configuration
        var generator = SeededGenerator(seed: seed)
        var seen: Set<String> = []
        for number in 0..<150 {
            let rows = fromFile.directories.map { _ in
                (0..<Int.random(in: 0...2, using: &generator)).map { row in
                    Self.columns.map { column in
                        column == "id"
                            ? "\(number)-\(row)" : Self.values[column]?.randomElement(using: &generator) ?? nil
                    }
                }
            }
            let typed =
                ["ana@example.com", "ANA@example.com", "bo@example.org", "ana", "cy@example.net"]
                .randomElement(using: &generator) ?? ""
            let evidence: [PasswordEvidence] = [
                .typed(Secret(Self.password)), .typed(Secret("wrong")), .none, .assumedRight,
            ]
            let one = evidence.randomElement(using: &generator) ?? .none
            // Their own deadlines and denials' times are no part of what is decided.
            let first = answer(await migrator(fromFile, rows).migrate(typed, one, by: .after(.seconds(60))))
            let second = answer(await migrator(compiled, rows).migrate(typed, one, by: .after(.seconds(60))))
            #expect(first == second, "entry \(number)")
            seen.insert(String(first.prefix { $0 != " " }))
        }
        // As many kinds of verdict as there can be, or the entries prove little.
        #expect(seen.count >= (changes.isEmpty ? 5 : 3), "\(seen.sorted())")
    }
}
