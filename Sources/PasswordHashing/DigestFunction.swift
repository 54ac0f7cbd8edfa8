internal import Crypto

/// The digests that stored passwords use.
enum DigestFunction {
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
}
