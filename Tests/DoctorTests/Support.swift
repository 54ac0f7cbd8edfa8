import Foundation
import MigrationCore
import Reports
import TLSInspection
import TestSupport
import Testing
import Threads
import TriggerWiring

/// An inspector that has seen something already.
struct FixedInspector: TLSInspector {
    var observation = TLSObservation.unreachable("not looked at")

    func inspect(_ endpoint: TLSEndpoint, by deadline: Deadline) async -> TLSObservation { observation }
}

struct FixedWallClock: WallClock {
    let now: UnixTime
}

extension DirectoryExamination {
    func first(_ code: Finding.Code) -> Finding? { findings.first { $0.code == code } }

    func severity(_ code: Finding.Code) -> Finding.Severity? { first(code)?.severity }

    var problems: [Finding] { findings.filter { $0.severity == .problem } }
}

/// What `doctor` finds out about the one directory of a configuration, by the connectors and inspector that it has.
func examine(
    type: String, _ options: [String: ConnectorOptions.Value], key: String = "id",
    password: PasswordSource = .column("pw"),
    attributes: [AttributeRule] = [AttributeRule("email", from: .columns(["email"]))],
    timeout: Duration = .seconds(2)
) async throws -> DirectoryExamination {
    let configuration = ConnectorsConfiguration(
        directories: [
            DirectoryConfiguration(
                name: "users", type: type, options: ConnectorOptions(options), key: key, password: password,
                timeout: timeout)
        ], attributes: attributes)
    let directory = try DirectoryOpener(configurationFile: "connectors.yaml").open(configuration, maxConnections: 1)[0]
    let examination = await DirectoryExaminer(
        configuration, directory: configuration.directories[0], inspector: OpenSSLInspector()
    ).examine(directory)
    await directory.close()
    return examination
}
