internal import CArgon2

/// argon2's PHC string: `$argon2(id|i|d)[$v=16|19]$m=,t=,p=$salt$hash`, base64 without `=`, in this order.
enum Argon2Verifier {
    static func read(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        try KeyTransform(value, options).applied(to: read(value.text(), options.limits))
    }

    /// `argon2_verify` has no limit on the cost, so the string is read here and hashed raw, with the version it names.
    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        var fields = text.fields(separatedBy: "$")[...]
        guard let first = fields.popFirst(), first.isEmpty, let name = fields.popFirst(),
            types[name.string] != nil
        else { throw .malformed }

        // Strings from before version 19 don't name theirs.
        var version = 16
        if let field = fields.first?.after("v=") {
            version = try field.number()
            fields.removeFirst()
        }
        guard fields.count == 3, let costs = fields.popFirst()?.fields(separatedBy: ","), costs.count == 3,
            let memory = try costs[0].after("m=")?.positiveNumber(),
            let passes = try costs[1].after("t=")?.positiveNumber(),
            let lanes = try costs[2].after("p=")?.positiveNumber(),
            let saltText = fields.popFirst(), let digestText = fields.popFirst()
        else { throw .malformed }
        let salt = try Base64.decode(saltText, padding: .none)
        let digest = try Base64.decode(digestText, padding: .none)
        let parameters = Parameters(
            type: name.string, version: version, memory: memory, passes: passes, lanes: lanes)
        return try storedHash(
            parameters, salt: salt, digest: digest, limits, dummy: text.replacing(saltText, digestText))
    }

    struct Parameters {
        /// `argon2id`, `argon2i` or `argon2d`.
        let type: String
        /// 16 or 19.
        let version: Int
        /// In KiB.
        let memory: Int
        let passes: Int
        let lanes: Int
    }

    static func storedHash(
        _ parameters: Parameters, salt: [UInt8], digest: [UInt8], _ limits: PasswordLimits, dummy: String
    ) throws(Refusal) -> StoredHash {
        StoredHash(
            dummy: dummy, work: try work(parameters, saltBytes: salt.count, digestBytes: digest.count, limits),
            handover: CognitoHash.argon2(parameters, salt: salt, digest: digest)
        ) { typed in
            // Its bounds were kept, so what is left to fail for is memory: it cost too much after all.
            guard let computed = self.digest(parameters, typed, salt: salt, byteCount: digest.count) else {
                return .overLimit
            }
            return compare(computed, digest)
        }
    }

    static func work(
        _ parameters: Parameters, saltBytes: Int, digestBytes: Int, _ limits: PasswordLimits
    ) throws(Refusal) -> VerificationWork {
        let (memory, passes, lanes) = (parameters.memory, parameters.passes, parameters.lanes)
        guard types[parameters.type] != nil, versions[parameters.version] != nil, passes >= 1, lanes >= 1,
            product(8, lanes, isAtMost: memory), saltBytes >= 8, digestBytes >= 4
        else { throw .malformed }
        guard memory <= limits.argon2MemoryKiB, passes <= limits.argon2Passes, lanes <= limits.argon2Lanes,
            product(memory, passes, isAtMost: limits.argon2Work), digestBytes <= limits.argon2OutputBytes,
            // Limits are the operator's, the library counts in 32 bits.
            [memory, passes, lanes].allSatisfy({ UInt32(exactly: $0) != nil })
        else { throw .overLimit }
        return VerificationWork(.argon2, steps: memory * passes)
    }

    /// - Parameter parameters: within `work`'s bounds.
    /// - Returns: nil for want of memory.
    static func digest(
        _ parameters: Parameters, _ typed: UnsafeRawBufferPointer, salt: [UInt8], byteCount: Int
    ) -> [UInt8]? {
        guard let type = types[parameters.type], let version = versions[parameters.version] else { return nil }
        var salt = salt
        var computed = [UInt8](repeating: 0, count: byteCount)
        let result = salt.withUnsafeMutableBufferPointer { salt in
            computed.withUnsafeMutableBufferPointer { computed in
                var context = argon2_context()
                context.out = computed.baseAddress
                context.outlen = UInt32(computed.count)
                // Not written to: that takes a flag.
                context.pwd = UnsafeMutablePointer(mutating: typed.baseAddress?.assumingMemoryBound(to: UInt8.self))
                context.pwdlen = UInt32(typed.count)
                context.salt = salt.baseAddress
                context.saltlen = UInt32(salt.count)
                context.m_cost = UInt32(parameters.memory)
                context.t_cost = UInt32(parameters.passes)
                context.lanes = UInt32(parameters.lanes)
                // Lanes one after the other give the same digest; how many cores a password may take is the caller's
                // to say.
                context.threads = 1
                context.version = version.rawValue
                return argon2_ctx(&context, type)
            }
        }
        return result == ARGON2_OK.rawValue ? computed : nil
    }

    private static let versions = [16: ARGON2_VERSION_10, 19: ARGON2_VERSION_13]
    private static let types = ["argon2id": Argon2_id, "argon2i": Argon2_i, "argon2d": Argon2_d]
}
