#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
internal import Threads

/// LDAP's text form of an instant (RFC 4517, 3.3.13): `20260131120000Z`.
enum GeneralizedTime {
    /// How far two machines' clocks may be apart: what Kerberos allows.
    private static let clockSkew: Duration = .seconds(300)

    /// What a server's clock has surely shown by now.
    static var beforeNow: String { text(SystemWallClock().now.sinceEpoch - clockSkew) }

    static func text(_ sinceEpoch: Duration) -> String {
        var seconds = time_t(sinceEpoch.components.seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: CInt, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(width - text.count, 0)) + text
        }
        return digits(parts.tm_year + 1900, 4) + digits(parts.tm_mon + 1, 2) + digits(parts.tm_mday, 2)
            + digits(parts.tm_hour, 2) + digits(parts.tm_min, 2) + digits(parts.tm_sec, 2) + "Z"
    }
}
