import ArgumentParser
import ConnectorRegistry
import Foundation
import MigrationCore
import Reports

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Checks connectors.yaml, and makes the form that MigrateLambda reads.",
        subcommands: [Check.self, Compile.self, Files.self, Schema.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reports everything that is wrong with the file, each with its line and column.")

        @OptionGroup var common: CommonOptions

        func run() throws {
            let (report, configuration, _) = ConfigurationFile.check(common)
            switch common.format {
            case .text: for line in report.text { Output.note(line) }
            case .json: try Output.data(report.json)
            }
            guard let configuration, report.isValid else { throw ExitStatus.configuration.exitCode }
            let count = configuration.directories.count
            let warnings = report.problems.count
            Output.note(
                "\(report.file): good, with \(count) \(count == 1 ? "directory" : "directories")"
                    + (warnings == 0 ? "" : " and \(warnings) \(warnings == 1 ? "warning" : "warnings")"))
        }
    }

    struct Compile: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes the checked configuration as JSON, the pool's settings inside, secrets unresolved.")

        @OptionGroup var common: CommonOptions

        @Option(name: [.short, .customLong("output")], help: "The file to write; - is standard output.")
        var output: String

        func run() throws {
            let file = try ConfigurationFile.load(common)
            let json = CompiledConfiguration(file.configuration).json()
            guard output != "-" else { return try Output.data(json) }
            do {
                try Data(json).write(to: URL(filePath: output), options: .atomic)
            } catch {
                Output.note("\(output): error: it can't be written; name a file in a folder that is yours")
                throw ExitStatus.failed.exitCode
            }
        }
    }

    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the JSON Schema of connectors.yaml, for editors: completion, and what each key means.",
            discussion: "For editors with the YAML language server, as the first line of connectors.yaml:\n\n"
                + "# yaml-language-server: $schema=connectors.schema.json")

        func run() throws {
            try Output.data(ConfigurationSchema(kinds: ConnectorRegistry.kinds).json())
        }
    }

    struct Files: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the relative files that the function needs beside the compiled configuration, one a line.")

        @OptionGroup var common: CommonOptions

        func run() throws {
            let file = try ConfigurationFile.load(common, quietly: true)
            let files = DirectoryOpener.files(file.configuration, kinds: ConnectorRegistry.kinds)
            // An absolute path means a file of the machine that it runs on.
            for path in files where !path.hasPrefix("/") {
                // The function does without, so one that is to come later must not stop a package.
                if path == file.configuration.cache.snapshot?.path, !exists(path, beside: file.path) {
                    Output.note("\(file.path): warning: \(path) isn't there yet, so the package is without a snapshot")
                    continue
                }
                try Output.data(path)
            }
        }

        private func exists(_ path: String, beside file: String) -> Bool {
            FileManager.default.fileExists(atPath: "\(DirectoryOpener.folder(of: file))/\(path)")
        }
    }
}
