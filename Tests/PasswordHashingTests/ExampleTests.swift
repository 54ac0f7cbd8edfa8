import PasswordHashing
import Testing

/// Every form of every scheme.
struct ExampleTests {
    struct Form: Sendable, CustomTestStringConvertible {
        let example: PasswordExample
        let verifier: PasswordVerifier
        let row: PasswordRow

        init(_ example: PasswordExample) throws {
            self.example = example
            let settings = try example.settings()
            row = settings.row
            verifier = try #require(
                PasswordVerifier(scheme: example.scheme, options: settings.options, secrets: settings.secrets))
        }

        var testDescription: String { "\(example.scheme): \(example.stored.prefix(24))" }

        func verify(
            _ stored: [UInt8]? = nil, row: PasswordRow? = nil, typed: [UInt8] = Array(PasswordExample.password.utf8)
        ) -> Verification {
            verifier.verify(stored: stored ?? Array(example.stored.utf8), row: row ?? self.row, typed: typed)
        }

        /// Whether verifying often is no burden.
        var isQuick: Bool {
            let start = ContinuousClock.now
            _ = verify()
            return start.duration(to: .now) < .milliseconds(8)
        }

        /// All of `bits`, or a few of them where each takes long.
        func some(of bits: Int) -> StrideTo<Int> {
            stride(from: 0, to: bits, by: isQuick ? 1 : max(bits / 6 | 1, 1))
        }
    }

    @Test func `every scheme has an example, and its options fit`() throws {
        #expect(Set(PasswordExample.all.map(\.scheme)) == Set(PasswordScheme.all.map(\.name)))
        for example in PasswordExample.all {
            #expect(try example.settings().problem(with: example.scheme) == nil, "\(example.scheme)")
        }
    }

    @Test(arguments: PasswordExample.all.indices)
    func `one bit more or less in the password is another password`(_ index: Int) throws {
        let form = try Form(PasswordExample.all[index])
        #expect(form.verify() == .match)
        var password = Array(PasswordExample.password.utf8)
        // DES looks at seven bits of each byte, and crypt(3)'s at eight bytes.
        let isDES = ["des-crypt", "bsdi-crypt"].contains(form.example.scheme)
        let byteCount = form.example.scheme == "des-crypt" ? 8 : password.count
        for bit in form.some(of: 8 * byteCount) where !(isDES && bit % 8 == 7) {
            password[bit / 8] ^= 1 << (bit % 8)
            #expect(form.verify(typed: password) == .mismatch, "bit \(bit)")
            password[bit / 8] ^= 1 << (bit % 8)
        }
    }

    @Test(arguments: PasswordExample.all.indices)
    func `one bit more or less in salt or digest is another hash`(_ index: Int) throws {
        let form = try Form(PasswordExample.all[index])
        var stored = Array(form.example.stored.utf8)
        let secrets = Self.secretPositions(of: form)
        #expect(
            secrets.count >= 8 || form.example.options["allow_cleartext"] != nil || form.row.secretData != nil)
        for bit in form.some(of: 7 * secrets.count) {
            let position = secrets[bit / 7]
            let change = UInt8(1 << (bit % 7))
            // A letter's case is nothing to hex.
            let isHexLetter = UInt8(ascii: "a")...UInt8(ascii: "f") ~= stored[position] | 0x20
            if change == 0x20, isHexLetter { continue }
            stored[position] ^= change
            #expect(form.verify(stored) != .match, "position \(position), bit \(bit % 7)")
            stored[position] ^= change
        }
        var row = form.row
        // Hex and base64 of a salt are read in more than one way.
        for bit in form.some(of: 8 * row.salt.count) where form.example.options["salt_encoding"] == nil {
            guard form.example.scheme != "firebase-scrypt" else { break }
            row.salt[bit / 8] ^= 1 << (bit % 8)
            #expect(form.verify(row: row) != .match, "bit \(bit) of the salt")
            row.salt[bit / 8] ^= 1 << (bit % 8)
        }
    }

    @Test func `one bit more or less in Keycloak's second column is another hash`() throws {
        let example = try #require(PasswordExample.all.first { $0.options["secret_data"] != nil })
        let form = try Form(example)
        let column = try #require(form.row.secretData)
        let secrets = Self.longRuns(in: column)
        #expect(secrets.count > 50)
        for position in secrets {
            for bit in 0..<7 {
                var row = form.row
                row.secretData?[position] ^= 1 << bit
                #expect(form.verify(row: row) != .match, "position \(position), bit \(bit)")
            }
        }
    }

    /// Of JSON: what is long and has no blank is a value.
    static func longRuns(in text: [UInt8]) -> [Int] {
        text.split { !isText($0) }.filter { $0.count >= 22 }.flatMap { $0.indices.dropLast() }
    }

    private static func isText(_ byte: UInt8) -> Bool {
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/.".utf8.contains(byte)
    }

    /// Where salt and digest are, without the last character of each: it may have bits to spare.
    static func secretPositions(of form: Form) -> [Int] {
        let stored = Array(form.example.stored.utf8)
        guard let dummy = form.verifier.dummy(like: form.example.stored, row: form.row),
            dummy.utf8.count == stored.count
        else {
            // JSON's dummy is written anew.
            return longRuns(in: stored)
        }
        let constants = Array(dummy.utf8)
        return stored.indices.filter { index in
            stored[index] != constants[index] && index + 1 < stored.count && isText(stored[index + 1])
                // Magento cuts a salt for argon2 to 16 characters.
                && !(form.example.scheme == "magento" && form.example.stored.contains(":3_") && index >= 64 + 1 + 16)
                // The salt of bcrypt ends in the middle, and is compared as what it decodes to.
                && !isEndOfBcryptSalt(index, stored)
        }
    }

    private static func isEndOfBcryptSalt(_ index: Int, _ stored: [UInt8]) -> Bool {
        let rest = stored[(index + 1)...]
        return rest.count == 31 && String(decoding: stored, as: UTF8.self).contains("$2")
    }

    @Test(arguments: PasswordExample.all.indices)
    func `a damaged value has a named result`(_ index: Int) throws {
        let form = try Form(PasswordExample.all[index])
        let stored = Array(form.example.stored.utf8)
        let isClear = form.example.options["allow_cleartext"] != nil
        for damaged in [
            [], Array("NULL".utf8), Array("!".utf8) + stored, Array("*".utf8) + stored, Array("x".utf8),
            [0] + stored, stored + [0], stored + [10], [32] + stored, Array("é".utf8), [0xFF],
            [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20), stored + [UInt8](repeating: 32, count: 1 << 20),
        ] {
            let result = form.verify(damaged)
            // Django's own way to say that no password is right.
            let isUnusable = form.example.scheme == "django" && damaged.first == UInt8(ascii: "!")
            #expect(result == (isUnusable || (isClear && result != .malformed) ? .mismatch : .malformed))
        }
        // CHAR(n) pads; a clear value's spaces are its own.
        if !isClear { #expect(form.verify(stored + [32, 32, 32]) == .match) }
    }
}

extension PasswordVerifier {
    func dummy(like stored: String, row: PasswordRow) -> String? {
        Array(stored.utf8).withUnsafeBytes { dummy(like: $0, row: row) }
    }
}
