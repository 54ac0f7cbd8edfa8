import Foundation

/// The function's zip, as `make package` makes it of a release build.
///
/// That build takes minutes, so whoever runs the tests makes it (`Tests/run`) and names it in `MIGRATE_LAMBDA_RELEASE`.
public enum FunctionPackage {
    /// The project's folder, from this file's.
    public static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The path of a file or script of the project.
    public static func script(_ name: String) -> String { "\(project)/\(name)" }

    /// The release build of MigrateLambda; skips the test if there is none.
    public static func releaseBuild() throws -> String {
        let path = ProcessInfo.processInfo.environment["MIGRATE_LAMBDA_RELEASE"]
        try Requirement.require(path != nil, orSkip: "MIGRATE_LAMBDA_RELEASE names no release build of MigrateLambda")
        return path ?? ""
    }

    /// Compiles a configuration, and packs the function with it and the files that it names, which are in `files`.
    ///
    /// - Parameters:
    ///   - name: of the zip in `files`.
    ///   - options: of `deploy/package`.
    /// - Returns: the zip's path.
    public static func make(
        _ yaml: String, in files: TemporaryFolder, named name: String = "function.zip", options: [String] = []
    ) async throws -> String {
        let binary = try releaseBuild()
        let zip = files.file(name)
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: files.file("connectors.yaml")))
        let compiled = try await Program.run(
            "migrate-cli",
            ["config", "compile", "-c", files.file("connectors.yaml"), "-o", files.file("connectors.json")])
        guard compiled.status == 0 else { throw ChildProcess.Failure(description: compiled.errors) }
        let listed = try await Program.run("migrate-cli", ["config", "files", "-c", files.file("connectors.yaml")])
        let named = listed.output.split(separator: "\n").flatMap { ["--file", String($0)] }
        try await ChildProcess.run(
            script("deploy/package"),
            [binary, "-c", files.file("connectors.json"), "-o", zip, "--base", files.path] + named + options)
        return zip
    }
}
