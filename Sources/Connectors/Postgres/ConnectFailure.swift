import MigrationCore

/// What libpq's message about a connection that wasn't made means.
///
/// Such a failure has no result that an SQLSTATE could be read from; with the verbosity `PQERRORS_SQLSTATE` the server's
/// part of the message is its SQLSTATE and nothing else. There is a line for each address and way that was tried.
struct ConnectFailure: Hashable {
    var code: DirectoryError.Code
    var detail: String
    var sqlState: String?

    init(message: String) {
        let lines = message.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0 == " " || $0 == "\t" } }
        if let state = lines.lazy.compactMap(Self.sqlState).last {
            sqlState = state
            code = SQLState.code(state)
            detail = SQLState.explanation(code, state)
        } else if let line = lines.first(where: Self.isAboutTLS) {
            code = .tls
            detail = String(line)
        } else if let line = lines.first(where: { $0.hasPrefix("invalid ") || $0.hasPrefix("could not match") }) {
            // A value of the connection: what comes after the colon quotes it.
            code = .notADirectory
            detail = "the connection has an " + line.prefix { $0 != ":" && $0 != "\"" }
        } else if lines.contains(where: { $0.contains("password") || $0.contains("authentication") }) {
            code = .readerRefused
            detail = SQLState.explanation(.readerRefused, "")
        } else {
            code = .unreachable
            detail = lines.joined(separator: "; ")
        }
    }

    /// `connection to server at "127.0.0.1", port 5432 failed: FATAL:  28P01`
    private static func sqlState(_ line: Substring) -> String? {
        guard let colon = line.lastIndex(of: ":") else { return nil }
        let word = line[line.index(after: colon)...].trimmingPrefix { $0 == " " }
        let isState = word.utf8.count == 5 && word.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
        return isState ? String(word) : nil
    }

    private static func isAboutTLS(_ line: Substring) -> Bool {
        // After the host, whose name could be anything.
        let text = line.range(of: " failed: ").map { line[$0.upperBound...] } ?? line
        return ["SSL", "certificate", "private key"].contains { text.contains($0) }
    }
}

extension Substring {
    fileprivate func trimmingPrefix(_ isDropped: (Character) -> Bool) -> Substring {
        drop(while: isDropped)
    }

    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
