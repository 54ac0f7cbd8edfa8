// Hashes in the JSON that identity services keep or export.

/// Keycloak's credential: `secretData` and `credentialData`, objects or JSON in strings, in one column or in two.
///
/// - SeeAlso: keycloak, PasswordSecretData.java and PasswordCredentialData.java
enum KeycloakVerifier {
    static func recognizes(_ text: Characters) -> Bool {
        JSONValue.recognizes(text) && text.contains("secretData".utf8)
    }

    static func read(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        let text = try value.text()
        let whole = try JSONValue.object(in: text)
        let data = try whole["credentialData"].map { value throws(Refusal) in try members(of: value) } ?? whole
        let secret: [String: JSONValue]
        if let inside = whole["secretData"] {
            secret = try members(of: inside)
        } else if let column = value.row.secretData {
            secret = try JSONValue.object(in: column)
        } else {
            throw .malformed
        }
        let salt = try secret.bytes("salt")
        let key = try secret.bytes("value")
        let iterations = try data.number("hashIterations")
        guard iterations >= 1, !key.isEmpty else { throw .malformed }
        let algorithm = data["algorithm"]?.string ?? "pbkdf2"

        // One form for every dummy: whole, and with as long a key.
        let digest = DigestEncoding.base64.constant(byteCount: key.count)
        let dummySecret = #"{"value":"\#(digest)","salt":"5a0c7e1f93b6d2485a0c7Q=="}"#
        func dummy(_ parameters: String) -> String {
            #"{"secretData":\#(dummySecret),"credentialData":{"hashIterations":\#(iterations),"algorithm":""#
                + #"\#(algorithm)","additionalParameters":{\#(parameters)}}}"#
        }
        if algorithm == "argon2" {
            let parameters = try parameters(data["additionalParameters"], passes: iterations)
            return try Argon2Verifier.storedHash(
                parameters, salt: salt, digest: key, options.limits,
                dummy: dummy(
                    #""type":["\#(parameters.type.dropFirst("argon2".count))"],"memory":["\#(parameters.memory)"],"#
                        + #""parallelism":["\#(parameters.lanes)"],"#
                        + #""version":["\#(parameters.version == 19 ? "1.3" : "1.0")"]"#))
        }
        guard let function = functions[algorithm] else { throw .malformed }
        return try PBKDF2Verifier.storedHash(
            function, iterations: iterations, salt: salt, key: key, options.limits, dummy: dummy(""))
    }

    private static func members(of value: JSONValue) throws(Refusal) -> [String: JSONValue] {
        switch value {
        case .object(let members): return members
        case .string(let text): return try JSONValue.object(in: text.utf8)
        case .array, .integer, .other: throw .malformed
        }
    }

    private static func parameters(_ value: JSONValue?, passes: Int) throws(Refusal) -> Argon2Verifier.Parameters {
        let all = value?.object ?? [:]
        func first(_ name: String, default defaultValue: String) throws(Refusal) -> JSONValue {
            guard let values = all[name] else { return .string(defaultValue) }
            guard let first = values.array?.first ?? .some(values) else { throw .malformed }
            return first
        }
        let types = ["id": "argon2id", "i": "argon2i", "d": "argon2d"]
        let versions = ["1.3": 19, "1.0": 16]
        guard let type = types[try first("type", default: "id").string ?? ""],
            let version = versions[try first("version", default: "1.3").string ?? ""]
        else { throw .malformed }
        return Argon2Verifier.Parameters(
            type: type, version: version, memory: try first("memory", default: "7168").number(), passes: passes,
            lanes: try first("parallelism", default: "1").number())
    }

    private static let functions: [String: DigestFunction] = [
        "pbkdf2": .sha1, "pbkdf2-sha256": .sha256, "pbkdf2-sha512": .sha512,
    ]
}

/// The `hash` of Okta's user import.
///
/// - SeeAlso: Okta developer documentation, "Import users with imported hashed password".
enum OktaVerifier {
    static func recognizes(_ text: Characters) -> Bool {
        JSONValue.recognizes(text) && text.contains(#""value""#.utf8) && !text.contains(#""hash""#.utf8)
    }

    static func read(_ text: Characters, _ limits: PasswordLimits) throws(Refusal) -> StoredHash {
        let hash = try JSONValue.object(in: text)
        let algorithm = try hash.string("algorithm")
        switch algorithm {
        case "BCRYPT":
            let cost = try hash.number("workFactor")
            let (salt, value) = (try hash.string("salt"), try hash.string("value"))
            guard cost < 100, salt.utf8.count == 22, value.utf8.count == 31 else { throw .malformed }
            let bcrypt = try withCharacters("$2a$\(cost < 10 ? "0" : "")\(cost)$\(salt)\(value)") {
                text throws(Refusal) in try BcryptVerifier.read(text, limits)
            }
            return bcrypt.within(
                dummy: dummy(
                    algorithm, salt: String(constant.prefix(22)), value: String(constant.prefix(31)),
                    #","workFactor":\#(cost)"#))
        case "PBKDF2":
            let functions: [String: DigestFunction] = ["SHA256_HMAC": .sha256, "SHA512_HMAC": .sha512]
            let name = try hash.string("digestAlgorithm")
            let key = try hash.bytes("value")
            let iterations = try hash.number("iterationCount")
            guard let function = functions[name], iterations >= 1, !key.isEmpty, try hash.number("keySize") == key.count
            else { throw .malformed }
            return try PBKDF2Verifier.storedHash(
                function, iterations: iterations, salt: hash.bytes("salt"), key: key, limits,
                dummy: dummy(
                    algorithm, salt: "5a0c7e1f93b6", value: DigestEncoding.base64.constant(byteCount: key.count),
                    #","digestAlgorithm":"\#(name)","iterationCount":\#(iterations),"keySize":\#(key.count)"#))
        default:
            let functions: [String: DigestFunction] = [
                "SHA-512": .sha512, "SHA-256": .sha256, "SHA-1": .sha1, "MD5": .md5,
            ]
            guard let function = functions[algorithm] else { throw .malformed }
            let salt = hash["salt"] == nil ? [] : try hash.bytes("salt")
            let order = hash["saltOrder"] == nil ? "PREFIX" : try hash.string("saltOrder")
            guard ["PREFIX", "POSTFIX"].contains(order) else { throw .malformed }
            let digest = try withCharacters(hash.string("value")) { text throws(Refusal) in
                try DigestEncoding.base64.decode(text, byteCount: function.byteCount)
            }
            return StoredHash(
                dummy: dummy(
                    algorithm, salt: "5a0c7e1f93b6",
                    value: DigestEncoding.base64.constant(byteCount: function.byteCount), #","saltOrder":"\#(order)""#),
                work: VerificationWork(.digest(function))
            ) { typed in
                salt.withUnsafeBytes { salt in
                    compare(order == "PREFIX" ? function.digest(salt, typed) : function.digest(typed, salt), digest)
                }
            }
        }
    }

    private static let constant = String(repeating: "5a0c7e1f93b6d248", count: 4)

    private static func dummy(_ algorithm: String, salt: String, value: String, _ more: String) -> String {
        #"{"algorithm":"\#(algorithm)","salt":"\#(salt)","value":"\#(value)"\#(more)}"#
    }
}

/// Auth0's `custom_password_hash`, or the bcrypt text of its own users.
///
/// - SeeAlso: Auth0 documentation, "Bulk User Import Database Schema and Examples".
enum Auth0Verifier {
    static func read(_ value: StoredValue, _ options: PasswordOptions) throws(Refusal) -> StoredHash {
        let text = try value.text()
        if BcryptVerifier.recognizes(text) { return try BcryptVerifier.read(text, options.limits) }
        let custom = try JSONValue.object(in: text)
        guard let hash = custom["hash"]?.object else { throw .malformed }
        let algorithm = try custom.string("algorithm")
        let stored = try read(custom, hash, algorithm, value, options)
        // Its dummy is that of the hash inside, or a digest: auth0 reads bcrypt's text, which costs what most do.
        let isBcrypt = stored.dummy.map { $0.hasPrefix("$2") } ?? false
        let plain = stored.within(dummy: isBcrypt ? stored.dummy : dummy(custom, hash, stored, algorithm))
        switch custom["password"]?.object?["encoding"]?.string {
        case nil, "utf8", "ascii": return plain
        case "utf16le": return plain.keyed(.encoding) { PasswordEncoding.utf16LittleEndian.encode($0) }
        default: throw .malformed
        }
    }

    private static func read(
        _ custom: [String: JSONValue], _ hash: [String: JSONValue], _ algorithm: String, _ value: StoredValue,
        _ options: PasswordOptions
    ) throws(Refusal) -> StoredHash {
        let text = try hash.string("value")
        switch algorithm {
        case "bcrypt":
            return try withCharacters(text) { text throws(Refusal) in try BcryptVerifier.read(text, options.limits) }
        case "argon2":
            return try withCharacters(text) { text throws(Refusal) in try Argon2Verifier.read(text, options.limits) }
        case "pbkdf2":
            return try withCharacters(text) { text throws(Refusal) in try PBKDF2Verifier.read(text, options.limits) }
        case "ldap":
            // A clear value would point into the text.
            var options = options
            options.allowCleartext = false
            return try withCharacters(text) { text throws(Refusal) in
                try LDAPPasswordVerifier.read(
                    value.replacing(UnsafeRawBufferPointer(rebasing: text)), options)
            }
        default:
            break
        }
        let digest = try decode(hash)
        let salt = try custom["salt"]?.object.map { salt throws(Refusal) in try decode(salt, isOptional: true) } ?? []
        if algorithm == "scrypt" {
            func number(_ name: String, default defaultValue: Int) throws(Refusal) -> Int {
                custom[name] == nil ? defaultValue : try custom.number(name)
            }
            guard try custom.number("keylen") == digest.count else { throw .malformed }
            return try ScryptVerifier.storedHash(
                n: number("cost", default: 16384), r: number("blockSize", default: 8),
                p: number("parallelization", default: 1), salt: salt, key: digest, options.limits, dummy: "")
        }
        let isSuffix = custom["salt"]?.object?["position"]?.string == "suffix"
        let name = algorithm == "hmac" ? try hash.string("digest") : algorithm
        guard let function = DigestFunction(rawValue: name), algorithm != "sha384", digest.count == function.byteCount
        else { throw .malformed }
        let key: [UInt8]?
        if algorithm == "hmac" {
            guard let parts = hash["key"]?.object else { throw .malformed }
            key = try decode(parts)
        } else {
            key = nil
        }
        return StoredHash(dummy: "", work: VerificationWork(.digest(function))) { typed in
            var message: [UInt8] = []
            message.reserveCapacity(salt.count + typed.count)
            if !isSuffix { message += salt }
            message += typed
            if isSuffix { message += salt }
            defer { erase(&message) }
            return message.withUnsafeBytes { message in
                let computed = key.map { $0.withUnsafeBytes { function.hmac(key: $0, message) } }
                return compare(computed ?? function.digest(message), digest)
            }
        }
    }

    /// `{"value", "encoding"}`: hex, base64 or utf8.
    private static func decode(
        _ parts: [String: JSONValue], isOptional: Bool = false
    ) throws(Refusal) -> [UInt8] {
        if isOptional, parts["value"] == nil { return [] }
        let text = try parts.string("value")
        let encodings: [String: TextEncoding] = ["hex": .hex, "base64": .base64, "utf8": .utf8, "ascii": .utf8]
        guard let encoding = encodings[parts["encoding"]?.string ?? "utf8"] else { throw .malformed }
        return try withCharacters(text) { text throws(Refusal) in try encoding.decode(text) }
    }

    /// The same object with constants in place of the values.
    private static func dummy(
        _ custom: [String: JSONValue], _ hash: [String: JSONValue], _ stored: StoredHash, _ algorithm: String
    ) -> String? {
        switch algorithm {
        case "argon2", "pbkdf2", "ldap":
            return stored.dummy.map { #"{"algorithm":"\#(algorithm)","hash":{"value":"\#($0)"}}"# }
        case "scrypt":
            func number(_ name: String) -> String {
                (try? custom.number(name)).map { #","\#(name)":\#($0)"# } ?? ""
            }
            let length = (try? custom.number("keylen")) ?? 64
            return #"{"algorithm":"scrypt","hash":{"value":""# + DigestEncoding.hex.constant(byteCount: length)
                + #"","encoding":"hex"},"salt":{"value":"5a0c7e1f93b6d248"}"#
                + ["keylen", "cost", "blockSize", "parallelization"].map(number).joined() + "}"
        default:
            let value = DigestEncoding.hex.constant(byteCount: DigestFunction.sha256.byteCount)
            return #"{"algorithm":"sha256","hash":{"value":"\#(value)","encoding":"hex"}}"#
        }
    }
}
