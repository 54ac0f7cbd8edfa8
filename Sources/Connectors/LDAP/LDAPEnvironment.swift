#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// libldap reads ldap.conf, ~/.ldaprc and `LDAP*` variables when it is first called, unless it is told not to.
enum LDAPEnvironment {
    private static let isShutOut: Bool = setenv("LDAPNOINIT", "1", 1) == 0

    /// Called before anything of libldap. Later calls do nothing.
    ///
    /// - Returns: false if the process has no memory for it.
    static func shutOut() -> Bool { isShutOut }

    /// Where systems keep the certificates that they trust: Debian, Amazon Linux.
    private static let trustStores = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]

    /// What is trusted where connectors.yaml says no `ca_file`; nil if the system has nothing.
    static var trustStore: String? { trustStores.first { access($0, R_OK) == 0 } }
}
