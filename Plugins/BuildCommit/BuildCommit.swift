import Foundation
import PackagePlugin

/// Gives a target `buildCommit`, the commit that it was built from.
///
/// Before each build, because what git knows is no input that a build could look at. The file is written again only if it
/// would be another, so that a build of the same commit compiles and links nothing.
@main
struct BuildCommit: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = context.pluginWorkDirectoryURL.appending(path: "Commit")
        return [
            .prebuildCommand(
                displayName: "The commit",
                executable: URL(filePath: "/bin/sh"),
                arguments: [
                    context.package.directoryURL.appending(path: "Plugins/BuildCommit/write-commit").path(),
                    context.package.directoryURL.path(), folder.path(),
                ],
                environment: ProcessInfo.processInfo.environment.filter { ["PATH", "BUILD_COMMIT"].contains($0.key) },
                outputFilesDirectory: folder)
        ]
    }
}
