import ConfigurationYAML
import ConnectorRegistry
import MigrationCore
import TestSupport
import Testing

/// The directory of a `Faulted`'s configuration in this process, where its listing can be read and a clock be moved.
struct OpenedDirectory {
    let proxy: FaultProxy
    let configuration: ConnectorsConfiguration
    let directory: any ListableDirectory

    init(
        _ kind: Faulted.Kind, servers: Servers? = nil, isPlain: Bool = false,
        changing change: (String) -> String = { $0 }
    ) async throws {
        let servers = if let servers { servers } else { try await Servers.shared() }
        let (yaml, environment): (String, [String: String])
        switch kind {
        case .postgres:
            proxy = try FaultProxy(to: servers.postgres.port)
            (yaml, environment) = Faulted.postgres(
                servers.postgres.connection(
                    database: Servers.database, "port=\(proxy.port) sslmode=\(isPlain ? "disable" : "require")"))
        case .ldap:
            proxy = try FaultProxy(to: isPlain ? servers.ldap.plainPort : servers.ldap.tlsPort)
            (yaml, environment) = Faulted.ldap(
                servers.ldap, url: "\(isPlain ? "ldap" : "ldaps")://127.0.0.1:\(proxy.port)", isPlain: isPlain)
        }
        let text = change(Faulted.with(Faulted.budget, yaml))
        let result = ConfigurationReader(kinds: ConnectorRegistry.kinds).read(yaml: Array(text.utf8)) {
            _ throws(UserPoolSettings.UnreadableDescription) in
            throw UserPoolSettings.UnreadableDescription(message: "there is none")
        }
        configuration = try #require(result.configuration, "\(result.problems)")
        let opener = DirectoryOpener(
            kinds: ConnectorRegistry.kinds, baseFolder: "", environment: { environment[$0] },
            readFile: { _ throws(SecretTemplate.Unresolved) in throw SecretTemplate.Unresolved(message: "no file") })
        directory = try #require(try opener.open(configuration, maxConnections: 2).first)
    }
}
