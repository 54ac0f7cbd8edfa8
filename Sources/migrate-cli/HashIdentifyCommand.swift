import ArgumentParser
import Foundation
import MigrationCore
import PasswordHashing
import Reports

struct HashIdentifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identify",
        abstract: "Tells what stored hashes are: scheme, whether they can be checked, hand-over.",
        discussion: """
            One hash as an argument, or one a line on standard input or in a file. Write a hash in single quotes: shells \
            read $ otherwise. Nothing is hashed, and nothing of a hash is printed. Bare hex, hash:salt and the like are \
            never guessed: --scheme says what they are.

            Exit codes: 0 every hash can be checked; 3 one at least can't; 1 there was nothing to read.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var input: HashSchemeOptions

    @Argument(help: "The hash; left out, or -, standard input is read.")
    var hash: String?

    @Option(help: "A file with a hash a line.")
    var file: String?

    func run() throws {
        let check = try input.check()
        if file != nil, hash != nil {
            throw ValidationError("Give a hash or --file, not both.")
        }
        let stored: [[UInt8]]
        if let hash, hash != "-" {
            stored = [Array(hash.utf8)]
        } else {
            stored = try HashInput.lines(of: file)
        }
        let report = HashIdentifyReport(
            stored.map { HashIdentifyReport.Hash($0, verifier: check.verifier, row: check.row) })
        switch common.format {
        case .text: try Output.data(report.text)
        case .json: try Output.data(report.json)
        }
        if report.hashes.contains(where: { $0.refusal != nil }) { throw ExitStatus.rejected.exitCode }
    }
}

/// Where hashes are read from.
enum HashInput {
    static let maxBytes = 256 << 20

    /// - Parameter file: nil for standard input.
    static func lines(of file: String?) throws -> [[UInt8]] {
        let bytes = try bytes(of: file)
        guard !bytes.isEmpty else {
            Output.note("\(file ?? "standard input"): error: it is empty; give a hash a line")
            throw ExitStatus.failed.exitCode
        }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
        // The end of the last line begins no other; a file of Windows has a CR before it.
        if lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines.map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
    }

    static func bytes(of file: String?) throws -> [UInt8] {
        let name = file ?? "standard input"
        do throws(TextFile.Unreadable) {
            guard let file, file != "-" else { return try TextFile.bytes(from: STDIN_FILENO, maxBytes: maxBytes) }
            return try TextFile.bytes(of: file, maxBytes: maxBytes)
        } catch {
            Output.note("\(name): error: \(error.reason)")
            throw ExitStatus.failed.exitCode
        }
    }
}

/// The scheme and its options, as the directory's `password:` has them.
struct HashSchemeOptions: ParsableArguments {
    @Option(help: "The scheme, as in connectors.yaml.")
    var scheme = PasswordScheme.automatic

    @Option(
        name: .customLong("option"),
        help: ArgumentHelp(
            "An option of the scheme, as in connectors.yaml: iterations=1000. For salt, username and secret_data the "
                + "column's value itself. A pepper or signer_key is seen by whoever lists processes: @FILE reads it from "
                + "a file.", valueName: "KEY=VALUE"))
    var options: [String] = []

    struct Check {
        let verifier: PasswordVerifier
        let row: PasswordRow
    }

    /// - Throws: code 64, after saying what is wrong.
    func check() throws -> Check {
        guard PasswordScheme.names.contains(scheme) else {
            let hint = nearest(to: scheme, among: PasswordScheme.names).map { "; did you mean \"\($0)\"?" }
            throw ValidationError(
                "There is no scheme \"\(scheme)\""
                    + (hint ?? "; there are \(PasswordScheme.names.joined(separator: ", "))"))
        }
        var settings = PasswordSettings()
        for text in options {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw ValidationError("--option takes KEY=VALUE, such as iterations=1000.")
            }
            let name = String(text[..<equals])
            guard let option = PasswordOption.named(name) else {
                let names = PasswordOption.all.map(\.name)
                let hint = nearest(to: name, among: names).map { "; did you mean \"\($0)\"?" }
                throw ValidationError(
                    "There is no option \"\(name)\"" + (hint ?? "; there are \(names.joined(separator: ", "))"))
            }
            var value = String(text[text.index(after: equals)...])
            if option.source == .secret, value.hasPrefix("@") { value = try Self.secret(in: String(value.dropFirst())) }
            do throws(OptionProblem) {
                try settings.set(name, to: value)
            } catch {
                throw ValidationError("\(name) \(error.message)")
            }
        }
        if let problem = settings.problem(with: scheme) { throw ValidationError(problem) }
        guard let verifier = PasswordVerifier(scheme: scheme, options: settings.options, secrets: settings.secrets)
        else {
            preconditionFailure("the name is one of the table's")
        }
        return Check(verifier: verifier, row: settings.row)
    }

    /// The first line.
    private static func secret(in file: String) throws -> String {
        do throws(TextFile.Unreadable) {
            let bytes = try TextFile.bytes(of: file, maxBytes: 1 << 16)
            return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        } catch {
            throw ValidationError("\(file): \(error.reason)")
        }
    }
}
