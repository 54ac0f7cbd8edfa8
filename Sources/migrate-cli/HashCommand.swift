import ArgumentParser

struct HashCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash", abstract: "Tells what a stored password hash is, and checks passwords against it.",
        subcommands: [HashIdentifyCommand.self, HashVerifyCommand.self])
}
