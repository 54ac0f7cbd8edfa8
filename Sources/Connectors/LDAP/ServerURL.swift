/// One of a directory's servers: `ldaps://HOST[:PORT]`, `ldap://HOST[:PORT]` or `ldapi://PATH`, the path's slashes as `%2F`.
struct ServerURL: Sendable, Hashable {
    /// Why a text is none; the message says what to do.
    struct SyntaxError: Error, Sendable, Hashable {
        let message: String
    }

    enum Place: Sendable, Hashable {
        case host(String, port: UInt16)
        /// A socket in the file system.
        case file(String)
    }

    enum Security: Sendable, Hashable {
        /// TLS from the first byte.
        case tls
        /// TLS once the server agrees to it; without that there is no connection.
        case startTLS
        /// A socket of this machine, or `plaintext: true`.
        case none
    }

    let place: Place
    let security: Security
    /// As libldap is given it: its host is the one that the certificate has to be for.
    let text: String

    init(_ text: String, startTLS: Bool, plaintext: Bool) throws(SyntaxError) {
        guard !text.utf8.contains(0), let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            text[colon...].hasPrefix("://")
        else {
            throw SyntaxError(message: "not an LDAP URL; write ldaps://HOST, ldap://HOST or ldapi://PATH")
        }
        let scheme = text[..<colon].lowercased()
        var rest = text[text.index(colon, offsetBy: 3)...]
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.contains(where: { "/?#@".contains($0) }) else {
            throw SyntaxError(
                message:
                    "the URL says where the server is and nothing else; base, filter and bind_dn are keys of their own")
        }
        switch scheme {
        case "ldapi":
            guard let path = Self.percentDecoded(rest), path.hasPrefix("/") else {
                throw SyntaxError(
                    message: "write the socket's whole path, its slashes as %2F: ldapi://%2Frun%2Fslapd%2Fldapi")
            }
            place = .file(path)
            security = .none
            self.text = "ldapi://\(rest)"
        case "ldaps", "ldap":
            let isTLS = scheme == "ldaps"
            let (host, port) = try Self.hostAndPort(rest, defaultPort: isTLS ? 636 : 389)
            place = .host(host, port: port)
            if isTLS, startTLS {
                throw SyntaxError(message: "start_tls is for ldap:// URLs; ldaps:// has TLS from the start")
            }
            guard isTLS || startTLS || plaintext else {
                throw SyntaxError(
                    message:
                        "passwords would travel unencrypted; use ldaps://, or start_tls: true, or say plaintext: true")
            }
            security = isTLS ? .tls : startTLS ? .startTLS : .none
            self.text = "\(scheme)://" + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
        default:
            throw SyntaxError(message: "not an LDAP URL; write ldaps://HOST, ldap://HOST or ldapi://PATH")
        }
    }

    private static func hostAndPort(
        _ text: Substring, defaultPort: UInt16
    ) throws(SyntaxError) -> (host: String, port: UInt16) {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else {
                throw SyntaxError(message: "the address has a [ without its ]")
            }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw SyntaxError(message: "after ] comes the port, as :636")
            }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            guard !host.contains(":") else {
                throw SyntaxError(message: "write an IPv6 address in brackets: ldaps://[::1]")
            }
        }
        guard !host.isEmpty else { throw SyntaxError(message: "the URL has no host") }
        // What it has instead may mean something else to libldap: a list of URLs, an escape.
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !#"%,"<>\^`{|}[]"#.utf8.contains($0) }) else {
            throw SyntaxError(message: "a host's name has only letters, digits, dots and hyphens in it")
        }
        guard let port else { return (String(host), defaultPort) }
        guard let number = UInt16(port), number > 0 else {
            throw SyntaxError(message: "a port is a number from 1 to 65535")
        }
        return (String(host), number)
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                value != 0
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
