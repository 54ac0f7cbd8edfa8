import ConfigurationYAML
import MigrationCore
import Testing

/// Sebastiano Vigna's SplitMix64: a seed gives the same variants everywhere.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

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
    @Test func `a thousand variants are refused with places, or survive compiling`() throws {
        let good = String(decoding: try Golden.bytes("good.yaml"), as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        var mutator = Mutator(generator: SeededGenerator(state: 20_260_131))
        var accepted = 0
        for number in 0..<1000 {
            let variant = mutator.variant(of: good)
            let (configuration, problems) = read(yaml: variant)
            let lengths = lineLengths(variant)
            let outside = problems.filter { !$0.isInside(lengths) }
            #expect(outside.isEmpty, "variant \(number): \(outside)")
            #expect(problems.allSatisfy { $0.message.utf8.count < 2000 }, "variant \(number)")
            if let configuration {
                accepted += 1
                let json = CompiledConfiguration(configuration).json()
                #expect(try CompiledConfiguration(json: json).configuration == configuration, "variant \(number)")
            } else {
                #expect(problems.contains { $0.severity == .error }, "variant \(number)")
            }
        }
        // Neither side is empty, or the mutations prove nothing.
        #expect((100...900).contains(accepted), "\(accepted)")
    }
}
