import ArgumentParser
import CognitoClient
import Foundation
import MigrationCore
import PasswordHashing
import Reports
import SnapshotStore
import TLSInspection
import TriggerWiring

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examines each directory and the pool, live: what works, what doesn't, and what to do about it.",
        discussion: """
            Connects to each directory, looks at its certificate and at what the reader may do, times a look-up, and \
            compares the first rows with what connectors.yaml reads. Shows no user's data except keys that are there \
            twice. Looks into the snapshot, too, and at the user pool: whether it calls the right function and may, which \
            app clients can't migrate users, and whether the mapping fits it. Nothing is changed.

            Exit codes: 0 nothing to fix (there may be warnings), 3 something to fix, 4 nobody could say, 6 interrupted, \
            78 the configuration is wrong.
            """)

    @OptionGroup var common: CommonOptions

    @Flag(help: "Leave the user pool and everything else at AWS out.")
    var offline = false

    @Option(help: "The ARN of the function's alias that the pool should call.")
    var function: String?

    func validate() throws {
        if let function, FunctionARN(function) == nil {
            throw ValidationError(
                "--function should be an ARN, such as arn:aws:lambda:eu-west-1:111122223333:function:migrate:live")
        }
    }

    func run() async throws {
        let file = try ConfigurationFile.load(common)
        let (directories, secrets) = try await file.opening { opener throws(DirectoryOpener.Failure) in
            let secrets = try opener.passwordSecrets(file.configuration)
            return (try opener.open(file.configuration, maxConnections: 1), secrets)
        }
        let place = try await file.opening { opener throws(DirectoryOpener.Failure) in
            try opener.snapshot(file.configuration)
        }
        let seen: ([DirectoryExamination], DoctorReport.Pool)? = await StopSignals.cancelling {
            async let pool = self.pool(file)
            let examinations = await Self.examine(directories, secrets, file.configuration)
            let seen = (examinations, await pool)
            return Task.isCancelled ? nil : seen
        }
        for directory in directories { await directory.close() }
        guard let (examinations, pool) = seen else {
            Output.note("interrupted; nothing was changed")
            throw ExitStatus.interrupted.exitCode
        }
        let snapshot = place.map { place in
            SnapshotFindings(SnapshotInspector.inspection(of: place, file.configuration)).findings
        }
        let report = DoctorReport(examinations, snapshot: snapshot, pool: pool)
        try Output.data(common.format == .json ? report.json : report.text)
        if report.hasProblems { throw ExitStatus.rejected.exitCode }
        if report.hasUnknowns { throw ExitStatus.outage.exitCode }
    }

    /// For all that is asked of AWS.
    private static let cloudLimit = Duration.seconds(15)

    private func pool(_ file: ConfigurationFile) async -> DoctorReport.Pool {
        guard !offline else { return .leftOut }
        guard let id = file.configuration.userPool.id else { return .unnamed }
        let observation = await file.withAWS { aws in
            await PoolObserver(aws, by: .now + Self.cloudLimit)
                .observe(id, logsRole: file.configuration.importing.logsRoleARN)
        }
        return .examined(PoolFindings(file.configuration, observation, function: function).findings)
    }

    /// All at once, so that one that hangs costs no more than its own time; in the file's order.
    private static func examine(
        _ directories: [any ListableDirectory], _ secrets: [PasswordSecrets], _ configuration: ConnectorsConfiguration
    ) async -> [DirectoryExamination] {
        await withTaskGroup(of: (Int, DirectoryExamination).self) { group in
            for (index, directory) in directories.enumerated() {
                group.addTask {
                    let examiner = DirectoryExaminer(
                        configuration, directory: configuration.directories[index], passwordSecrets: secrets[index],
                        inspector: OpenSSLInspector())
                    return (index, await examiner.examine(directory))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
