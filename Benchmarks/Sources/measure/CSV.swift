import CSVConnector
import Foundation
import MigrationCore

/// A listing from a file beside readers of Python's world, and look-ups.
struct CSV {
    private static let lookUps = 100_000
    private static let step = 7919

    private let file: String
    private let rows: Int
    private let python: String
    private let script: String

    init(_ arguments: Arguments) {
        file = arguments.option("--file")
        rows = Int(arguments.option("--rows")) ?? 0
        python = arguments.option("--python")
        script = arguments.option("--script")
    }

    func measure(_ arguments: Arguments) async throws {
        let directory = try CSVKind.open(
            name: "people",
            options: ResolvedConnectorOptions(
                ConnectorOptions(["match": .text("email")]), paths: ["path": file]),
            settings: ConnectorSettings(timeout: .seconds(60)))
        for reader in ["pyarrow", "csv"] {
            try await Comparison(what: "csv list", yardstick: "Python's \(reader)", count: rows, unit: "rows/s")
                .run(arguments) {
                    try await seconds { try await directory.listAll(expected: rows) }
                } theirs: {
                    try read(reader)
                }
        }
        let attributes = [
            AttributeRule("email", from: .columns(["email"]), transforms: [.trim, .lowercase], isRequired: true),
            AttributeRule("name", from: .template(try Template("{given} {family}"))),
            AttributeRule("family_name", from: .columns(["family"]), transforms: [.trim, .collapseWhitespace]),
            AttributeRule(
                "phone_number", from: .columns(["phone"]), transforms: [.e164(countryCode: "1", trunkPrefix: nil)]),
            AttributeRule("locale", from: .columns(["locale"]), transforms: [.default("en")]),
            AttributeRule("nickname", from: .columns(["uid"])),
            AttributeRule("email_verified", from: .columns(["created"]), transforms: [.present]),
            AttributeRule("custom:legacy_id", from: .columns(["id"])),
        ]
        let configuration = ConnectorsConfiguration(
            directories: [
                DirectoryConfiguration(name: "people", type: "csv", key: "id", password: .column("hash"))
            ], attributes: attributes)
        try await MappedListing(
            mapper: PopulationMapper(configuration, directory: configuration.directories[0]), directory: directory,
            rows: rows, rejections: 0
        ).compareCores("csv list-map-validate", arguments)
        try await measureLookUps(directory, arguments)
        await directory.close()
    }

    /// In another process, which says how long the reading alone took.
    private func read(_ reader: String) throws -> Double {
        let output = try Command.run([python, script, reader, file], keepsOutput: true)
        let words = String(decoding: output, as: UTF8.self).split { $0.isWhitespace }
        guard words.count == 2, Int(words[0]) == rows, let seconds = Double(words[1]) else {
            fail("\(reader) reads \(words.first ?? "no") rows instead of \(rows)")
        }
        return seconds
    }

    private func measureLookUps(_ directory: any ListableDirectory, _ arguments: Arguments) async throws {
        let first = try await seconds {
            _ = try await directory.lookUp("user0@example.com", by: .after(.seconds(60)))
        }
        Results.add(
            ["csv index, by the first look-up", Results.rate(rows, first), "rows/s", "-", "-", "-", "-"],
            to: arguments.table)
        var all: [Double] = []
        for _ in 1...arguments.runs {
            all.append(
                try await seconds {
                    try await directory.lookUpAll(
                        Self.lookUps, step: Self.step, people: rows, suffix: "@example.com")
                })
        }
        Results.add(
            ["csv look-up", Results.rate(Self.lookUps, median(all)), "look-ups/s", "-", "-", "-", "-"],
            to: arguments.table)
    }
}
