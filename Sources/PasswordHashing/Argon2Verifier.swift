internal import CArgon2

/// argon2's PHC string: `$argon2(id|i|d)[$v=16|19]$m=,t=,p=$salt$hash`, base64 without `=`, in this order.
enum Argon2Verifier {
    /// `argon2_verify` has no limit on the cost, so the string is read here and hashed raw, with the version it names.
    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        var fields = text.fields(separatedBy: "$")[...]
        guard let first = fields.popFirst(), first.isEmpty, let name = fields.popFirst(),
            let type = types[name.string]
        else { throw .malformed }

        // Strings from before version 19 don't name theirs.
        var version = ARGON2_VERSION_10
        if let field = fields.first?.after("v=") {
            switch try field.number() {
            case 16: version = ARGON2_VERSION_10
            case 19: version = ARGON2_VERSION_13
            default: throw .malformed
            }
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
        guard product(8, lanes, isAtMost: memory), salt.count >= 8, digest.count >= 4 else { throw .malformed }

        guard memory <= limits.argon2MemoryKiB, passes <= limits.argon2Passes, lanes <= limits.argon2Lanes,
            product(memory, passes, isAtMost: limits.argon2Work), digest.count <= limits.argon2OutputBytes,
            // Limits are the operator's, the library counts in 32 bits.
            let memory = UInt32(exactly: memory), let passes = UInt32(exactly: passes),
            let lanes = UInt32(exactly: lanes)
        else { throw .overLimit }

        return StoredHash(dummy: text.replacing(saltText, digestText)) { typed in
            var salt = salt
            var computed = [UInt8](repeating: 0, count: digest.count)
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
                    context.m_cost = memory
                    context.t_cost = passes
                    context.lanes = lanes
                    // Lanes one after the other give the same digest; how many cores a password may take is the caller's
                    // to say.
                    context.threads = 1
                    context.version = version.rawValue
                    return argon2_ctx(&context, type)
                }
            }
            guard result == ARGON2_OK.rawValue else {
                // There was no memory for it: it cost too much after all.
                return result == ARGON2_MEMORY_ALLOCATION_ERROR.rawValue ? .overLimit : .malformed
            }
            return compare(computed, digest)
        }
    }

    private static let types = ["argon2id": Argon2_id, "argon2i": Argon2_i, "argon2d": Argon2_d]
}
