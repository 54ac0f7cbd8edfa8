import ArgumentParser
import MigrationCore

struct AttachRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Takes back what \"attach apply\" made.",
        discussion: """
            Triggers that call the function no longer do, and the permission that \"attach apply\" added goes; what calls \
            something else stays, and so do app clients' flows unless --client or --all-clients names them. Shows, asks, \
            keeps a file and reads again as \"attach apply\" does.

            Exit codes: as of \"attach apply\".
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var options: AttachmentOptions
    @OptionGroup var approval: ApprovalOptions

    func validate() throws {
        _ = try options.request(defaultTriggers: [])
    }

    func run() async throws {
        let request = try options.request(defaultTriggers: PoolTrigger.allCases)
        let file = try ConfigurationFile.load(common)
        try await Attachment.apply(file, request, approval, common) { state in
            AttachmentPlan.detaching(request, from: state)
        }
    }
}
