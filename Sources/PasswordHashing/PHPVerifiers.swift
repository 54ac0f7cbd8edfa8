/// phpass, and Drupal's SHA-512 version of it.
enum PHPassVerifier {
    static func recognizes(_ text: Characters) -> Bool { text.after("$P$") != nil || text.after("$H$") != nil }

    /// `$P$` or `$H$`, one character of the rounds' log2, 8 of salt, 22 of digest.
    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        guard recognizes(text) else { throw .malformed }
        return try storedHash(text, .md5, digestLength: 22, limits)
    }

    /// Drupal 7's `$S$` with 43 characters of SHA-512; `U` before it means that the hex of MD5 is hashed.
    static func readDrupal(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        if text.after("U$") != nil {
            return try readDrupal(text.dropFirst(), limits)
                .prefixed(by: "U")
                .keyed(.prehash) { typed in
                    guard typed.count <= maxDrupalPasswordBytes else { return nil }
                    var digest = DigestFunction.md5.digest(typed)
                    defer { erase(&digest) }
                    return Hex.encode(digest)
                }
        }
        let hash: StoredHash
        if text.after("$S$") != nil {
            hash = try storedHash(text, .sha512, digestLength: 43, limits)
        } else if recognizes(text) {
            hash = try read(text, limits)
        } else {
            hash = try PlainDigestVerifier.readMD5(text)
        }
        return hash.keyed(nil) { $0.count <= maxDrupalPasswordBytes ? Array($0) : nil }
    }

    private static func storedHash(
        _ text: Characters, _ function: DigestFunction, digestLength: Int, _ limits: PasswordLimits
    ) throws(Refusal) -> StoredHash {
        let rest = text.dropFirst(3)
        guard rest.count == 1 + 8 + digestLength, rest.isCryptText else { throw .malformed }
        let exponent = CryptText.number(rest.prefix(1))
        guard (7...30).contains(exponent) else { throw .malformed }
        guard exponent <= limits.phpassCost else { throw .overLimit }
        let salt = Array(rest.dropFirst().prefix(8))
        let digest = Array(rest.suffix(digestLength))
        return StoredHash(
            dummy: text.replacing(rest.dropFirst()), work: VerificationWork(.digest(function), steps: 1 << exponent)
        ) { typed in
            let first = salt.withUnsafeBytes { function.digest($0, typed) }
            let computed = function.iterated(first, count: 1 << exponent, suffix: typed)
            return compare(CryptText.encode(computed).prefix(digestLength), digest)
        }
    }

    /// Drupal's own limit.
    private static let maxDrupalPasswordBytes = 512
}

/// WordPress: its bcrypt of an HMAC since 6.8, phpass before, MD5 long before.
enum WordPressVerifier {
    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        let hash: StoredHash
        if let bcrypt = text.after("$wp") {
            hash = try BcryptVerifier.read(bcrypt, limits).prefixed(by: "$wp").keyed(.prehash) { typed in
                var code = Array("wp-sha384".utf8).withUnsafeBytes { DigestFunction.sha384.hmac(key: $0, typed) }
                defer { erase(&code) }
                return Base64.encode(code, padded: true)
            }
        } else if PHPassVerifier.recognizes(text) {
            hash = try PHPassVerifier.read(text, limits)
        } else if text.after("$argon2") != nil {
            hash = try Argon2Verifier.read(text, limits)
        } else if BcryptVerifier.recognizes(text) {
            hash = try BcryptVerifier.read(text, limits)
        } else {
            hash = try PlainDigestVerifier.readMD5(text)
        }
        // At sign-in WordPress trims what was typed.
        return hash.keyed(nil) { typed in
            var trimmed = typed[...]
            while let first = trimmed.first, isBlank(first) { trimmed.removeFirst() }
            while let last = trimmed.last, isBlank(last) { trimmed.removeLast() }
            return Array(trimmed)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { " \t\n\r\0\u{B}".utf8.contains(byte) }
}

/// What other PHP applications write.
enum PHPApplicationVerifier {
    static func readVBulletin(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        try DigestVerifier.read(
            value, options, .md5,
            .init(layout: value.row.salt.isEmpty ? hashAndSalt : nil, format: vBulletin))
    }

    static func readJoomla(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        let text = try value.text()
        if BcryptVerifier.recognizes(text) { return try BcryptVerifier.read(text, options.limits) }
        if PHPassVerifier.recognizes(text) { return try PHPassVerifier.read(text, options.limits) }
        if let digest = text.after("{SHA256}") {
            let rest = try value.replacing(UnsafeRawBufferPointer(rebasing: digest))
            return try DigestVerifier.read(rest, options, .sha256, .init(layout: hashAndSalt, format: passwordAndSalt))
                .prefixed(by: "{SHA256}")
        }
        let layout = text.contains(UInt8(ascii: ":")) ? hashAndSalt : nil
        return try DigestVerifier.read(value, options, .md5, .init(layout: layout, format: passwordAndSalt))
    }

    private static let hashAndSalt = StoredLayout(literal: "{hash}:{salt}")
    private static let passwordAndSalt = PasswordTemplate(literal: "{password}{salt}")
    private static let vBulletin = PasswordTemplate(literal: "{password|md5}{salt}")

    /// Magento: `hash:salt[:version…]`; versions chain, the oldest first, each over the hex of the one before.
    static func readMagento(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        let text = try value.text()
        if BcryptVerifier.recognizes(text) { return try BcryptVerifier.read(text, options.limits) }
        let fields = text.fields(separatedBy: ":")
        let stored = try Hex.decode(fields[0])
        let salt = fields.count > 1 ? Array(fields[1]) : []
        var steps: [MagentoStep] = []
        if fields.count <= 2 {
            switch stored.count {
            case 16: steps = [.digest(.md5)]
            case 32: steps = [.digest(.sha256)]
            default: throw .malformed
            }
        } else {
            guard fields.count <= 2 + 4, !stored.isEmpty else { throw .malformed }
            for version in fields[2...] { steps.append(try MagentoStep(version, salt: salt, options.limits)) }
        }
        guard steps.last?.byteCount == stored.count else { throw .malformed }
        // argon2's steps are what it takes; a digest is nothing beside them.
        let passes = steps.map(\.work).filter { $0.kind == .argon2 }.reduce(0) { $0 + $1.steps }
        let work = passes > 0 ? VerificationWork(.argon2, steps: passes) : steps[0].work
        return StoredHash(
            dummy: fields.count > 1 ? text.replacing(fields[0], fields[1]) : text.replacing(fields[0]),
            work: work
        ) { typed in
            var current = Array(typed)
            defer { erase(&current) }
            for step in steps {
                guard let digest = step.apply(to: current, salt: salt) else { return .overLimit }
                erase(&current)
                current = Hex.encode(digest)
            }
            return compare(current, Hex.encode(stored))
        }
    }

    private enum MagentoStep {
        case digest(DigestFunction)
        case argon2(Argon2Verifier.Parameters, byteCount: Int)

        init(_ version: Characters, salt: [UInt8], _ limits: PasswordLimits) throws(Refusal) {
            if version.elementsEqual("0".utf8) {
                self = .digest(.md5)
            } else if version.elementsEqual("1".utf8) {
                self = .digest(.sha256)
            } else {
                var (byteCount, passes, memoryBytes) = (32, 2, 64 << 20)
                if !version.elementsEqual("2".utf8) {
                    guard let numbers = version.after("3_")?.fields(separatedBy: "_"), numbers.count == 3 else {
                        throw .malformed
                    }
                    byteCount = try numbers[0].positiveNumber()
                    passes = try numbers[1].positiveNumber()
                    // Bytes, so more than ten digits are still a number.
                    guard (1...12).contains(numbers[2].count), numbers[2].first != UInt8(ascii: "0"),
                        let bytes = Int(numbers[2].string), numbers[2].allSatisfy(\.isDigit)
                    else { throw .malformed }
                    memoryBytes = bytes
                }
                guard !salt.isEmpty else { throw .malformed }
                let parameters = Argon2Verifier.Parameters(
                    type: "argon2id", version: 19, memory: memoryBytes / 1024, passes: passes, lanes: 1)
                _ = try Argon2Verifier.work(parameters, saltBytes: 16, digestBytes: byteCount, limits)
                self = .argon2(parameters, byteCount: byteCount)
            }
        }

        var byteCount: Int {
            switch self {
            case .digest(let function): function.byteCount
            case .argon2(_, let byteCount): byteCount
            }
        }

        var work: VerificationWork {
            switch self {
            case .digest(let function): VerificationWork(.digest(function))
            case .argon2(let parameters, _): VerificationWork(.argon2, steps: parameters.memory * parameters.passes)
            }
        }

        /// - Returns: nil for want of memory.
        func apply(to input: [UInt8], salt: [UInt8]) -> [UInt8]? {
            switch self {
            case .digest(let function):
                return salt.withUnsafeBytes { salt in input.withUnsafeBytes { function.digest(salt, $0) } }
            case .argon2(let parameters, let byteCount):
                // Repeated or cut to what libsodium takes.
                let salt = (0..<16).map { salt[$0 % salt.count] }
                return withAddressedBytes(of: input) {
                    Argon2Verifier.digest(parameters, $0, salt: salt, byteCount: byteCount)
                }
            }
        }
    }
}
