import ArgumentParser
import Foundation
import MigrationCore
import PasswordHashing
import Reports

struct HashVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks the password on standard input (one line) against a stored hash.",
        discussion: """
            Write the hash in single quotes: shells read $ otherwise.

            --batch takes JSON lines {"scheme", "hash", "password" or "password_hex", "options"} and prints for each \
            {"line", "scheme", "result"}, result being match, mismatch, malformed, over-limit or unverifiable.

            Exit codes: 0 match; 3 mismatch; 4 nobody could say: malformed, over-limit, unverifiable. --batch: 0 once \
            every line has its result.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var input: HashSchemeOptions

    @Argument(help: "The stored hash.")
    var hash: String?

    @Option(help: "A file of JSON lines to check instead; - reads standard input.")
    var batch: String?

    func validate() throws {
        if (hash == nil) == (batch == nil) { throw ValidationError("Give a hash or --batch FILE.") }
        if batch != nil, input.scheme != PasswordScheme.automatic || !input.options.isEmpty {
            throw ValidationError("With --batch, each line has its own scheme and options.")
        }
    }

    func run() throws {
        if let batch { return try verifyAll(batch) }
        let check = try input.check()
        let password = try PasswordInput.read()
        var hash = hash ?? ""
        let (result, scheme) = hash.withUTF8 { stored in
            let stored = UnsafeRawBufferPointer(stored)
            let result = password.withExposed { check.verifier.verify(stored: stored, row: check.row, typed: $0) }
            return (result, check.verifier.detectedScheme(of: stored))
        }
        let report = HashVerifyReport(scheme: scheme, result: result)
        switch common.format {
        case .text: try Output.data(report.text)
        case .json: try Output.data(report.json)
        }
        switch result {
        case .match: break
        case .mismatch: throw ExitStatus.rejected.exitCode
        case .malformed, .overLimit, .unverifiable: throw ExitStatus.outage.exitCode
        }
    }

    private func verifyAll(_ file: String) throws {
        let lines = try HashInput.lines(of: file)
        for (index, line) in lines.enumerated() {
            let result: HashBatchLine
            do {
                result = try HashBatchLine(line)
            } catch {
                Output.note("\(file):\(index + 1): error: \(error); a line is {\"scheme\", \"hash\", \"password\"}")
                throw ExitStatus.failed.exitCode
            }
            try Output.data(HashBatchReport.line(index + 1, scheme: result.scheme, result: result.verify()))
        }
    }
}
