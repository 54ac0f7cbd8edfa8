internal import CLibPQ
import MigrationCore
internal import Threads

/// What the connection of connectors.yaml says, and nothing that anything else says: no `PG*` variable, `~/.pgpass`,
/// service file or certificate in a home folder.
///
/// Holds the password as text, so it lives for one connecting only.
struct ConnectionParameters {
    /// Why a connection can't be used. The messages show no part of it.
    enum Problem: Error, Hashable {
        case malformed
        case service
        case rootCertificateMissing
        case systemCertificatesUnchecked

        var message: String {
            switch self {
            case .malformed:
                "not a connection: give a libpq URI (postgresql://..., with % @ : / ? # in a password percent-encoded) or "
                    + "keywords and values (host=... dbname=...), spelled as libpq does"
            case .service:
                "service= reads a file that is not part of this configuration: give host, dbname and user themselves"
            case .rootCertificateMissing:
                "sslmode=verify-ca and verify-full need sslrootcert=FILE, the certificates to trust, or sslrootcert=system"
            case .systemCertificatesUnchecked:
                "sslrootcert=system trusts whoever has a public certificate, so it needs sslmode=verify-full"
            }
        }
    }

    private(set) var values: [String: String]

    /// The keywords that name files.
    private static let files = ["passfile", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslcrldir"]

    /// - Parameter baseFolder: what relative files are relative to; the current folder if empty.
    init(_ connection: Secret, baseFolder: String = "") throws(Problem) {
        guard var values = Self.parse(connection) else { throw .malformed }
        guard values["service"] == nil else { throw .service }
        let isVerified = values["sslmode"]?.hasPrefix("verify-") ?? false
        if isVerified, values["sslrootcert"] == nil { throw .rootCertificateMissing }
        if Self.trustsSystem(values) {
            guard values["sslmode", default: "verify-full"] == "verify-full" else { throw .systemCertificatesUnchecked }
            values["sslmode"] = "verify-full"
            values["sslrootcert"] = TrustStore.file
        }
        self.values = values
        for file in Self.files {
            guard let path = values[file], !path.hasPrefix("/"), !baseFolder.isEmpty else { continue }
            self.values[file] = "\(baseFolder)/\(path)"
        }
        // A file that can't exist: an empty value would mean the one in the home folder.
        for file in ["passfile", "sslcert", "sslkey", "sslrootcert"] {
            set(file, to: "/dev/null/none")
        }
        if values["sslcrldir"] == nil { set("sslcrl", to: "/dev/null/none") }
        set("gssencmode", to: "disable")
        set("fallback_application_name", to: "cognito-user-migration")
        self.values["client_encoding"] = "UTF8"
    }

    /// The files that a connection names, as it names them; none if it can't be read.
    static func files(in connection: Secret) -> [String] {
        let values = parse(connection) ?? [:]
        return files.compactMap { $0 == "sslrootcert" && trustsSystem(values) ? nil : values[$0] }
    }

    /// libpq 16's word for the list that the system, or `SSL_CERT_FILE`, has; libpq 15 doesn't know it, and a packaged one
    /// looks where there is nothing. A file of that name is `./system`.
    private static func trustsSystem(_ values: [String: String]) -> Bool { values["sslrootcert"] == "system" }

    /// The values that nobody should read; none if the connection can't be read.
    static func passwords(in connection: Secret) -> [String] {
        let values = parse(connection) ?? [:]
        return ["password", "sslpassword"].compactMap { values[$0] }
    }

    private mutating func set(_ keyword: String, to value: String) {
        if values[keyword] == nil { values[keyword] = value }
    }

    /// The keywords that have a value. Nothing of the environment is looked at.
    private static func parse(_ connection: Secret) -> [String: String]? {
        let text = connection.exposedText()
        guard !text.utf8.contains(0) else { return nil }
        // The message isn't asked for: it quotes the connection.
        guard let options = PQconninfoParse(text, nil) else { return nil }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, value.pointee != 0 {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        return values
    }
}

// MARK: - Hosts

extension ConnectionParameters {
    struct Host: Hashable {
        var name: String
        var address: String
        var port: String

        /// A path or an abstract socket.
        var isSocket: Bool { name.hasPrefix("/") || name.hasPrefix("@") }
    }

    /// The servers, in the order they are tried; nil if the lists don't fit each other, which libpq says best.
    var hosts: [Host]? {
        let names = list("host")
        let addresses = list("hostaddr")
        let ports = list("port")
        let count = max(names.count, addresses.count)
        guard count > 0, names.isEmpty || names.count == count, addresses.isEmpty || addresses.count == count,
            ports.count <= 1 || ports.count == count
        else { return nil }
        return (0..<count).map { index in
            Host(
                name: names.isEmpty ? "" : names[index], address: addresses.isEmpty ? "" : addresses[index],
                port: ports.count > 1 ? ports[index] : ports.first ?? "")
        }
    }

    private func list(_ keyword: String) -> [String] {
        values[keyword].map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
    }

    /// Gives each host its addresses beside its name, which the certificate is still compared with.
    ///
    /// A host with several addresses is several hosts; one that isn't among them stays as it is.
    mutating func setHosts(_ hosts: [Host], addresses: [String: [String]]) {
        let all = hosts.flatMap { host -> [Host] in
            guard host.address.isEmpty, let addresses = addresses[host.name] else { return [host] }
            return addresses.map { Host(name: host.name, address: $0, port: host.port) }
        }
        values["host"] = all.map(\.name).joined(separator: ",")
        values["hostaddr"] =
            all.allSatisfy(\.address.isEmpty) ? nil : all.map(\.address).joined(separator: ",")
        values["port"] = all.allSatisfy(\.port.isEmpty) ? nil : all.map(\.port).joined(separator: ",")
    }

    /// The same with one server each, in the order they are tried; itself if there is one, or libpq has to say what is
    /// wrong with the lists.
    ///
    /// libpq goes through a list by itself, but on to the next only after an error: one that says nothing would keep it
    /// until the deadline.
    var oneServerEach: [ConnectionParameters] {
        guard let hosts, hosts.count > 1 else { return [self] }
        let attributes = "target_session_attrs"
        // What libpq does: once for a standby, and if there is none, once more for any server.
        let rounds = values[attributes] == "prefer-standby" ? ["standby", "any"] : [values[attributes]]
        return rounds.flatMap { round in
            hosts.map { host in
                var parameters = self
                parameters.setHosts([host], addresses: [:])
                parameters.values[attributes] = round
                return parameters
            }
        }
    }
}
