/// Django's `algorithm$…`, in all the forms of its hashers, current and removed.
///
/// - SeeAlso: django/contrib/auth/hashers.py
enum DjangoVerifier {
    static func recognizes(_ text: Characters) -> Bool {
        if text.first == unusable { return true }
        guard let end = text.firstIndex(of: UInt8(ascii: "$")), let form = forms[text[..<end].string] else {
            return false
        }
        guard case .digest = form else { return true }
        let fields = text.fields(separatedBy: "$")
        return fields.count == 3 && !fields[2].isEmpty && fields[2].allSatisfy(\.isHexDigit)
    }

    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        // `set_unusable_password()`: no password is right.
        if text.first == unusable {
            return StoredHash(dummy: nil, work: .none, handover: .withheld(.noPassword)) { _ in .mismatch }
        }

        guard let end = text.firstIndex(of: UInt8(ascii: "$")) else {
            // The oldest form is the bare hex of MD5.
            return try PlainDigestVerifier.readMD5(text)
        }
        guard let form = forms[text[..<end].string] else { throw .malformed }
        let rest = text[text.index(after: end)...]

        switch form {
        case .pbkdf2(let function):
            let fields = rest.fields(separatedBy: "$")
            guard fields.count == 3, !fields[1].isEmpty, fields[1].isPrintable else { throw .malformed }
            let iterations = try fields[0].positiveNumber()
            let key = try Base64.decode(fields[2])
            guard key.count == function.byteCount else { throw .malformed }
            return try PBKDF2Verifier.storedHash(
                function, iterations: iterations, salt: Array(fields[1]), key: key, limits,
                dummy: text.replacing(fields[1], fields[2]))

        case .scrypt:
            let fields = rest.fields(separatedBy: "$")
            guard fields.count == 5, !fields[1].isEmpty, fields[1].isPrintable else { throw .malformed }
            let key = try Base64.decode(fields[4])
            guard key.count == 64 else { throw .malformed }
            return try ScryptVerifier.storedHash(
                n: fields[0].number(), r: fields[2].number(), p: fields[3].number(), salt: Array(fields[1]), key: key,
                limits, dummy: text.replacing(fields[1], fields[4]))

        case .bcrypt:
            return try BcryptVerifier.read(rest, limits).prefixed(by: text[..<rest.startIndex])

        case .bcryptSHA256:
            return try BcryptVerifier.read(rest, limits).prefixed(by: text[..<rest.startIndex])
                .keyed(.prehash) { typed in
                    var digest = DigestFunction.sha256.digest(typed)
                    defer { erase(&digest) }
                    return Hex.encode(digest)
                }

        case .argon2:
            // The PHC string's own first `$` is the separator.
            return try Argon2Verifier.read(text[end...], limits).prefixed(by: text[..<end])

        case .digest(let function):
            let fields = rest.fields(separatedBy: "$")
            guard fields.count == 2, fields[0].isPrintable else { throw .malformed }
            let salt = Array(fields[0])
            return try text.withDummy(replacing: fields[0], fields[1]) { () throws(Refusal) in
                try PlainDigestVerifier.storedHash(fields[1], in: text, byteCount: function.byteCount, function) {
                    typed in salt.withUnsafeBytes { function.digest($0, typed) }
                }
            }
        }
    }

    private enum Form {
        case pbkdf2(DigestFunction)
        case scrypt
        case bcrypt
        /// Of the hex of SHA-256.
        case bcryptSHA256
        case argon2
        case digest(DigestFunction)
    }

    private static let unusable = UInt8(ascii: "!")

    private static let forms: [String: Form] = [
        "pbkdf2_sha256": .pbkdf2(.sha256),
        "pbkdf2_sha1": .pbkdf2(.sha1),
        "bcrypt_sha256": .bcryptSHA256,
        "bcrypt": .bcrypt,
        "argon2": .argon2,
        "scrypt": .scrypt,
        "sha1": .digest(.sha1),
        "md5": .digest(.md5),
    ]
}
