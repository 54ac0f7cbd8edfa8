internal import Threads

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What a file that holds people and their hashes says about itself: who may read it, how large and how old it is.
public struct FileExamination {
    /// An export that is older has surely missed somebody.
    private static let oldAfterDays = 7

    private let path: String
    private let status: stat?

    public init(path: String) {
        self.path = path
        var status = stat()
        self.status = stat(path, &status) == 0 ? status : nil
    }

    /// Its size and permissions; nothing of a file that isn't there, which the look-up says.
    public var findings: [Finding] {
        guard let status else { return [] }
        var findings = [Finding(.file, .ok, "\(path): \(Self.size(Int(status.st_size)))")]
        if status.st_mode & 0o004 != 0 {
            findings.append(
                Finding(
                    .fileReadableByOthers, .warning, "\(path) can be read by every user of this machine",
                    advice: "it holds people's data and password hashes: chmod 600 \(path)"))
        }
        return findings
    }

    public var ageFindings: [Finding] {
        guard let status else { return [] }
        let written = UnixTime(sinceEpoch: .seconds(Int64(status.st_mtim.tv_sec)))
        let days = Int(((SystemWallClock().now - written) / .seconds(86_400)).rounded(.down))
        guard days > Self.oldAfterDays else { return [] }
        return [
            Finding(
                .fileOld, .warning, "\(path) was last written \(counted(days, "day")) ago",
                advice: "export it anew: whoever changed a password since then can't sign in with it")
        ]
    }

    /// Bytes 18 and 19 of a SQLite file are 2 in WAL mode (https://www.sqlite.org/fileformat.html, 1.3).
    public var isInWriteAheadLogMode: Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { header in
            pread(descriptor, header.baseAddress, 20, 0) == 20 && header[18] == 2
        }
    }

    private static func size(_ bytes: Int) -> String {
        bytes < 10_000 ? counted(bytes, "byte") : bytes < 10_000_000 ? "\(bytes / 1000) kB" : "\(bytes / 1_000_000) MB"
    }
}
