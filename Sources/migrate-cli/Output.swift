import Foundation

/// Standard output is data, standard error everything else.
///
/// By write(2): Foundation's file handles end the process where a disk is full or a pipe is closed, and a crash report
/// shows memory that just held a password.
enum Output {
    /// - Throws: code 1 if the data can't be written; a reader that has seen enough (`| head`) is told nothing.
    static func data(_ bytes: [UInt8]) throws {
        if let error = write(bytes, to: STDOUT_FILENO) {
            if error != EPIPE { note("error: can't write to standard output: \(String(cString: strerror(error)))") }
            throw ExitStatus.failed.exitCode
        }
    }

    static func data(_ text: String) throws {
        try data(Array("\(text)\n".utf8))
    }

    /// Lost if nobody reads standard error.
    static func note(_ text: String) {
        _ = write(Array("\(text)\n".utf8), to: STDERR_FILENO)
    }

    /// Without a new line after it.
    static func prompt(_ text: String) {
        _ = write(Array(text.utf8), to: STDERR_FILENO)
    }

    /// - Returns: `errno` if not everything was written.
    static func write(_ bytes: [UInt8], to descriptor: CInt) -> CInt? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}
