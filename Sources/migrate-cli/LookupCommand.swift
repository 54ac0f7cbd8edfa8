import ArgumentParser
import Foundation
import MigrationCore
import Reports

struct LookupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Explains one user: which directory answers, what becomes of each attribute, what Cognito would get.",
        discussion: """
            Without a password both triggers' replies are shown, that of a sign-in as if the password were right; the \
            exit code is the sign-in's.

            Exit codes: 0 accepted, or must reset and answered; 3 refused; 4 nobody could say.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "What the user types to sign in.")
    var user: String

    @Flag(help: "Read a password from standard input (one line) and check it.")
    var passwordStdin = false

    @Flag(help: "Show personal data and hashes.")
    var reveal = false

    func run() async throws {
        let file = try ConfigurationFile.load(common)
        let assembly = try await file.assemble(common, logLevel: .error, maxConnections: 1)
        let evidence: PasswordEvidence = passwordStdin ? .typed(try PasswordInput.read()) : .assumedRight
        let decision = await decide(evidence, file, assembly)
        var answers = [
            LookupReport.Answer(
                source: .userMigrationAuthentication,
                assumption: passwordStdin ? nil : "as if the password were right", verdict: decision.verdict,
                reply: decision.reply)
        ]
        if !passwordStdin {
            answers.append(await forgotPassword(file, assembly))
        }
        let report = LookupReport(
            identifier: user, configuration: file.configuration, decision: decision, answers: answers,
            mask: Mask(reveals: reveal), explain: assembly.migrator.explain)
        await assembly.close()
        switch common.format {
        case .text: try Output.data(LookupTextReport(report).text)
        case .json: try Output.data(LookupJSONReport(report).text)
        }
        throw Self.status(of: decision).exitCode
    }

    private func decide(
        _ evidence: PasswordEvidence, _ file: ConfigurationFile, _ assembly: TriggerAssembly
    ) async -> Decision {
        await assembly.migrator.migrate(user, evidence, by: .after(file.configuration.signIn.budget))
    }

    private func forgotPassword(_ file: ConfigurationFile, _ assembly: TriggerAssembly) async -> LookupReport.Answer {
        let decision = await decide(.none, file, assembly)
        let isDenied = file.configuration.signIn.forgotPassword == .deny
        return LookupReport.Answer(
            source: .userMigrationForgotPassword,
            assumption: isDenied ? "denied by sign_in.forgot_password" : nil, verdict: decision.verdict,
            reply: isDenied ? .deny : decision.reply)
    }

    private static func status(of decision: Decision) -> ExitStatus {
        switch (decision.verdict, decision.reply) {
        case (.accepted, _), (.mustReset, .admit): .done
        case (.unavailable, _): .outage
        default: .rejected
        }
    }
}
