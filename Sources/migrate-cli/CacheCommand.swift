import ArgumentParser
import MigrationCore

struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Builds the snapshot, which answers for a directory that is down or retired, and looks into it.",
        subcommands: [CacheBuildCommand.self, CacheInspectCommand.self])

    /// The snapshot that the configuration names. Without one the command ends with code 78.
    static func place(_ file: ConfigurationFile) async throws -> SnapshotPlace {
        let place = try await file.opening { opener throws(DirectoryOpener.Failure) in
            try opener.snapshot(file.configuration)
        }
        guard let place else {
            Output.note(
                "\(file.path): error: there is no cache.snapshot; name its file and key: "
                    + "cache: { snapshot: { path: lookups.snapshot, key: \"${env:SNAPSHOT_KEY}\" } }")
            throw ExitStatus.configuration.exitCode
        }
        return place
    }
}
