internal import Crypto

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The digests that stored passwords use.
public enum DigestFunction: String, Sendable, Hashable, Codable, CaseIterable {
    case md5, sha1, sha256, sha384, sha512

    var byteCount: Int {
        switch self {
        case .md5: Insecure.MD5.byteCount
        case .sha1: Insecure.SHA1.byteCount
        case .sha256: SHA256.byteCount
        case .sha384: SHA384.byteCount
        case .sha512: SHA512.byteCount
        }
    }

    /// How much input one step of it takes.
    var blockByteCount: Int {
        switch self {
        case .md5: Insecure.MD5.blockByteCount
        case .sha1: Insecure.SHA1.blockByteCount
        case .sha256: SHA256.blockByteCount
        case .sha384: SHA384.blockByteCount
        case .sha512: SHA512.blockByteCount
        }
    }

    /// The digest of the parts, one after the other.
    func digest(_ parts: UnsafeRawBufferPointer...) -> [UInt8] {
        switch self {
        case .md5: Self.digest(parts, with: Insecure.MD5())
        case .sha1: Self.digest(parts, with: Insecure.SHA1())
        case .sha256: Self.digest(parts, with: SHA256())
        case .sha384: Self.digest(parts, with: SHA384())
        case .sha512: Self.digest(parts, with: SHA512())
        }
    }

    private static func digest(_ parts: [UnsafeRawBufferPointer], with function: some HashFunction) -> [UInt8] {
        var function = function
        for part in parts { function.update(bufferPointer: part) }
        return Array(function.finalize())
    }

    /// `count` rounds over `start`, each of the digest before it, or of its hex, and then of `suffix`.
    func iterated(
        _ start: [UInt8], count: Int, asHex: Bool = false, suffix: UnsafeRawBufferPointer = .init(start: nil, count: 0)
    ) -> [UInt8] {
        switch self {
        case .md5: Self.iterated(Insecure.MD5.self, start, count, asHex, suffix)
        case .sha1: Self.iterated(Insecure.SHA1.self, start, count, asHex, suffix)
        case .sha256: Self.iterated(SHA256.self, start, count, asHex, suffix)
        case .sha384: Self.iterated(SHA384.self, start, count, asHex, suffix)
        case .sha512: Self.iterated(SHA512.self, start, count, asHex, suffix)
        }
    }

    private static func iterated<Function: HashFunction>(
        _: Function.Type, _ start: [UInt8], _ count: Int, _ asHex: Bool, _ suffix: UnsafeRawBufferPointer
    ) -> [UInt8] {
        var digest = start
        for _ in 0..<count {
            var function = Function()
            (asHex ? Hex.encode(digest) : digest).withUnsafeBytes { function.update(bufferPointer: $0) }
            function.update(bufferPointer: suffix)
            function.finalize().withUnsafeBytes { result in
                digest.withUnsafeMutableBytes { $0.copyMemory(from: result) }
            }
        }
        return digest
    }

    /// RFC 2104.
    func hmac(key: UnsafeRawBufferPointer, _ message: UnsafeRawBufferPointer) -> [UInt8] {
        switch self {
        case .md5: Self.hmac(HMAC<Insecure.MD5>.self, key, message)
        case .sha1: Self.hmac(HMAC<Insecure.SHA1>.self, key, message)
        case .sha256: Self.hmac(HMAC<SHA256>.self, key, message)
        case .sha384: Self.hmac(HMAC<SHA384>.self, key, message)
        case .sha512: Self.hmac(HMAC<SHA512>.self, key, message)
        }
    }

    private static func hmac<Function>(
        _: HMAC<Function>.Type, _ key: UnsafeRawBufferPointer, _ message: UnsafeRawBufferPointer
    ) -> [UInt8] {
        Array(HMAC<Function>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }
}
