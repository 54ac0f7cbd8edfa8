import Foundation
import PasswordHashing
import Testing

/// Vectors/passwords.ndjson: hashes made by one implementation and checked by another, and published examples.
struct VectorTests {
    struct Vector: Decodable {
        let scheme: String
        let hash: String
        let password: String?
        let passwordHex: String?
        let options: [String: PasswordOption.JSONText]?
        let verify: Expected
        let source: String

        struct Expected: Decodable {
            let verification: Verification?

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let isMatch = try? container.decode(Bool.self) {
                    verification = isMatch ? .match : .mismatch
                } else {
                    verification = Verification(rawValue: try container.decode(String.self))
                }
            }
        }

        enum CodingKeys: String, CodingKey {
            case scheme, hash, password, options, verify, source
            case passwordHex = "password_hex"
        }

        var typed: [UInt8] {
            if let password { return Array(password.utf8) }
            let digits = Array(passwordHex ?? "")
            return stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0...($0 + 1)]), radix: 16)
            }
        }

        func settings() throws -> PasswordSettings {
            var settings = PasswordSettings()
            for (name, value) in options ?? [:] { try settings.set(name, to: value.text) }
            return settings
        }
    }

    /// - Parameter name: `passwords`, or `own`, which Tests/Scripts/password-vectors made with other people's libraries.
    static func vectors(_ name: String = "passwords") throws -> [Vector] {
        let file = try #require(
            Bundle.module.url(forResource: name, withExtension: "ndjson", subdirectory: "Vectors"))
        let decoder = JSONDecoder()
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map {
            try decoder.decode(Vector.self, from: Data($0))
        }
    }

    @Test(arguments: [("passwords", 1507), ("own", 1453)])
    func `every vector gets its answer`(_ name: String, _ count: Int) throws {
        let vectors = try Self.vectors(name)
        #expect(vectors.count == count)
        for vector in vectors {
            let settings = try vector.settings()
            let isUsable = vector.verify.verification == .match || vector.verify.verification == .mismatch
            #expect(!isUsable || settings.problem(with: vector.scheme) == nil, "\(vector.source)")
            let verifier = try #require(
                PasswordVerifier(scheme: vector.scheme, options: settings.options, secrets: settings.secrets))
            let result = verifier.verify(stored: Array(vector.hash.utf8), row: settings.row, typed: vector.typed)
            #expect(result == vector.verify.verification, "\(vector.scheme) \(vector.hash) (\(vector.source))")
        }
    }

    @Test func `each scheme has vectors that match and that don't`() throws {
        let vectors = try Self.vectors()
        for name in PasswordScheme.names {
            let answers = Set(vectors.filter { $0.scheme == name }.map(\.verify.verification))
            #expect(answers.isSuperset(of: [.match, .mismatch]), "\(name)")
        }
    }
}

extension PasswordVerifier {
    func verify(stored: [UInt8], row: PasswordRow = PasswordRow(), typed: [UInt8]) -> Verification {
        stored.withUnsafeBytes { stored in typed.withUnsafeBytes { verify(stored: stored, row: row, typed: $0) } }
    }

    func detectedScheme(of stored: String) -> String? {
        Array(stored.utf8).withUnsafeBytes { detectedScheme(of: $0) }
    }

    func dummy(like stored: String) -> String? {
        Array(stored.utf8).withUnsafeBytes { dummy(like: $0) }
    }
}
