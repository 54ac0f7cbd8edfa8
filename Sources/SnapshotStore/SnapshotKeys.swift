internal import Crypto
internal import MigrationCore

/// The keys of one file, by HKDF-SHA-256 (RFC 5869) from the configured one and the file's salt: one that seals, one that
/// hashes names, and a mark that tells another key from a damaged file.
struct SnapshotKeys: Sendable {
    /// What is sealed, for nothing sealed to stand in another's place.
    enum Place {
        case header
        case bucket(Int64)
        /// A record on its way, in the builder's own file.
        case staged

        fileprivate var label: [UInt8] {
            switch self {
            case .header: Array("header".utf8)
            case .bucket(let number): Array("bucket ".utf8) + withUnsafeBytes(of: number.bigEndian) { Array($0) }
            case .staged: Array("staged".utf8)
            }
        }
    }

    struct NotSealedHere: Error {}

    let mark: [UInt8]
    private let sealing: SymmetricKey
    private let names: KeyedHash

    init(_ key: Secret, salt: [UInt8]) {
        let material = key.withExposed { SymmetricKey(data: $0) }
        func derived(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: material, salt: salt,
                info: Array("cognito-user-migration snapshot \(SnapshotFormat.number) \(purpose)".utf8),
                outputByteCount: 32)
        }
        sealing = derived("sealing")
        names = KeyedHash(key: derived("names").withUnsafeBytes { Secret(bytes: $0) })
        mark = derived("mark").withUnsafeBytes { Array($0) }
    }

    static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// 63 bits of the hash of a directory's name and a user's, as it is compared.
    func hash(_ name: String, in directory: String) -> Int64 {
        names.digest(of: [directory, name]).number
    }

    /// AES-256-GCM with a random nonce: nonce, ciphertext, tag.
    func seal(_ bytes: [UInt8], as place: Place) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(bytes, using: sealing, authenticating: place.label)
            guard let combined = box.combined else { preconditionFailure("the nonce is of the usual length") }
            return Array(combined)
        } catch {
            preconditionFailure("the key is of 256 bits, and the nonce the library's: \(error)")
        }
    }

    func open(_ sealed: [UInt8], as place: Place) throws(NotSealedHere) -> [UInt8] {
        do {
            let box = try AES.GCM.SealedBox(combined: sealed)
            return Array(try AES.GCM.open(box, using: sealing, authenticating: place.label))
        } catch {
            throw NotSealedHere()
        }
    }
}
