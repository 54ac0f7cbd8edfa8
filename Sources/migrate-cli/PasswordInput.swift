import ArgumentParser
import Foundation
import MigrationCore

/// A password from standard input: one line, not shown where that is a terminal.
enum PasswordInput {
    static func read() throws -> Secret {
        let isTerminal = isatty(STDIN_FILENO) == 1
        if isTerminal { Output.prompt("Password: ") }
        var bytes = try withoutEcho(isTerminal) {
            do throws(TextFile.Unreadable) {
                return try TextFile.firstLine(from: STDIN_FILENO, maxBytes: 1 << 20)
            } catch {
                Output.note("error: no password on standard input: \(error.reason)")
                throw ExitStatus.usage.exitCode
            }
        }
        if isTerminal { Output.note("") }
        defer { _ = bytes.withUnsafeMutableBytes { $0.initializeMemory(as: UInt8.self, repeating: 0) } }
        // Cognito sends text, so what isn't can't be anybody's password.
        guard String(validating: bytes, as: UTF8.self) != nil else {
            Output.note("error: the password on standard input is not UTF-8")
            throw ExitStatus.usage.exitCode
        }
        return bytes.withUnsafeBytes { Secret(bytes: $0) }
    }

    /// Calls `body` while the terminal doesn't show what is typed.
    private static func withoutEcho<Result>(_ isTerminal: Bool, _ body: () throws -> Result) rethrows -> Result {
        var settings = termios()
        guard isTerminal, tcgetattr(STDIN_FILENO, &settings) == 0 else { return try body() }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) }
        return try body()
    }
}
