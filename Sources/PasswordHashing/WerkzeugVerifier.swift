/// Werkzeug's, and so Flask's, `method$salt$hex`.
///
/// - SeeAlso: werkzeug/security.py
enum WerkzeugVerifier {
    static func recognizes(_ text: Characters) -> Bool {
        let method = text.prefix { $0 != UInt8(ascii: "$") }
        guard method.count < text.count else { return false }
        let words = method.fields(separatedBy: ":").map(\.string)
        switch words[0] {
        case "scrypt": return words.count == 4 && words.dropFirst().allSatisfy { $0.utf8.allSatisfy(\.isDigit) }
        case "pbkdf2": return words.count == 3 && words[2].utf8.allSatisfy(\.isDigit)
        // MD5 and SHA-1 are Django's.
        case "sha256", "sha384", "sha512": return words.count == 1
        default: return false
        }
    }

    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        let fields = text.fields(separatedBy: "$")
        guard fields.count == 3, fields[1].isPrintable else { throw .malformed }
        let method = fields[0].fields(separatedBy: ":")
        let salt = Array(fields[1])
        let digest = try Hex.decode(fields[2])
        guard !digest.isEmpty else { throw .malformed }
        let dummy = text.replacing(fields[1], fields[2])
        switch method[0].string {
        case "scrypt":
            // What it said nothing of was its default.
            var costs = [32768, 8, 1]
            if method.count > 1 {
                guard method.count == 4 else { throw .malformed }
                costs = [try method[1].number(), try method[2].number(), try method[3].number()]
            }
            return try ScryptVerifier.storedHash(
                n: costs[0], r: costs[1], p: costs[2], salt: salt, key: digest, limits, dummy: dummy)
        case "pbkdf2":
            guard method.count == 3, let function = DigestFunction(rawValue: method[1].string) else { throw .malformed }
            return try PBKDF2Verifier.storedHash(
                function, iterations: method[2].positiveNumber(), salt: salt, key: digest, limits, dummy: dummy)
        default:
            guard method.count == 1, let function = DigestFunction(rawValue: method[0].string) else { throw .malformed }
            return try text.withDummy(replacing: fields[1], fields[2]) { () throws(Refusal) in
                try PlainDigestVerifier.storedHash(fields[2], in: text, byteCount: function.byteCount, function) {
                    typed in
                    salt.isEmpty ? function.digest(typed) : salt.withUnsafeBytes { function.hmac(key: $0, typed) }
                }
            }
        }
    }
}
