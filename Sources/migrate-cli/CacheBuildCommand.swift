import ArgumentParser
import MigrationCore
import Reports
import SnapshotStore

struct CacheBuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Reads all directories' lists into one encrypted file.",
        discussion: """
            A directory that is retired isn't asked: its entries come from the snapshot that is there. The file is put in \
            its place when it is whole; whatever goes wrong before, the old one stays as it was.

            Exit codes: 0 written, 1 a directory can't be read to its end or the file can't be written, 6 interrupted, \
            78 the configuration is wrong.
            """)

    @OptionGroup var common: CommonOptions

    @Option(
        name: [.short, .customLong("output")],
        help: "The file to write. (default: the one that the configuration names)")
    var output: String?

    @Option(help: "The snapshot with the retired directories' entries. (default: the one that the configuration names)")
    var retiredFrom: String?

    @Option(help: "A reference to the key of that snapshot, such as '${env:OLD_KEY}'. (default: the configured one)")
    var retiredKey: String?

    func validate() throws {
        // What stands on a command line is seen by all users of the machine.
        if let retiredKey, !retiredKey.hasPrefix("${") {
            throw ValidationError("--retired-key should be a reference, such as '${env:OLD_KEY}' or '${file:PATH}'")
        }
    }

    func run() async throws {
        let file = try ConfigurationFile.load(common)
        let place = try await CacheCommand.place(file)
        let (directories, oldKey) = try await file.opening(and: [retiredKey].compactMap { $0 }) {
            opener throws(DirectoryOpener.Failure) in
            (
                try opener.open(file.configuration, maxConnections: 1),
                try opener.secret(retiredKey, named: "--retired-key")
            )
        }
        if let warning = place.keyWarning { Output.note("warning: \(warning)") }
        let path = output ?? place.path
        let previous = (path: retiredFrom ?? place.path, key: oldKey ?? place.key)
        let progress = ProgressLine()
        let start = ContinuousClock.now
        let result = await StopSignals.cancelling {
            () async -> Result<[SnapshotBuilder.Outcome], SnapshotBuilder.Failure> in
            do throws(SnapshotBuilder.Failure) {
                return .success(
                    try await SnapshotBuilder(file.configuration).build(
                        directories, into: path, key: place.key, previous: previous
                    ) { step in
                        let seconds = start.duration(to: .now) / .seconds(1)
                        progress.show(
                            "\(step.directory): \(step.rows) rows, \(Int(Double(step.totalRows) / max(seconds, 0.001)))/s"
                        )
                    })
            } catch {
                return .failure(error)
            }
        }
        progress.clear()
        for directory in directories { await directory.close() }
        switch result {
        case .success(let outcomes):
            let report = SnapshotBuildReport(
                path: path,
                directories: outcomes.map {
                    .init(
                        name: $0.directory, isRetired: $0.isRetired, checksPasswords: $0.checksPasswords,
                        counts: $0.counts, missingColumns: $0.missingColumns)
                },
                duration: start.duration(to: .now))
            try Output.data(common.format == .json ? report.json : report.text)
        case .failure(.cancelled):
            Output.note("interrupted; nothing was changed")
            throw ExitStatus.interrupted.exitCode
        case .failure(let failure):
            Output.note("error: \(Self.explain(failure, path: path, previous: previous.path)); nothing was changed")
            throw ExitStatus.failed.exitCode
        }
    }

    private static func explain(_ failure: SnapshotBuilder.Failure, path: String, previous: String) -> String {
        switch failure {
        case .directory(let error):
            let detail = error.detail.isEmpty ? "" : ": \(error.detail)"
            let advice = error.code == .missingColumn ? "; let the list have it" : ""
            return "\(error)\(detail)\(advice)"
        case .retired(let directory, nil):
            return
                "\(directory) is retired, so it can't be read, and \(previous) has nothing of it; build the snapshot "
                + "once while the directory is there, before retired: true"
        case .retired(let directory, let problem?):
            return "\(directory) is retired, so its entries are to come from \(previous): \(problem.explanation); name "
                + "the snapshot that has them (--retired-from FILE, --retired-key '${env:OLD_KEY}')"
        case .cannotWrite(let reason):
            return "\(path) can't be written: \(reason)"
        case .cancelled:
            return "interrupted"
        }
    }
}
