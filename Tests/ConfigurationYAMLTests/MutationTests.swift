import ConfigurationYAML
import ConnectorRegistry
import MigrationCore
import TestSupport
import Testing

/// Variants of good.yaml that a tired or a hostile hand could have made.
private struct Mutator {
    var generator: SeededGenerator

    private static let values = [
        "", "~", "no", "010", "true", "-1", "1e999", "99999999999999999999", "5s", "24h", "[]", "{}", "[[a], {b: c}]",
        "{ a: { b: [c] } }", "!!int 7", "!x y", "*a", "&a b", "<<", "|", ">-", "'", "\"\\0\"", "\"\\x1b[31m\"",
        "${env:X}", "${env:", "${vault:x}", "{a}", "'{a'", "'('", "'[[:'", "\u{85}", "\u{2028}", "👩‍👩‍👧", "e\u{301}",
        "%", "@", "`", "- -", "? a", ": b", "# c", "---", "...",
    ]

    mutating func variant(of good: [String]) -> [UInt8] {
        var lines = good
        for _ in 0..<[1, 1, 1, 2, 3].randomElement(using: &generator)! { mutate(&lines) }  // not empty
        var bytes = Array(lines.joined(separator: "\n").utf8)
        if Int.random(in: 0..<8, using: &generator) == 0 { damage(&bytes) }
        return bytes
    }

    private mutating func mutate(_ lines: inout [String]) {
        guard !lines.isEmpty else { return }
        let index = lines.indices.randomElement(using: &generator)!  // not empty
        let other = lines.indices.randomElement(using: &generator)!
        switch Int.random(in: 0..<10, using: &generator) {
        case 0:
            lines.remove(at: index)
        case 1:
            lines.swapAt(index, other)
        case 2:
            lines.insert(lines[index], at: other)
        case 3:
            var characters = Array(lines[index])
            guard let place = characters.indices.randomElement(using: &generator) else { return }
            characters.remove(at: place)
            lines[index] = String(characters)
        case 4, 5, 6:
            guard let colon = lines[index].firstRange(of: ": ") else { return }
            lines[index].replaceSubrange(
                colon.upperBound..., with: Self.values.randomElement(using: &generator)!)
        case 7:
            lines[index] = (Bool.random(using: &generator) ? "  " : "\t") + lines[index]
        case 8:
            let depth = Int.random(in: 1...5000, using: &generator)
            let opening = ["[", "{a: ", "- "].randomElement(using: &generator)!
            lines[index] += String(repeating: opening, count: depth)
        default:
            let count = Int.random(in: 1...200_000, using: &generator)
            lines[index] += String(
                repeating: ["x", " ", "(", "${", "é"].randomElement(using: &generator)!, count: count)
        }
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            guard let index = bytes.indices.randomElement(using: &generator) else { return }
            bytes[index] = UInt8.random(in: 0...255, using: &generator)
        }
    }
}

struct MutationTests {
    /// What any configuration has that makes sense, whatever file it came from.
    private static func nonsense(in configuration: ConnectorsConfiguration) -> [String] {
        var found: [String] = []
        if configuration.directories.isEmpty { found.append("no directory") }
        if Set(configuration.directories.map(\.name)).count != configuration.directories.count {
            found.append("two directories of one name")
        }
        for directory in configuration.directories {
            if directory.name.isEmpty || directory.key.isEmpty { found.append("a directory without name or key") }
            guard let kind = ConnectorRegistry.kind(named: directory.type) else {
                found.append("an unknown type")
                continue
            }
            for option in kind.options where option.isRequired && directory.options.values[option.name] == nil {
                found.append("no \(option.name)")
            }
            if directory.options.values.values.contains(.text("")) { found.append("an empty option") }
            if let password = directory.password.stored, password.column.isEmpty { found.append("no password column") }
            if directory.timeout <= .zero { found.append("no timeout") }
            let flags = [directory.disabled, directory.mustReset, directory.migrated].compactMap { $0 }
            if flags.contains(where: { $0.column.isEmpty }) { found.append("a flag without a column") }
        }
        let rules = configuration.attributes + configuration.directories.flatMap(\.attributes)
        for rule in rules where rule.columns.isEmpty {
            guard case .template = rule.source else {
                found.append("\(rule.attribute) from nothing")
                continue
            }
        }
        let names = configuration.pool.usernameAttributes.map(\.rawValue)
        if configuration.username == nil, !rules.contains(where: { names.contains($0.attribute) }) {
            found.append("nothing that names the users")
        }
        if configuration.signIn.denyFloor >= configuration.signIn.budget { found.append("no time to answer") }
        return found
    }

    private static let seeds: [(file: String, seed: UInt64)] = [
        ("good.yaml", 20_260_131), ("full.yaml", 20_260_704),
    ]

    @Test(arguments: seeds)
    func `a thousand variants are refused with places, or make sense and survive compiling`(
        _ file: String, _ seed: UInt64
    ) async throws {
        let good = String(decoding: try Golden.bytes(file), as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        var mutator = Mutator(generator: SeededGenerator(seed: seed))
        var accepted: [String: [UInt8]] = [:]
        for number in 0..<1000 {
            let variant = mutator.variant(of: good)
            let (configuration, problems) = read(yaml: variant)
            let lengths = lineLengths(variant)
            let outside = problems.filter { !$0.isInside(lengths) }
            #expect(outside.isEmpty, "variant \(number): \(outside)")
            #expect(problems.allSatisfy { $0.message.utf8.count < 2000 }, "variant \(number)")
            if let configuration {
                accepted["\(number)"] = variant
                let json = CompiledConfiguration(configuration).json()
                #expect(try CompiledConfiguration(json: json).configuration == configuration, "variant \(number)")
                #expect(Self.nonsense(in: configuration) == [], "variant \(number)")
            } else {
                #expect(problems.contains { $0.severity == .error }, "variant \(number)")
            }
        }
        // Neither side is empty, or the mutations prove nothing.
        #expect((50...900).contains(accepted.count), "\(accepted.count)")
        // Somebody else's idea of the file agrees with ours, of every accepted one that is small enough to be one.
        let small = accepted.filter { $0.value.count < 100_000 }
        for (name, problems) in try await SchemaTests.validate(small) {
            #expect(problems.isEmpty, "variant \(name): \(problems)")
        }
    }

    @Test func `bytes that are no text at all are one error with its place`() {
        var generator = SeededGenerator(seed: 7)
        for number in 0..<300 {
            let bytes = (0..<Int.random(in: 1...3000, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let result = read(yaml: bytes)
            #expect(result.configuration == nil, "variant \(number)")
            #expect(result.problems.contains { $0.severity == .error && $0.isInside(lineLengths(bytes)) })
        }
    }
}
