import ArgumentParser
import Foundation
import MigrationCore
import Reports
import SnapshotStore
import TLSInspection
import TriggerWiring

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examines each directory, live: what works, what doesn't, and what to do about it.",
        discussion: """
            Connects to each directory, looks at its certificate and at what the reader may do, times a look-up, and \
            compares the first rows with what connectors.yaml reads. Shows no user's data except keys that are there \
            twice. Looks into the snapshot, too. The user pool isn't looked at yet.

            Exit codes: 0 nothing to fix (there may be warnings), 3 something to fix, 4 nobody could say, 6 interrupted, \
            78 the configuration is wrong.
            """)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let file = try ConfigurationFile.load(common)
        let directories = try file.opening { opener throws(DirectoryOpener.Failure) in
            // Not needed for what is looked at, but a sign-in is nothing without them.
            _ = try opener.passwordSecrets(file.configuration)
            return try opener.open(file.configuration, maxConnections: 1)
        }
        let place = try file.opening { opener throws(DirectoryOpener.Failure) in
            try opener.snapshot(file.configuration)
        }
        let examinations: [DirectoryExamination]? = await StopSignals.cancelling {
            let examinations = await Self.examine(directories, file.configuration)
            return Task.isCancelled ? nil : examinations
        }
        for directory in directories { await directory.close() }
        guard let examinations else {
            Output.note("interrupted; nothing was changed")
            throw ExitStatus.interrupted.exitCode
        }
        let snapshot = place.map { place in
            SnapshotFindings(SnapshotInspector.inspection(of: place, file.configuration)).findings
        }
        let report = DoctorReport(examinations, snapshot: snapshot, pool: .leftOut)
        try Output.data(common.format == .json ? report.json : report.text)
        if report.hasProblems { throw ExitStatus.rejected.exitCode }
        if report.hasUnknowns { throw ExitStatus.outage.exitCode }
    }

    /// All at once, so that one that hangs costs no more than its own time; in the file's order.
    private static func examine(
        _ directories: [any ListableDirectory], _ configuration: ConnectorsConfiguration
    ) async -> [DirectoryExamination] {
        await withTaskGroup(of: (Int, DirectoryExamination).self) { group in
            for (index, directory) in directories.enumerated() {
                group.addTask {
                    let examiner = DirectoryExaminer(
                        configuration, directory: configuration.directories[index], inspector: OpenSSLInspector())
                    return (index, await examiner.examine(directory))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
