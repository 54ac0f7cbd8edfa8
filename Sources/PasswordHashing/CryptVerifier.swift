internal import CCrypt

/// crypt(3), by libxcrypt.
enum CryptVerifier {
    /// libxcrypt refuses a password of 512 bytes and more; whoever types one is no less wrong than others.
    private static let maxPasswordBytes = 511

    /// A form of crypt(3) that has a name of its own.
    enum Form: String, CaseIterable {
        case md5 = "md5-crypt"
        case apr1
        case sha256 = "sha256-crypt"
        case sha512 = "sha512-crypt"
        case yescrypt
        case gostYescrypt = "gost-yescrypt"
        case sunMD5 = "sun-md5"
        case sha1 = "sha1-crypt"
        case bsdi = "bsdi-crypt"
        case des = "des-crypt"

        func recognizes(_ text: Characters) -> Bool {
            switch self {
            case .md5: text.after("$1$") != nil
            case .apr1: text.after("$apr1$") != nil
            case .sha256: text.after("$5$") != nil
            case .sha512: text.after("$6$") != nil
            case .yescrypt: text.after("$y$") != nil
            case .gostYescrypt: text.after("$gy$") != nil
            case .sunMD5: text.after("$md5,") != nil || text.after("$md5$") != nil
            case .sha1: text.after("$sha1$") != nil
            case .bsdi: text.count == 20 && text.after("_")?.isCryptText ?? false
            case .des: text.count == 13 && text.isCryptText
            }
        }
    }

    /// Any of crypt(3)'s forms, bcrypt and scrypt's among them.
    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        if BcryptVerifier.recognizes(text) { return try BcryptVerifier.read(text, limits) }
        if text.after("$7$") != nil { return try ScryptVerifier.readCrypt(text, limits) }
        guard let form = Form.allCases.first(where: { $0.recognizes(text) }) else { throw .malformed }
        return try read(text, as: form, limits)
    }

    static func read(_ text: Characters, as form: Form, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        guard form.recognizes(text) else { throw .malformed }
        switch form {
        case .md5, .apr1:
            let fields = text.fields(separatedBy: "$")
            guard fields.count == 4, isSalt(fields[2], 0...8), fields[3].count == 22, fields[3].isCryptText else {
                throw .malformed
            }
            if form == .apr1 { return APR1.storedHash(text, salt: fields[2], digest: fields[3]) }
            return storedHash(text, secrets: [fields[2], fields[3]], VerificationWork(.md5Crypt, steps: 1000))
        case .sha256:
            return try readSHA(text, digestLength: 43, .sha256Crypt, limits)
        case .sha512:
            return try readSHA(text, digestLength: 86, .sha512Crypt, limits)
        case .sha1:
            let fields = text.fields(separatedBy: "$")
            guard fields.count == 5, (1...64).contains(fields[3].count), fields[3].isCryptText, fields[4].count == 28,
                fields[4].isCryptText
            else { throw .malformed }
            let rounds = try fields[2].positiveNumber()
            guard rounds <= limits.shaCryptRounds else { throw .overLimit }
            return storedHash(text, secrets: [fields[3], fields[4]], VerificationWork(.sha1Crypt, steps: rounds))
        case .yescrypt, .gostYescrypt:
            return try readYescrypt(text, form == .yescrypt ? .yescrypt : .gostYescrypt, limits)
        case .sunMD5:
            return try readSunMD5(text, limits)
        case .bsdi:
            let rounds = CryptText.number(text.dropFirst().prefix(4))
            guard rounds >= 1 else { throw .malformed }
            guard rounds <= limits.bsdiRounds else { throw .overLimit }
            return storedHash(text, secrets: [text.dropFirst(5)], VerificationWork(.desCrypt, steps: rounds))
        case .des:
            return storedHash(text, secrets: [text], VerificationWork(.desCrypt, steps: 25))
        }
    }

    /// `$5$` and `$6$`, `[rounds=N$]salt$` and the digest.
    private static func readSHA(
        _ text: Characters, digestLength: Int, _ kind: VerificationWork.Kind, _ limits: PasswordLimits
    ) throws(Refusal) -> StoredHash {
        var fields = text.fields(separatedBy: "$").dropFirst(2)
        var rounds = 5000
        if let number = fields.first?.after("rounds=") {
            rounds = try number.number()
            // What libxcrypt takes; glibc moved numbers outside into the range.
            guard (1000...999_999_999).contains(rounds) else { throw .malformed }
            fields.removeFirst()
        }
        guard fields.count == 2, let salt = fields.first, let digest = fields.last, isSalt(salt, 0...16),
            salt.after("rounds=") == nil, digest.count == digestLength, digest.isCryptText
        else { throw .malformed }
        guard rounds <= limits.shaCryptRounds else { throw .overLimit }
        return storedHash(text, secrets: [salt, digest], VerificationWork(kind, steps: rounds))
    }

    /// `$y$` or `$gy$`, `jNr`, salt, and 43 characters.
    private static func readYescrypt(
        _ text: Characters, _ kind: VerificationWork.Kind, _ limits: PasswordLimits
    ) throws(Refusal) -> StoredHash {
        let fields = text.fields(separatedBy: "$")
        guard fields.count == 5, fields[2].count >= 3, fields[2].isCryptText, fields[2].first == UInt8(ascii: "j"),
            fields[3].count <= 86, fields[3].isCryptText, fields[4].count == 43, fields[4].isCryptText
        else { throw .malformed }
        // `k` and what follows it begins a number of more characters.
        let costs = fields[2].dropFirst().map { CryptText.value(of: $0) }
        guard costs.count == 2, costs.allSatisfy({ $0 < CryptText.value(of: UInt8(ascii: "k")) }) else {
            throw .overLimit
        }
        let exponent = costs[0] + 1
        let r = costs[1] + 1
        guard exponent <= 40, product(128, 1 << exponent, r, isAtMost: limits.scryptMemoryBytes) else {
            throw .overLimit
        }
        // The salt's last character has bits that must stay unset.
        return storedHash(
            text, secrets: [fields[3].dropLast(), fields[4]], VerificationWork(kind, steps: r << exponent))
    }

    /// `$md5[,rounds=N]$salt$[$]` and 22 characters; 4096 rounds more than it says.
    private static func readSunMD5(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        var fields = text.fields(separatedBy: "$").dropFirst()
        var rounds = 0
        if let number = fields.popFirst()?.after("md5,") {
            guard let count = try number.after("rounds=")?.positiveNumber() else { throw .malformed }
            rounds = count
        }
        // Two dollars leave an empty field between salt and digest.
        guard let salt = fields.popFirst(), salt.count <= 64, salt.isCryptText, let digest = fields.popLast(),
            fields.isEmpty || fields.elementsEqual([digest.prefix(0)], by: { $0.count == $1.count }),
            digest.count == 22,
            digest.isCryptText
        else { throw .malformed }
        guard rounds <= limits.sunMD5Rounds else { throw .overLimit }
        return storedHash(text, secrets: [salt, digest], VerificationWork(.sunMD5, steps: 4096 + rounds))
    }

    private static func storedHash(
        _ text: Characters, secrets: [Characters], _ work: VerificationWork
    ) -> StoredHash {
        StoredHash(dummy: text.replacing(secrets), work: work, verify: verifier(of: text))
    }

    /// Hashes the typed password with the whole stored text as the setting, and compares the whole.
    static func verifier(of text: Characters) -> (UnsafeRawBufferPointer) -> Verification {
        let whole = Array(text)
        return { typed in
            guard isPassword(typed) else { return .mismatch }
            // Refused by this build of libxcrypt: nobody has judged the password.
            guard let computed = hash(typed, setting: whole), computed.count == whole.count else { return .malformed }
            return compare(computed, whole)
        }
    }

    /// Whether crypt(3) takes it: a NUL would end it there, and the front part be accepted.
    static func isPassword(_ typed: UnsafeRawBufferPointer) -> Bool {
        typed.count <= maxPasswordBytes && !typed.contains(0)
    }

    /// crypt_r's answer, or nil if it refused the setting.
    ///
    /// - Parameters:
    ///   - password: without NUL, because crypt(3) would end there and accept the front part.
    ///   - setting: without NUL; a whole stored value will do.
    static func hash(_ password: UnsafeRawBufferPointer, setting: [UInt8]) -> [UInt8]? {
        // 32 KiB: too much for the stack of a thread of ours.
        let data = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<crypt_data>.size, alignment: MemoryLayout<crypt_data>.alignment)
        let dataBytes = UnsafeMutableRawBufferPointer(start: data, count: MemoryLayout<crypt_data>.size)
        dataBytes.initializeMemory(as: UInt8.self, repeating: 0)
        defer {
            eraseMemory(dataBytes)
            data.deallocate()
        }
        return withSecretBytes(count: password.count + 1) { phrase in
            phrase.copyMemory(from: password)
            let setting = setting.map { CChar(bitPattern: $0) } + [0]
            guard
                let output = crypt_r(
                    phrase.baseAddress?.assumingMemoryBound(to: CChar.self), setting,
                    data.assumingMemoryBound(to: crypt_data.self))
            else { return nil }
            let text = UnsafeBufferPointer(start: output, count: Int(CRYPT_OUTPUT_SIZE)).prefix { $0 != 0 }
            // `*0` and `*1` are failures, never digests.
            guard let first = text.first, first != CChar(bitPattern: UInt8(ascii: "*")) else { return nil }
            return text.map { UInt8(bitPattern: $0) }
        }
    }

    private static func isSalt(_ text: Characters, _ lengths: ClosedRange<Int>) -> Bool {
        lengths.contains(text.count) && text.allSatisfy(isSaltCharacter)
    }

    /// Not `$`, and not what libxcrypt refuses in any setting.
    static func isSaltCharacter(_ character: UInt8) -> Bool {
        (0x21...0x7E).contains(character) && !"$:;*!\\".utf8.contains(character)
    }
}

/// The alphabet of crypt(3), `./0-9A-Za-z`, six bits a character, the low ones first.
enum CryptText {
    static let alphabet = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// - Parameter character: of the alphabet.
    static func value(of character: UInt8) -> Int {
        switch character {
        case UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            Int(character) - Int(UInt8(ascii: "."))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character) - Int(UInt8(ascii: "A")) + 12
        default: Int(character) - Int(UInt8(ascii: "a")) + 38
        }
    }

    /// - Parameter text: at most ten characters.
    static func number(_ text: Characters) -> Int {
        text.reversed().reduce(0) { $0 << 6 | value(of: $1) }
    }

    /// Three bytes, little-endian, become four characters; fewer at the end become one more than they are.
    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reversed().reduce(0) { $0 << 8 | Int($1) }
            for _ in 0..<(group.count + 1) {
                output.append(alphabet[bits & 63])
                bits >>= 6
            }
        }
        return output
    }

    static func decode(_ text: Characters) -> [UInt8] {
        var output: [UInt8] = []
        var rest = text
        while rest.count > 1 {
            let group = rest.prefix(4)
            var bits = number(group)
            for _ in 1..<group.count {
                output.append(UInt8(bits & 255))
                bits >>= 8
            }
            rest = rest.dropFirst(4)
        }
        return output
    }
}
