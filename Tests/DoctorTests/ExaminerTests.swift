import MigrationCore
import TestSupport
import Testing
import Threads

/// What all kinds share, on directories in memory.
@Suite struct ExaminerTests {
    private static let bcrypt = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"

    private func examine(
        _ columns: [String], _ rows: [[String?]], match: [String] = ["email"], key: String = "id",
        password: PasswordSource = .column("pw"), disabled: FlagRule? = nil,
        attributes: [AttributeRule] = [AttributeRule("email", from: .columns(["email"]))],
        condition: MemoryDirectory.Condition = .up, timeout: Duration = .seconds(2), others: Int = 0
    ) async -> DirectoryExamination {
        let directory = DirectoryConfiguration(
            name: "users", type: "memory", options: ConnectorOptions(["list": .text("all")]), key: key,
            password: password, disabled: disabled, timeout: timeout)
        let configuration = ConnectorsConfiguration(
            directories: [directory] + Array(repeating: directory, count: others), attributes: attributes)
        return await DirectoryExaminer(configuration, directory: directory, inspector: FixedInspector())
            .examine(MemoryDirectory("users", columns: columns, rows: rows, match: match, condition: condition))
    }

    private let good: [[String?]] = [["1", "ana@example.com", bcrypt], ["2", "bo@example.com", bcrypt]]

    @Test func `a good directory has nothing to fix`() async {
        let examination = await examine(["id", "email", "pw"], good)
        #expect(examination.findings.allSatisfy { $0.severity == .ok }, "\(examination.findings)")
        #expect(examination.first(.passwords)?.what.contains("2 of the first 2 rows") == true)
        #expect(examination.first(.passwords)?.what.contains("bcrypt 2") == true)
    }

    @Test func `a missing column is a problem, with the nearest one named`() async {
        let examination = await examine(["id", "e_mail", "pw"], good, match: ["e_mail"])
        #expect(examination.severity(.columnMissing) == .problem)
        #expect(examination.first(.columnMissing)?.advice?.contains("did you mean \"e_mail\"") == true)
    }

    @Test func `a template's unknown column is a problem`() async throws {
        let rule = AttributeRule("name", from: .template(try Template("{first} {email}")))
        let examination = await examine(["id", "email", "pw"], good, attributes: [rule])
        #expect(examination.first(.columnMissing)?.what.contains("\"first\"") == true)
        #expect(examination.severity(.columnMissing) == .problem)
    }

    @Test func `where there are several directories a common rule's column may be another's`() async {
        let rules = [AttributeRule("email", from: .columns(["mail"]))]
        let examination = await examine(["id", "email", "pw"], good, attributes: rules, others: 1)
        #expect(examination.severity(.columnMissing) == .warning)
    }

    @Test func `of several columns one is enough`() async {
        let rules = [AttributeRule("email", from: .columns(["mail", "email"]))]
        let examination = await examine(["id", "email", "pw"], good, attributes: rules)
        #expect(examination.severity(.columnMissing) == nil)
    }

    @Test func `a column that is there twice is a problem`() async {
        let examination = await examine(
            ["id", "email", "pw", "id"], [["1", "ana@example.com", Self.bcrypt, "7"]])
        #expect(examination.severity(.columnTwice) == .problem)
    }

    @Test func `keys that are missing or there twice are problems`() async {
        let examination = await examine(
            ["id", "email", "pw"],
            [
                [nil, "a@example.com", Self.bcrypt], ["2", "b@example.com", Self.bcrypt],
                ["2", "c@example.com", Self.bcrypt],
            ])
        #expect(examination.first(.keyMissing)?.what.contains("1 of the first 3 rows has no") == true)
        #expect(examination.severity(.keyTwice) == .problem)
    }

    @Test func `passwords that aren't hashes are a problem, or a warning if some are`() async {
        let clear = await examine(["id", "email", "pw"], [["1", "a@example.com", "letmein-please"]])
        #expect(clear.severity(.passwordsUnrecognised) == .problem)
        let some = await examine(["id", "email", "pw"], good + [["3", "c@example.com", "letmein-please"]])
        #expect(some.severity(.passwordsUnrecognised) == .warning)
        let none = await examine(["id", "email", "pw"], [["1", "a@example.com", nil]])
        #expect(none.severity(.passwordsNotSeen) == .problem)
    }

    @Test func `a flag that is set in all rows, or can't be read, is a warning`() async {
        let always = await examine(
            ["id", "email", "pw", "active"], good.map { $0 + ["1"] }, disabled: FlagRule(column: "active"))
        #expect(always.severity(.flagAlways) == .warning)
        let unreadable = await examine(
            ["id", "email", "pw", "until"], good.map { $0 + ["soon"] },
            disabled: FlagRule(column: "until", form: .beforeNow))
        #expect(unreadable.severity(.flagUnreadable) == .warning)
    }

    @Test func `rejected and absent values are counted by attribute and rule`() async {
        let rules = [
            AttributeRule("email", from: .columns(["email"])), AttributeRule("birthdate", from: .columns(["born"])),
            AttributeRule("name", from: .columns(["name"])),
        ]
        let examination = await examine(
            ["id", "email", "pw", "born", "name"],
            [
                ["1", "a@example.com", Self.bcrypt, "1.2.1990", nil],
                ["2", "b@example.com", Self.bcrypt, "1990-02-01", nil],
            ],
            attributes: rules)
        #expect(examination.first(.attributeRejected)?.what.contains("birthdate-format 1") == true)
        #expect(examination.first(.attributeNever)?.what.hasPrefix("name:") == true)
    }

    @Test func `names of several rows are a warning`() async {
        let examination = await examine(
            ["id", "email", "pw"], [["1", "ana@example.com", Self.bcrypt], ["2", "Ana@example.com", Self.bcrypt]])
        #expect(examination.severity(.nameTwice) == .warning)
    }

    @Test func `an empty listing is a warning`() async {
        let examination = await examine(["id", "email", "pw"], [])
        #expect(examination.severity(.listingEmpty) == .warning)
    }

    @Test(arguments: [
        (DirectoryError.Code.unreachable, Finding.Severity.unknown), (.readerRefused, .problem), (.tls, .problem),
        (.notADirectory, .problem), (.overloaded, .unknown),
    ])
    func `what may pass by itself is unknown, the rest a problem`(
        _ code: DirectoryError.Code, _ severity: Finding.Severity
    ) async {
        let examination = await examine(["id"], [], condition: .down(code))
        #expect(examination.findings.map(\.severity) == [severity])
        #expect(examination.first(.connection)?.advice?.isEmpty == false)
    }

    @Test func `a directory that says nothing is over with at its timeout`() async {
        let start = ContinuousClock.now
        let examination = await examine(["id"], [], condition: .silent, timeout: .milliseconds(200))
        #expect(examination.findings.map(\.severity) == [.unknown])
        #expect(start.duration(to: .now) < .seconds(3))
    }

    @Test func `no finding shows a value of a row`() async {
        let rows: [[String?]] = [
            ["1", "ana@example.com", "letmein-please", "1.2.1990"], ["2", "ana@example.com", Self.bcrypt, nil],
        ]
        let rules = [
            AttributeRule("email", from: .columns(["email"])), AttributeRule("birthdate", from: .columns(["born"])),
        ]
        let examination = await examine(["id", "email", "pw", "born"], rows, attributes: rules)
        for value in rows.flatMap({ $0 }).compactMap({ $0 }) where value.count > 2 {
            #expect(!"\(examination)".contains(value))
        }
    }

    // MARK: Clock

    /// A directory whose clock is off by so much.
    private struct Clocked: ExaminableDirectory {
        let rows: MemoryDirectory
        let offset: Duration

        var name: String { rows.name }

        func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
            try await rows.lookUp(identifier, by: deadline)
        }

        func list(stallLimit: Duration) -> any AsyncSequence<EntryBatch, DirectoryError> {
            rows.list(stallLimit: stallLimit)
        }

        func close() async {}

        func examine(by deadline: Deadline) async throws(DirectoryError) -> KindExamination {
            let now = UnixTime(sinceEpoch: .seconds(1_800_000_000))
            let server = UnixTime(sinceEpoch: now.sinceEpoch + offset)
            return KindExamination(clock: .init(server: server, before: now, after: now))
        }
    }

    @Test(arguments: [
        (Duration.seconds(0), Finding.Code.clock), (.seconds(-29), .clock), (.seconds(90), .clockDiffers),
        (.seconds(-3600), .clockDiffers),
    ])
    func `a clock that is half a minute off is a warning`(_ offset: Duration, _ code: Finding.Code) async {
        let directory = DirectoryConfiguration(name: "users", type: "memory", key: "id", password: .column("pw"))
        let examination = await DirectoryExaminer(
            ConnectorsConfiguration(directories: [directory]), directory: directory, inspector: FixedInspector()
        ).examine(
            Clocked(
                rows: MemoryDirectory("users", columns: ["id", "pw"], rows: [], match: ["id"]), offset: offset))
        #expect(examination.first(code) != nil, "\(examination.findings)")
        if offset == .seconds(90) { #expect(examination.first(code)?.what.contains("90 seconds ahead of") == true) }
        if offset == .seconds(-3600) { #expect(examination.first(code)?.what.contains("behind") == true) }
    }
}
