import Foundation
import MigrationCore
import TestSupport
import Testing
import Threads

@testable import Reports

/// What `lookup` shows, word for word. `RECORD_GOLDEN=1` writes it down anew, for review as a diff.
@Suite struct LookupReportTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    private static let columns = [
        "id", "mail", "email", "confirmed", "given", "family", "phone", "type", "sex", "born", "groups", "note", "pw",
    ]

    private static func configuration() throws -> ConnectorsConfiguration {
        let numbers: [Transform] = [.e164(countryCode: "49", trunkPrefix: "0")]
        let day = DateReader([try DateFormat("DD.MM.YYYY")])
        let initial = Transform.extract(try RegularExpression("^(.)"), group: 1)
        return ConnectorsConfiguration(
            directories: [
                DirectoryConfiguration(name: "customers", type: "memory", key: "id", password: .column("pw"))
            ], username: AttributeRule("username", from: .columns(["id"])),
            attributes: [
                AttributeRule(
                    "email", from: .columns(["mail", "email"]), transforms: [.trim, .lowercase], isRequired: true),
                AttributeRule("email_verified", from: .columns(["confirmed"]), transforms: [.present]),
                AttributeRule("name", from: .template(try Template("{given} {family}"))),
                AttributeRule("nickname", from: .columns(["given"]), transforms: [initial, .suffix(".")]),
                AttributeRule("phone_number", from: .columns(["phone"]), transforms: numbers, onInvalid: .drop),
                AttributeRule(
                    "custom:staff", from: .columns(["id"]), when: Condition(column: "type", .equals("employee"))),
                AttributeRule(
                    "gender", from: .columns(["sex"]), transforms: [.lookup(["m": "male", "f": "female"])]),
                AttributeRule("birthdate", from: .columns(["born"]), transforms: [.date(day), .suffix("!")]),
                AttributeRule("custom:group", from: .columns(["groups"]), transforms: [.rdn]),
                AttributeRule("profile", from: .columns(["note"]), onInvalid: .truncate),
                AttributeRule("locale", from: .template(try Template("de"))),
                AttributeRule("phone_number_verified", from: .columns(["confirmed"]), transforms: [.present]),
            ])
    }

    private static let people: [String: [String: String]] = [
        "mapped": [
            "id": "42", "mail": " Ana@Example.com ", "confirmed": "2026-01-01", "given": "Ána", "family": "de la Cruz",
            "phone": "030/23125-001", "type": "employee", "sex": "f",
            "groups": #"CN=Sales\, Europe,OU=Groups,DC=example"#, "note": "says \"hi\" \\ \u{1B}[31mred",
        ],
        "refused": [
            "id": "43", "email": "BO@example.com", "given": "Bo", "phone": "030 23125001 ext. 12", "type": "guest",
            "sex": "q", "born": "31.02.1990", "groups": "no name", "note": String(repeating: "long ", count: 600),
        ],
    ]

    /// What was in the directory before it went down.
    private struct Stored: LookupStore {
        let rows: MemoryDirectory

        func lookUp(_ identifier: String, in directory: String, by deadline: Deadline) async -> Lookup? {
            try? await rows.lookUp(identifier, by: deadline)
        }

        func close() async {}
    }

    private static func report(
        _ person: String, reveals: Bool, isDown: Bool = false
    ) async throws -> LookupReport {
        let configuration = try configuration()
        let values = try #require(people[person])
        let up = MemoryDirectory(
            "customers", columns: columns, rows: [columns.map { values[$0] }], match: ["id"])
        let down = MemoryDirectory(
            "customers", columns: columns, rows: [], match: ["id"], condition: .down(.unreachable))
        let verification = VerificationPool(width: 1, maxQueued: 1)
        let migrator = UserMigrator(
            configuration, directories: [isDown ? down : up], verification: verification,
            snapshot: isDown ? Stored(rows: up) : nil)
        let decision = await migrator.migrate(values["id"] ?? "", .assumedRight, by: .after(.seconds(30)))
        verification.close()
        return LookupReport(
            identifier: values["id"] ?? "", configuration: configuration, decision: decision, answers: [],
            mask: Mask(reveals: reveals), explain: migrator.explain)
    }

    @Test func `an answer of the snapshot is told as one, with what is wrong with the directory`() async throws {
        let report = try await Self.report("mapped", reveals: false, isDown: true)
        #expect(
            LookupTextReport(report).text.contains(
                "\n   by the snapshot, because of the directory itself: it can't be reached\n   entry 42\n"))
        let json = LookupJSONReport(report).text
        #expect(json.contains("\"cache\" : \"snapshot\""))
        #expect(json.contains("\"outage\" : \"it can't be reached\""))
        let normal = try await Self.report("mapped", reveals: false)
        #expect(!LookupJSONReport(normal).text.contains("\"cache\""))
    }

    @Test(arguments: ["mapped", "refused"], [true, false])
    func `each attribute is shown step by step`(_ person: String, _ reveals: Bool) async throws {
        let report = try await Self.report(person, reveals: reveals)
        let name = "\(person)-\(reveals ? "revealed" : "masked")"
        try check(
            LookupTextReport(report).text.replacing(/[0-9.]+ ms/, with: "N ms") + "\n", "\(name).txt")
        try check(
            LookupJSONReport(report).text.replacing(/("lookup"|"verify") : [0-9.e-]+/) { "\($0.output.1) : N" } + "\n",
            "\(name).json")
    }

    private func check(_ text: String, _ file: String) throws {
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: Self.sources.appending(path: file))
            Issue.record("recorded \(file); a recording proves nothing")
            return
        }
        let golden = try #require(Bundle.module.resourceURL).appending(path: "Golden/\(file)")
        #expect(text == String(decoding: try Data(contentsOf: golden), as: UTF8.self), "\(file)")
    }

    @Test func `masked, nothing of the person is shown but how it begins`() async throws {
        let report = try await Self.report("mapped", reveals: false)
        for text in [LookupTextReport(report).text, LookupJSONReport(report).text] {
            for secret in ["Ana", "ana@", "xample", "Cruz", "23125", "Sales", "says"] {
                #expect(!text.contains(secret), "\(secret)")
            }
            #expect(text.contains("42"))
        }
    }

    @Test func `every rule has a sentence`() {
        let sentences = AttributeRuleCode.allCases.map(\.explanation)
        #expect(Set(sentences).count == sentences.count)
        #expect(sentences.allSatisfy { !$0.isEmpty && !$0.hasSuffix(".") })
    }
}
