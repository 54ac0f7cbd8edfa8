import PasswordHashing
import Testing

/// A stored value of each form, all of one password. They are lines of Vectors/passwords.ndjson.
struct Sample: Sendable, CustomTestStringConvertible {
    static let password = "correct horse battery"

    let scheme: String
    let stored: String
    /// What of `stored` is salt and digest.
    let secrets: [Secret]

    struct Secret: Sendable {
        enum Alphabet: Sendable {
            case base64, bcrypt, hex
            /// Every character is its own.
            case text
        }

        let text: String
        let alphabet: Alphabet
    }

    var testDescription: String { "\(scheme): \(stored.prefix(24))" }

    var verifier: PasswordVerifier { get throws { try #require(PasswordVerifier(scheme: scheme)) } }

    private init(_ scheme: String, _ parts: (String, Secret.Alphabet?)...) {
        self.scheme = scheme
        stored = parts.map(\.0).joined()
        secrets = parts.compactMap { text, alphabet in alphabet.map { Secret(text: text, alphabet: $0) } }
    }

    static let all = [
        Sample(
            "bcrypt", ("$2b$05$", nil), ("Cigs5MouWjtXloH4/QDIA.", .bcrypt), ("6psDGI/EwITmI52JyTYXg7ajsShfMBq", .text)),
        Sample(
            "bcrypt", ("$2$04$", nil), ("wRxDFFx.UUIpb8fmSgCNEO", .bcrypt), ("2myHsWmhujhJb/kteSONRYuy5VMvAAO", .text)),
        Sample(
            "argon2", ("$argon2id$v=19$m=1024,t=2,p=1$", nil), ("q11zFHmkm8Z57LonzQpusw", .base64), ("$", nil),
            ("HDkvXnHqVbrFa6I8eM5h+niTB6Iyf5eWKyRfBBkryqc", .base64)),
        Sample(
            "argon2", ("$argon2i$m=1024,t=2,p=1$", nil), ("pbMCC/OXYhoOfVSV1R9B0A", .base64), ("$", nil),
            ("BVz/1xY4xNFTAaDJOIGYlp2Opdl8AQ3e69powyaX5oo", .base64)),
        Sample(
            "pbkdf2", ("$pbkdf2$500$", nil), ("k8ad0UPrCUuM5rVTfGjygQ", .base64), ("$", nil),
            ("Olb.5Bvbelh3ZtfNCudWq732gqY", .base64)),
        Sample(
            "pbkdf2", ("$pbkdf2-sha256$500$", nil), ("e.qJBprofzZE2JW06KdAlw", .base64), ("$", nil),
            ("N92p1qx51a82q.rkjXpThFNJoiYqBpSra8VhbDA5dks", .base64)),
        Sample(
            "sha512-crypt", ("$6$rounds=1000$", nil), ("kq0NDcuVXonmB6", .text), ("$", nil),
            ("fmq84ijqDRtis.QOpeiq4IvEgErurEBbrs8cN3z7W3k.Xj8/oazesHhS0bxxhlx8/mt0b5pMacVyRyNMrTlju/", .text)),
        Sample(
            "django", ("pbkdf2_sha1$500$", nil), ("jv8srqHEhOg4yzIJvbpXDx", .text), ("$", nil),
            ("pl1xMxB98jtdsPMq+eFizWRqIUs=", .base64)),
        Sample(
            "django", ("scrypt$1024$", nil), ("SdPpxJXuamEZmjxSHlclII", .text), ("$8$1$", nil),
            ("ou4KsJ6wuQw+CinOtRSonNUmXInat3ZDMv9GwQW1RQxLW1lHTG5Rbe0jC/aVAoDZnFiEeZt3Fn7kgSTaKgzPzA==", .base64)),
        Sample(
            "django", ("md5$", nil), ("BW6vysWl3Da6X3ylUUsYgG", .text), ("$", nil),
            ("381c4686e1edece6b1857c3bee9cd765", .hex)),
        Sample(
            "django", ("bcrypt_sha256$$2b$05$", nil), ("My0MN1YbUjNkgR.h4Xbwlu", .bcrypt),
            ("K4I6f16x/ekEyy8Om5qtXOMuzfsCOZG", .text)),
        Sample(
            "django", ("argon2$argon2id$v=19$m=1024,t=2,p=8$", nil), ("lvaoptKtYpeXOjaAecQC4A", .base64), ("$", nil),
            ("4mSpG+OKUEB5BWXclCRLFRTTMkocgK98n6ZzK5DWAvg", .base64)),
        Sample("ldap", ("{SHA}", nil), ("mN7MYuzjmaIu0w1JDvMzvn/ec4U=", .base64)),
        Sample("ldap", ("{SSHA}", nil), ("6d1jfnGqPXAqcAMWOM0fchPMezA+p9fx3nuMUQ==", .base64)),
        Sample("ldap", ("{SMD5}", nil), ("6STnc1fQm2rMFbztH8vIkWDQKzEgJrk0", .base64)),
        Sample("ldap", ("{SHA256}", nil), ("kCjqDRXeyqNbLaIcApCvOxpboKMKWRkG+JtQdOIJ6nI=", .base64)),
        Sample(
            "ldap", ("{PBKDF2-SHA256}500$", nil), ("T6yZZTCWqazhxkcbsIbhgQ", .base64), ("$", nil),
            ("J/9o0.WJRoSzxIyHaCSWI.l1tJWTNTw.0bBu3b6Iq/g", .base64)),
        Sample(
            "ldap", ("{CRYPT}$6$rounds=1000$", nil), (".YG2ekGz", .text), ("$", nil),
            ("r8wMW0mAjz6WKrySVRJASBCbcviZ6Uoe5N1nCR4rG1pdKdQjxJ9yAY2TxtK8pMzjDKWaBWMRJx9nWPC4LodOu.", .text)),
        Sample(
            "ldap", ("{CRYPT}$2b$05$", nil), ("ITc/YgT/9f4MYXa/BZZd3O", .bcrypt),
            ("BSzMFF./sYRei7s4dLlvTpBGZzA8Pt6", .text)),
        Sample(
            "ldap", ("{ARGON2}$argon2i$v=19$m=1024,t=2,p=1$", nil), ("eEWVk5apg4wzb2Tihssokg", .base64), ("$", nil),
            ("NzVaStUHR/dPoFA5ksul79qnD8rMApqPoXCnBpqZ+Wg", .base64)),
    ]
}

extension Sample.Secret {
    /// The texts that differ in one significant bit, one for each.
    func changedByOneBit() -> [String] {
        let characters = Array(text.utf8)
        let alphabet: [UInt8]
        switch self.alphabet {
        case .text:
            return characters.indices.map { index in
                var changed = characters
                changed[index] ^= 1
                return String(decoding: changed, as: UTF8.self)
            }
        case .base64:
            let plus = UInt8(ascii: characters.contains(UInt8(ascii: ".")) ? "." : "+")
            alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8) + [plus] + [47]
        case .bcrypt:
            alphabet = Array("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        case .hex:
            alphabet = Array("0123456789abcdef".utf8)
        }
        let bits = alphabet.count == 16 ? 4 : 6
        let data = characters.filter { $0 != UInt8(ascii: "=") }
        // The last character's low bits are to spare.
        let significantBits = data.count * bits / 8 * 8
        return (0..<significantBits).compactMap { bit in
            guard let value = alphabet.firstIndex(of: data[bit / bits]) else { return nil }
            var changed = characters
            changed[bit / bits] = alphabet[value ^ (1 << (bits - 1 - bit % bits))]
            return String(decoding: changed, as: UTF8.self)
        }
    }
}
