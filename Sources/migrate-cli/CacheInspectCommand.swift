import ArgumentParser
import MigrationCore
import Reports
import SnapshotStore
import Threads

struct CacheInspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Says what a snapshot can answer, and what not: its age, its directories, how many can sign in.",
        discussion: """
            Needs the key. Shows numbers and the names of directories, nothing of a person.

            Exit codes: 0 it is used as it is, 1 there is no such file or it can't be read, 3 something to fix: it is \
            damaged, too old, or of another key or configuration; 78 the configuration is wrong.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The snapshot. (default: the one that the configuration names)")
    var snapshot: String?

    func run() async throws {
        let file = try ConfigurationFile.load(common)
        let configured = try await CacheCommand.place(file)
        let place = SnapshotPlace(path: snapshot ?? configured.path, key: configured.key, maxAge: configured.maxAge)
        let inspection = SnapshotInspector.inspection(of: place, file.configuration)
        let report = SnapshotReport(inspection)
        try Output.data(common.format == .json ? report.json : report.text)
        if inspection.problem?.isOfThePlace == true { throw ExitStatus.failed.exitCode }
        if inspection.isToBeFixed { throw ExitStatus.rejected.exitCode }
    }
}
