import AWSClient
import ArgumentParser
import CognitoClient
import Foundation
import MigrationCore
import Reports
import Synchronization

/// Whether changes may be made, and where what they change is kept.
struct ApprovalOptions: ParsableArguments {
    @Flag(help: "Don't ask.")
    var autoApprove = false

    @Option(
        help: ArgumentHelp(
            "Where to keep the pool's settings as they were; must not be there yet. (default: POOL.before.json)",
            valueName: "file"))
    var backup: String?
}

/// The steps of `attach` and its subcommands.
enum Attachment {
    static func observe(
        _ aws: AWSClient, _ file: ConfigurationFile, _ request: AttachmentRequest
    ) async throws -> AttachmentObservation {
        guard let id = file.configuration.userPool.id else {
            Output.note(
                "\(file.path): error: there is no user_pool.id; name the pool: user_pool: { id: eu-west-1_... }")
            throw ExitStatus.configuration.exitCode
        }
        do throws(AttachmentFailure) {
            return try await PoolAttacher(aws).observe(id, function: request.function)
        } catch {
            Output.note("error: \(error.explanation); nothing was changed")
            throw ExitStatus.failed.exitCode
        }
    }

    /// Looks, shows, asks, keeps what was there, changes, and says so.
    static func apply(
        _ file: ConfigurationFile, _ request: AttachmentRequest, _ approval: ApprovalOptions, _ common: CommonOptions,
        plan makePlan: (AttachmentState) -> AttachmentPlan
    ) async throws {
        try await file.withAWS { aws in
            let observation = try await observe(aws, file, request)
            let plan = makePlan(observation.state)
            let shown = AttachmentReport(plan)
            // One document on standard output, once it is known how it ended.
            if common.format == .json { Output.note(shown.text) } else { try Output.data(shown.text) }
            guard plan.refusals.isEmpty else {
                if common.format == .json { try Output.data(shown.json) }
                throw ExitStatus.refused.exitCode
            }
            guard !plan.changes.isEmpty else {
                if common.format == .json { try Output.data(AttachmentReport(plan, .applied(backup: nil)).json) }
                return
            }
            try approve(approval)
            let backup = try keep(observation.backup, of: plan.pool.id, at: approval.backup)
            try await make(plan, observation, aws, backup)
            if common.format == .json {
                try Output.data(AttachmentReport(plan, .applied(backup: backup)).json)
            } else {
                try Output.data("Done, and read back. What was there before is in \(backup).")
            }
        }
    }

    private static func approve(_ approval: ApprovalOptions) throws {
        if approval.autoApprove { return }
        guard isatty(STDIN_FILENO) == 1 else {
            Output.note("error: nobody to ask: standard input is no terminal; pass --auto-approve; nothing was changed")
            throw ExitStatus.failed.exitCode
        }
        Output.prompt("Make these changes? Only \"yes\" does: ")
        guard readLine() == "yes" else {
            Output.note("nothing was changed")
            throw ExitStatus.failed.exitCode
        }
    }

    /// Writes a new file that nobody else may read; an older one is never overwritten, because it may be the way back.
    private static func keep(_ bytes: [UInt8], of pool: String, at path: String?) throws -> String {
        var number = 1
        while true {
            let name = path ?? (number == 1 ? "\(pool).before.json" : "\(pool).before.\(number).json")
            let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if descriptor < 0, errno == EEXIST, path == nil {
                number += 1
                continue
            }
            var failure = descriptor < 0 ? errno : nil
            if descriptor >= 0 {
                failure = Output.write(bytes, to: descriptor)
                if fsync(descriptor) != 0 { failure = failure ?? errno }
                if close(descriptor) != 0 { failure = failure ?? errno }
            }
            guard let failure else { return name }
            Output.note(
                "error: \(name) can't be written: \(String(cString: strerror(failure))); nothing was changed, because there "
                    + "would be no way back; name another file: --backup FILE")
            throw ExitStatus.failed.exitCode
        }
    }

    private static func make(
        _ plan: AttachmentPlan, _ observation: AttachmentObservation, _ aws: AWSClient, _ backup: String
    ) async throws {
        let made = Mutex(0)
        let failure = await StopSignals.cancelling { () async -> AttachmentFailure? in
            do throws(AttachmentFailure) {
                try await PoolAttacher(aws).apply(plan, observation) { changes in
                    made.withLock { $0 += changes.count }
                }
                return nil
            } catch {
                return error
            }
        }
        guard let failure else { return }
        Output.note("error: \(failure.explanation)")
        Output.note(
            "\(made.withLock { $0 }) of \(plan.changes.count) changes were made. What was there before is in \(backup)."
        )
        if case .notKept = failure {
            Output.note(
                "To put the settings back: jq .UpdateUserPool \(backup) >restore.json && aws cognito-idp update-user-pool "
                    + "--cli-input-json file://restore.json (app clients: each item of UpdateUserPoolClient, by "
                    + "update-user-pool-client; the second factors: UserPoolMfaConfig, by set-user-pool-mfa-config)")
        }
        if case .interrupted = failure { throw ExitStatus.interrupted.exitCode }
        throw ExitStatus.failed.exitCode
    }
}
