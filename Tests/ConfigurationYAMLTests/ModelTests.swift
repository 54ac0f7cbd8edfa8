import ConfigurationYAML
import MigrationCore
import Testing

/// What full.yaml says arrives in the model, in the model's types.
struct ModelTests {
    private let configuration: ConnectorsConfiguration

    init() throws {
        configuration = try #require(read(yaml: try Golden.bytes("full.yaml")).configuration)
    }

    @Test func `the cache's numbers and its snapshot`() {
        var cache = CacheSettings(
            snapshot: .init(path: "lookups.snapshot", maxAge: .seconds(12 * 3600), key: "${env:SNAPSHOT_KEY}"))
        cache.memory.entries = 500
        cache.memory.bytes = 8 << 20
        cache.memory.ttl = .seconds(120)
        cache.memory.negativeTTL = .seconds(5)
        cache.memory.verdictTTL = .zero
        #expect(configuration.cache == cache)
    }

    @Test func `what a directory does beside answering`() throws {
        let customers = configuration.directories[0]
        #expect(customers.onMigrated == .statement("UPDATE users SET migrated_at = now() WHERE id = $1"))
        #expect(customers.changed == "updated_at")
        #expect(customers.passwordChanged == "pw_changed_at")
        #expect(customers.attempts == AttemptSettings(limit: 5, window: .seconds(1800)))
        #expect(customers.isRetired)
        #expect(
            configuration.directories[1].onMigrated
                == .modification(
                    .init(
                        dn: try Template("uid={uid},ou=people,dc=example,dc=com"),
                        values: ["description": try Template("migrated {uid}")])))
        #expect(!configuration.directories[1].isRetired)
    }

    @Test func `attempts are counted where the directory checks passwords, unless the file says otherwise`() {
        #expect(configuration.directories[0].countedAttempts == AttemptSettings(limit: 5, window: .seconds(1800)))
        #expect(configuration.directories[1].countedAttempts == nil)
        #expect(configuration.directories[2].countedAttempts == AttemptSettings(limit: 3, window: .seconds(900)))
        var off = configuration.directories[2]
        off.attempts = AttemptSettings(limit: 0)
        #expect(off.countedAttempts == nil)
    }

    @Test func `groups, second factors and the mark`() {
        #expect(
            configuration.groups
                == GroupSettings(columns: ["memberOf"], transforms: [.suffix("-eu")], missing: .create))
        #expect(
            configuration.mfa
                == MFASettings(
                    sms: FlagRule(column: "sms_mfa"), enrolled: FlagRule(column: "totp_enabled"), onEnrolled: .deny))
        #expect(configuration.migrationMark == "custom:migration")
    }

    @Test func `import and reconcile`() {
        var importing = ImportSettings()
        importing.logsRoleARN = "arn:aws:iam::123456789012:role/import-logs"
        importing.passwordHashes = .off
        importing.rate = 0.25
        #expect(configuration.importing == importing)
        var reconcile = ReconcileSettings()
        reconcile.match = ["custom:legacy_id", "username"]
        reconcile.authority = ["email": .pool, "name": .newest]
        reconcile.protect.groups = ["admins"]
        reconcile.protect.users = ["root"]
        reconcile.state = "reconcile.state"
        #expect(configuration.reconcile == reconcile)
    }

    @Test func `triggers stay as they are written`() {
        let trigger = configuration.triggers["pre_sign_up"]
        #expect(trigger?["guard"] == .text("true"))
        #expect(trigger?["texts"] == .list([.text("a"), .text("b")]))
        #expect(configuration.triggers["post_confirmation"] == nil)
    }
}
