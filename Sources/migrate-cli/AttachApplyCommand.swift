import ArgumentParser
import MigrationCore

struct AttachApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Makes the changes that \"attach\" shows.",
        discussion: """
            Shows them first and asks on a terminal; elsewhere it wants --auto-approve. Before the first change it writes the \
            pool's settings to a file, for its owner only. Every other setting of the pool is sent back as it was, and read \
            again afterwards. Running it again changes nothing, or goes on where it was cut off.

            Exit codes: 0 done, or nothing to do, 1 could not, 5 refused before anything was changed, 6 interrupted, \
            64 wrong usage, 78 the configuration is wrong.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var options: AttachmentOptions
    @OptionGroup var attaching: AttachingOptions
    @OptionGroup var approval: ApprovalOptions

    func validate() throws {
        _ = try attaching.request(options)
    }

    func run() async throws {
        let request = try attaching.request(options)
        let file = try ConfigurationFile.load(common)
        try await Attachment.apply(file, request, approval, common) { state in
            AttachmentPlan.attaching(request, to: state)
        }
    }
}
