import ArgumentParser
import Foundation
import MigrationCore
import Synchronization

struct InvokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke", abstract: "Runs the trigger on one event, in this process, and prints the reply.",
        discussion: """
            The reply is the event with its response filled, the event as it came, or the error object that Cognito \
            would get; the log line on standard error has the verdict. Exit codes: 0 a reply, 1 an invocation error.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "A file with the event as JSON; - reads standard input.")
    var event: String

    func run() async throws {
        let file = try ConfigurationFile.load(common)
        let bytes = try readEvent()
        let assembly = try await file.assemble(common, logLevel: .info, maxConnections: 1)
        let result = Mutex<TriggerReply?>(nil)
        await assembly.service.handle(bytes, requestID: UUID().uuidString.lowercased(), arrival: .now) { reply in
            result.withLock { $0 = reply }
        }
        await assembly.close()
        switch result.withLock({ $0 }) {
        case .event(let bytes):
            // An event that ended its last line gets no second end.
            try Output.data(bytes.last == UInt8(ascii: "\n") ? bytes : bytes + [UInt8(ascii: "\n")])
        case .failure(let failure):
            try Output.data(failure.json + [UInt8(ascii: "\n")])
            throw ExitStatus.failed.exitCode
        case nil:
            preconditionFailure("the service replies before it returns")
        }
    }

    private func readEvent() throws -> [UInt8] {
        do throws(TextFile.Unreadable) {
            let maxBytes = 64 << 20
            return event == "-"
                ? try TextFile.bytes(from: STDIN_FILENO, maxBytes: maxBytes)
                : try TextFile.bytes(of: event, maxBytes: maxBytes)
        } catch {
            let name = event == "-" ? "standard input" : event
            Output.note("\(name): error: \(error.reason); name a file with an event, or - for standard input")
            throw ExitStatus.failed.exitCode
        }
    }
}
