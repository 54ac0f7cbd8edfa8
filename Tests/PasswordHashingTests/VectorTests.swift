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
        let options: Options?
        let verify: Expected
        let source: String

        struct Options: Decodable {
            let allowCleartext: Bool?
            /// Whether there are options beside the one above.
            let hasOthers: Bool

            init(from decoder: any Decoder) throws {
                let all = try [String: AnyValue](from: decoder)
                allowCleartext = all["allow_cleartext"].map { _ in true }
                hasOthers = all.keys.contains { $0 != "allow_cleartext" }
            }

            struct AnyValue: Decodable {
                init(from decoder: any Decoder) throws {}
            }
        }

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

        /// Whether the verifier has the scheme and the options; under `auto`, whether it has the scheme that is detected.
        func isBuilt(_ verifier: PasswordVerifier) -> Bool {
            guard options?.hasOthers != true else { return false }
            guard scheme == PasswordScheme.automatic, verify.verification == .match else { return true }
            // Other schemes with braces are taken for LDAP's until they are there.
            let others = ["spring", "Spring", "atlassian"]
            return !others.contains(where: source.contains) && verifier.detectedScheme(of: hash) != nil
        }
    }

    static func vectors() throws -> [Vector] {
        let file = try #require(
            Bundle.module.url(forResource: "passwords", withExtension: "ndjson", subdirectory: "Vectors"))
        let decoder = JSONDecoder()
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map {
            try decoder.decode(Vector.self, from: Data($0))
        }
    }

    /// How many lines there are for each scheme that is built. A line that is not run any more is a test that is gone.
    static let expectedCounts = [
        "auto": 63, "bcrypt": 66, "argon2": 53, "pbkdf2": 41, "sha512-crypt": 19, "django": 58, "ldap": 137,
    ]

    @Test func `every vector of a scheme that is built gets its answer`() throws {
        var counts: [String: Int] = [:]
        for vector in try Self.vectors() {
            var options = PasswordOptions()
            options.allowCleartext = vector.options?.allowCleartext ?? false
            guard let verifier = PasswordVerifier(scheme: vector.scheme, options: options), vector.isBuilt(verifier)
            else { continue }
            counts[vector.scheme, default: 0] += 1
            #expect(
                verifier.verify(stored: Array(vector.hash.utf8), typed: vector.typed) == vector.verify.verification,
                "\(vector.scheme) \(vector.hash) (\(vector.source))")
        }
        #expect(counts == Self.expectedCounts)
        #expect(Set(counts.keys) == Set(PasswordScheme.names))
    }
}

extension PasswordVerifier {
    func verify(stored: [UInt8], typed: [UInt8]) -> Verification {
        stored.withUnsafeBytes { stored in typed.withUnsafeBytes { verify(stored: stored, typed: $0) } }
    }

    func detectedScheme(of stored: String) -> String? {
        Array(stored.utf8).withUnsafeBytes { detectedScheme(of: $0) }
    }

    func dummy(like stored: String) -> String? {
        Array(stored.utf8).withUnsafeBytes { dummy(like: $0) }
    }
}
