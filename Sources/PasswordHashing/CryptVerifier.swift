internal import CCrypt

/// crypt(3), by libxcrypt.
enum CryptVerifier {
    /// libxcrypt refuses a password of 512 bytes and more; whoever types one is no less wrong than others.
    private static let maxPasswordBytes = 511

    /// `$6$[rounds=N$]salt$` and 86 characters.
    static func readSHA512(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        guard var fields = text.after("$6$")?.fields(separatedBy: "$") else { throw .malformed }
        var rounds = 5000
        if let number = fields.first?.after("rounds=") {
            rounds = try number.number()
            // What libxcrypt takes; glibc moved numbers outside into the range.
            guard (1000...999_999_999).contains(rounds) else { throw .malformed }
            fields.removeFirst()
        }
        guard fields.count == 2, fields[0].count <= 16, fields[0].allSatisfy(isSaltCharacter),
            fields[0].after("rounds=") == nil, fields[1].count == 86, fields[1].isCryptText
        else { throw .malformed }
        guard rounds <= limits.shaCryptRounds else { throw .overLimit }

        let whole = Array(text)
        return StoredHash(dummy: text.replacing(fields[0], fields[1])) { typed in
            guard typed.count <= maxPasswordBytes, !typed.contains(0) else { return .mismatch }
            // Refused by this build of libxcrypt: nobody has judged the password.
            guard let computed = hash(typed, setting: whole), computed.count == whole.count else { return .malformed }
            return compare(computed, whole)
        }
    }

    /// Any of crypt(3)'s forms that is built, bcrypt among them.
    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        if BcryptVerifier.recognizes(text) { return try BcryptVerifier.read(text, limits) }
        return try readSHA512(text, limits)
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

    /// Not `$`, and not what libxcrypt refuses in any setting.
    private static func isSaltCharacter(_ character: UInt8) -> Bool {
        (0x21...0x7E).contains(character) && !"$:;*!\\".utf8.contains(character)
    }
}
