import Foundation
import PasswordHashing

/// A line of `hash verify --batch`: a scheme, a hash, a password, and options.
struct HashBatchLine {
    let scheme: String
    private let stored: [UInt8]
    private let password: [UInt8]
    private let options: [String: PasswordOption.JSONText]

    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    private struct Line: Decodable {
        var scheme: String?
        var hash: String?
        var password: String?
        var passwordHex: String?
        var options: [String: PasswordOption.JSONText]?

        enum CodingKeys: String, CodingKey {
            case scheme, hash, password, options
            case passwordHex = "password_hex"
        }
    }

    /// - Throws: why it isn't one. Nothing of the line is quoted.
    init(_ line: [UInt8]) throws(Problem) {
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(line)) else {
            throw Problem(description: "not such a JSON object")
        }
        scheme = line.scheme ?? PasswordScheme.automatic
        guard PasswordScheme.names.contains(scheme) else { throw Problem(description: "there is no such scheme") }
        // NULL is no hash.
        stored = Array((line.hash ?? "").utf8)
        options = line.options ?? [:]
        if let text = line.password {
            password = Array(text.utf8)
        } else if let hex = line.passwordHex {
            guard let bytes = Self.bytes(ofHex: hex) else { throw Problem(description: "password_hex is not hex") }
            password = bytes
        } else {
            throw Problem(description: "it has no password")
        }
        for name in options.keys where PasswordOption.named(name) == nil {
            throw Problem(description: "there is no such option")
        }
    }

    func verify() -> Verification {
        var settings = PasswordSettings()
        for (name, value) in options {
            do throws(OptionProblem) {
                try settings.set(name, to: value.text)
            } catch {
                // A value that can't be: nothing is of that form.
                return .malformed
            }
        }
        guard let verifier = PasswordVerifier(scheme: scheme, options: settings.options, secrets: settings.secrets)
        else {
            preconditionFailure("the name is one of the table's")
        }
        return stored.withUnsafeBytes { stored in
            password.withUnsafeBytes { verifier.verify(stored: stored, row: settings.row, typed: $0) }
        }
    }

    private static func bytes(ofHex text: String) -> [UInt8]? {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
