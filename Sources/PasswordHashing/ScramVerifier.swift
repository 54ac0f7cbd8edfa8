/// PostgreSQL's `SCRAM-SHA-256$N:salt$StoredKey:ServerKey`.
///
/// - SeeAlso: RFC 5802, section 3; RFC 7677.
enum ScramVerifier {
    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        guard let fields = text.after("SCRAM-SHA-256$")?.fields(separatedBy: "$"), fields.count == 2 else {
            throw .malformed
        }
        let costs = fields[0].fields(separatedBy: ":")
        let keys = fields[1].fields(separatedBy: ":")
        guard costs.count == 2, keys.count == 2, !costs[1].isEmpty else { throw .malformed }
        let iterations = try costs[0].positiveNumber()
        let salt = try Base64.decode(costs[1])
        let storedKey = try Base64.decode(keys[0])
        let serverKey = try Base64.decode(keys[1])
        // With its padding, as PostgreSQL writes it.
        guard storedKey.count == 32, serverKey.count == 32, keys.allSatisfy({ $0.count == 44 }) else {
            throw .malformed
        }
        let work = try PBKDF2Verifier.work(.sha256, iterations: iterations, keyBytes: 32, limits)
        return StoredHash(dummy: text.replacing(costs[1], keys[0], keys[1]), work: work) { typed in
            var prepared = SASLprep.apply(to: typed) ?? Array(typed)
            defer { erase(&prepared) }
            let derived = withAddressedBytes(of: prepared) {
                PBKDF2Verifier.key(.sha256, $0, salt: salt, iterations: iterations, byteCount: 32)
            }
            guard var salted = derived else { return .overLimit }
            defer { erase(&salted) }
            func code(_ name: String) -> [UInt8] {
                salted.withUnsafeBytes { key in
                    Array(name.utf8).withUnsafeBytes { DigestFunction.sha256.hmac(key: key, $0) }
                }
            }
            let computed = code("Client Key").withUnsafeBytes { DigestFunction.sha256.digest($0) } + code("Server Key")
            return compare(computed, storedKey + serverKey)
        }
    }
}
