#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The certificates that are trusted where nobody named a file of them.
public enum TrustStore {
    /// Where systems keep theirs: Debian, Amazon Linux.
    private static let ofSystems = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]

    /// A file of PEM: the one that the environment's `SSL_CERT_FILE` names (OpenSSL's variable; the function's `bootstrap`
    /// sets it to the list that its package brings along), or else the system's; nil if the system has none.
    ///
    /// A file that is named is not looked for: where it is missing, the system's list must not stand in for it.
    public static var file: String? {
        if let named = getenv("SSL_CERT_FILE"), named.pointee != 0 { return String(cString: named) }
        return ofSystems.first { access($0, R_OK) == 0 }
    }
}
