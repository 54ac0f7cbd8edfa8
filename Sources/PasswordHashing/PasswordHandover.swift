/// How a user's password can come along into the pool.
///
/// - SeeAlso: AWS documentation, "Importing users into user pools from a CSV file", on `PasswordHashingAlgorithm`.
public enum PasswordHandover: Sendable, Hashable {
    /// Cognito's import takes the stored value as it is.
    case asIs(CognitoHash.Algorithm)
    /// Cognito's import takes it in another form, which is made here without the password (`cognitoHash(of:)`).
    case reencoded(CognitoHash.Algorithm)
    /// Only the trigger can bring it along, when the user signs in.
    case signIn(SignInReason)
    /// Nothing can: the stored value can't be verified, so the user sets a new password.
    case reset(Verification)

    /// Why only a sign-in can bring a password along. The raw value is its code.
    public enum SignInReason: String, Sendable, Hashable, CaseIterable {
        /// Cognito's import has no such algorithm.
        case algorithm
        /// It has the algorithm, and not this variant of it: `$2$`, `$2x$`, argon2i, PBKDF2 with SHA-512.
        case variant
        /// The hash cost more than the import takes.
        case cost
        /// The key is shorter than the import's, or the salt is empty.
        case length
        /// A pepper, another digest or a format stands between the password and the hash.
        case prehash
        /// The password was hashed in another encoding or Unicode form than the one in which Cognito gets it.
        case encoding
        /// No password is right, as the stored value says itself.
        case noPassword = "no-password"
    }

    /// Its name in reports.
    public var code: String {
        switch self {
        case .asIs: "as-is"
        case .reencoded: "re-encoded"
        case .signIn: "sign-in"
        case .reset: "reset"
        }
    }

    /// Why, in words.
    public var explanation: String {
        switch self {
        case .asIs(let algorithm): "the import takes it as \(algorithm.rawValue)"
        case .reencoded(let algorithm): "the import takes it as \(algorithm.rawValue), in another form"
        case .signIn(let reason): reason.explanation
        case .reset(let verification):
            switch verification {
            case .malformed: "the stored value is malformed"
            case .overLimit: "the stored value asks for more work than the limits allow"
            case .unverifiable: "another system holds the password"
            case .match, .mismatch: "no password is known"
            }
        }
    }
}

extension PasswordHandover.SignInReason {
    public var explanation: String {
        switch self {
        case .algorithm: "Cognito's import has no such algorithm"
        case .variant: "Cognito's import doesn't take this variant of the algorithm"
        case .cost: "it costs more than Cognito's import takes"
        case .length: "its key is too short for Cognito's import, or it has no salt"
        case .prehash: "what was hashed is not the password alone"
        case .encoding: "what was hashed is not the password as Cognito gets it"
        case .noPassword: "the stored value says that no password is right"
        }
    }
}

/// A stored hash in the form that Cognito's import reads, column `password_hash`.
public struct CognitoHash: Sendable, Hashable {
    /// `PasswordHashingAlgorithm`; one import job has one of them.
    public enum Algorithm: String, Sendable, Hashable, CaseIterable {
        case bcrypt = "BCRYPT"
        case scrypt = "SCRYPT"
        case argon2id = "ARGON2ID"
        case pbkdf2SHA256 = "PBKDF2_SHA256"
    }

    public let algorithm: Algorithm
    public let text: String

    // MARK: The four forms, with the most that the import takes of each

    /// - Parameters:
    ///   - variant: such as `2b`.
    ///   - rest: cost, salt and digest.
    static func bcrypt(variant: String, cost: Int, rest: String) -> HandoverForm {
        guard ["2a", "2b", "2y"].contains(variant) else { return .withheld(.variant) }
        guard cost <= 12 else { return .withheld(.cost) }
        return .hash(CognitoHash(algorithm: .bcrypt, text: "$\(variant)$\(rest)"))
    }

    static func scrypt(n: Int, r: Int, p: Int, salt: [UInt8], key: [UInt8]) -> HandoverForm {
        guard n <= 65536, r <= 8, p <= 1 else { return .withheld(.cost) }
        guard key.count >= keyBytes, !salt.isEmpty else { return .withheld(.length) }
        let parts = [Hex.encode(salt), Hex.encode(key.prefix(keyBytes))].map { String(decoding: $0, as: UTF8.self) }
        return .hash(CognitoHash(algorithm: .scrypt, text: "\(n)$\(r)$\(p)$\(parts[0])$\(parts[1])"))
    }

    static func argon2(_ parameters: Argon2Verifier.Parameters, salt: [UInt8], digest: [UInt8]) -> HandoverForm {
        guard parameters.type == "argon2id", parameters.version == 19 else { return .withheld(.variant) }
        guard parameters.memory <= 19456, parameters.passes <= 2, parameters.lanes <= 1 else { return .withheld(.cost) }
        let costs = "m=\(parameters.memory),t=\(parameters.passes),p=\(parameters.lanes)"
        let parts = [Base64.encode(salt), Base64.encode(digest)].map { String(decoding: $0, as: UTF8.self) }
        return .hash(CognitoHash(algorithm: .argon2id, text: "$argon2id$v=19$\(costs)$\(parts[0])$\(parts[1])"))
    }

    static func pbkdf2(_ function: DigestFunction, iterations: Int, salt: [UInt8], key: [UInt8]) -> HandoverForm {
        guard function == .sha256 else { return .withheld(.variant) }
        guard iterations <= maxIterations else { return .withheld(.cost) }
        guard key.count >= keyBytes, !salt.isEmpty else { return .withheld(.length) }
        return .hash(pbkdf2(iterations: iterations, salt: salt, key: Array(key.prefix(keyBytes))))
    }

    /// What a clear value becomes, with the most iterations that the import takes; takes as long as a verification.
    ///
    /// - Parameter salt: 16 random bytes.
    static func pbkdf2(ofClear password: UnsafeRawBufferPointer, salt: [UInt8]) -> CognitoHash? {
        guard
            let key = PBKDF2Verifier.key(.sha256, password, salt: salt, iterations: maxIterations, byteCount: keyBytes)
        else { return nil }
        return pbkdf2(iterations: maxIterations, salt: salt, key: key)
    }

    private static func pbkdf2(iterations: Int, salt: [UInt8], key: [UInt8]) -> CognitoHash {
        // passlib's form, in its alphabet.
        let parts = [salt, key].map { String(decoding: Base64.encode($0, dotForPlus: true), as: UTF8.self) }
        return CognitoHash(algorithm: .pbkdf2SHA256, text: "$pbkdf2-sha256$\(iterations)$\(parts[0])$\(parts[1])")
    }

    /// A key of PBKDF2 or scrypt is the front of every longer one, so those may be cut.
    private static let keyBytes = 32
    private static let maxIterations = 600_000
}

/// What can be handed over of a stored value.
enum HandoverForm {
    case hash(CognitoHash)
    /// The password itself, to be hashed here.
    case clear
    case withheld(PasswordHandover.SignInReason)
}
