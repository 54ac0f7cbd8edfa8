import ArgumentParser
import TriggerWiring

@main
struct MigrateCLI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate-cli",
        abstract: "Moves users into an Amazon Cognito user pool from the directories they are in.",
        discussion: """
            Start with a connectors.yaml (connectors.yaml.example has one to copy), check it with "config check", \
            examine the directories with "doctor", and look at one user with "lookup". Data goes to standard output, \
            everything else to standard error.

            Exit codes: 0 done, 1 could not do the job, 3 refused, or something to fix, 4 nobody could say, \
            5 refused before anything was changed, 6 interrupted, 64 wrong usage, 78 the configuration is wrong.
            """,
        // The plugin BuildCommit writes `buildCommit` before each build.
        version: "migrate-cli 0.1.0 (\(buildCommit))",
        subcommands: [
            ConfigCommand.self, DoctorCommand.self, LookupCommand.self, CacheCommand.self, HashCommand.self,
            AttachCommand.self,
            InvokeCommand.self,
            ServeCommand.self,
        ])

    static func main() async {
        prepareProcess()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}
