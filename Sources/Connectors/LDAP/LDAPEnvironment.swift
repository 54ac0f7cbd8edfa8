internal import CLibLDAP

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// libldap reads ldap.conf, ~/.ldaprc and `LDAP*` variables when it is first called, unless it is told not to.
enum LDAPEnvironment {
    private static let isShutOut: Bool = setenv("LDAPNOINIT", "1", 1) == 0 && nameLocalhost()

    /// libldap takes `localhost` for the machine's own name, and asks for a certificate of that; and to know this name, its
    /// first call asks the name server, with no limit of time. It keeps the name in a variable that no header declares;
    /// `localhost` in it ends both.
    ///
    /// - SeeAlso: ldap_int_initialize in init.c and tlsg_session_chkhost in tls_g.c, OpenLDAP 2.5 and 2.6.
    private static func nameLocalhost() -> Bool {
        // Null is RTLD_DEFAULT. A libldap that keeps it elsewhere has its own way.
        guard let symbol = dlsym(nil, "ldap_int_hostname") else { return true }
        let hostname = symbol.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
        // Before libldap's first call, so that it looks this name up, which the machine knows by itself.
        hostname.pointee = strdup("localhost")
        var version: CInt = 0
        let isReady = ldap_get_option(nil, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_OPT_SUCCESS
        // Some systems find it as localhost.localdomain.
        free(hostname.pointee)
        hostname.pointee = strdup("localhost")
        return isReady && hostname.pointee != nil
    }

    /// Called before anything of libldap. Later calls do nothing.
    ///
    /// - Returns: false if the process has no memory for it.
    static func shutOut() -> Bool { isShutOut }
}
