import ConnectorRegistry
import MigrationCore
import Synchronization
import TestSupport
import Testing

/// A configuration's references to secrets that are kept elsewhere.
@Suite struct ConfigurationSecretsTests {
    /// A store that counts how often it was asked.
    private final class Store: SecretProvider {
        private let values: [SecretReference: String]
        let asked = Mutex<[SecretReference]>([])

        init(_ values: [SecretReference: String]) {
            self.values = values
        }

        func secret(
            _ reference: SecretReference, by deadline: Deadline
        ) async throws(SecretTemplate.Unresolved) -> Secret {
            asked.withLock { $0.append(reference) }
            guard let value = values[reference] else { throw SecretTemplate.Unresolved(message: "it isn't there") }
            return Secret(value)
        }
    }

    private func opener(_ store: Store) -> DirectoryOpener {
        DirectoryOpener(
            kinds: ConnectorRegistry.kinds, baseFolder: "/", environment: { _ in nil }, readFile: { _ in "" },
            provider: store)
    }

    private func configuration(connection: String, key: String? = nil) -> ConnectorsConfiguration {
        ConnectorsConfiguration(
            directories: [
                DirectoryConfiguration(
                    name: "customers", type: "postgres",
                    options: ConnectorOptions([
                        "connection": .text(connection), "lookup": .text("SELECT * FROM users WHERE email = $1"),
                    ]), key: "id", password: .column("pw"))
            ], attributes: [AttributeRule("email", from: .columns(["email"]))], log: LogSettings(key: key))
    }

    private func problems(_ opener: DirectoryOpener, _ configuration: ConnectorsConfiguration) -> [String] {
        do throws(DirectoryOpener.Failure) {
            _ = try opener.open(configuration, maxConnections: 1)
            return []
        } catch {
            return error.problems.map(\.message)
        }
    }

    @Test func `each secret is asked for once, however many references name it`() async throws {
        let store = Store([.secretsManager("db"): #"{"username":"reader","password":"s3cret","port":5432}"#])
        let configuration = configuration(
            connection: "host=x port=${secretsmanager:db#port} user=${secretsmanager:db#username} "
                + "password=${secretsmanager:db#password}", key: "${secretsmanager:db#password}")
        let opener = await opener(store).fetchingSecrets(of: configuration, by: .after(.seconds(5)))
        #expect(problems(opener, configuration).isEmpty)
        #expect(store.asked.withLock { $0 } == [.secretsManager("db")])
        #expect(try opener.secret(configuration.log.key, named: "log.key")?.exposedText() == "s3cret")
    }

    @Test func `a configuration without references asks nobody`() async {
        let store = Store([:])
        let configuration = configuration(connection: "host=x password=y")
        let opener = await opener(store).fetchingSecrets(of: configuration, by: .after(.seconds(5)))
        #expect(problems(opener, configuration).isEmpty)
        #expect(store.asked.withLock { $0 }.isEmpty)
    }

    @Test(arguments: [
        ("${secretsmanager:gone}", "customers: connection: ${secretsmanager:gone}: it isn't there"),
        ("${ssm:/gone}", "customers: connection: ${ssm:/gone}: it isn't there"),
        (
            "${secretsmanager:text#url}",
            "customers: connection: ${secretsmanager:text#url}: it is no JSON object, so it has no \"url\"; leave out "
                + "\"#url\", or store one"
        ),
        (
            "${secretsmanager:object#gone}",
            "customers: connection: ${secretsmanager:object#gone}: it has no \"gone\", or an empty one"
        ),
        ("${secretsmanager:empty}", "customers: connection: ${secretsmanager:empty}: its value is empty"),
    ])
    func `what is missing is told by its reference, and never with a value`(
        _ reference: String, _ problem: String
    ) async {
        let store = Store([
            .secretsManager("text"): "hunter2", .secretsManager("object"): #"{"url":"hunter2"}"#,
            .secretsManager("empty"): "",
        ])
        let configuration = configuration(connection: reference)
        let opener = await opener(store).fetchingSecrets(of: configuration, by: .after(.seconds(5)))
        #expect(problems(opener, configuration) == [problem])
    }
}
