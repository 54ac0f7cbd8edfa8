#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
internal import Threads

/// Which file a path leads to, and in which state: another one if it was replaced, or written to.
struct FileState: Sendable, Equatable {
    enum Problem: Error, Sendable, Hashable {
        case missing
        case noPermission
        case notAFile
        case other(errno: CInt)
    }

    private let device: dev_t
    private let number: ino_t
    let size: Int
    /// When it was last written to, as whoever wrote it says: `rsync`, `cp -p` and `touch` set it.
    private let written: Instant
    /// When the system last saw it change. Nobody can set it, so it tells what `written` hides.
    private let changed: Instant

    private struct Instant: Equatable {
        let seconds: Int
        let nanoseconds: Int

        init(_ time: timespec) {
            seconds = time.tv_sec
            nanoseconds = time.tv_nsec
        }
    }

    init(path: String) throws(Problem) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Self.problem(errno) }
        try self.init(status)
    }

    init(descriptor: CInt) throws(Problem) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.problem(errno) }
        try self.init(status)
    }

    private init(_ status: stat) throws(Problem) {
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        device = status.st_dev
        number = status.st_ino
        size = Int(status.st_size)
        written = Instant(status.st_mtim)
        changed = Instant(status.st_ctim)
    }

    fileprivate static func problem(_ code: CInt) -> Problem {
        switch code {
        case ENOENT, ENOTDIR: .missing
        case EACCES: .noPermission
        // A socket, or a device that isn't there.
        case ENXIO: .notAFile
        default: .other(errno: code)
        }
    }

    /// Whether a change from now on might look like the last one: a file system's clock goes in steps, of 10 ms at the most,
    /// or of up to two seconds where it has no fractions.
    func isRecent(at now: UnixTime) -> Bool {
        let step: Duration = changed.nanoseconds == 0 ? .seconds(2) : .milliseconds(100)
        let last = UnixTime(sinceEpoch: .seconds(changed.seconds) + .nanoseconds(changed.nanoseconds))
        return now - last < step
    }

    /// When it was last written to, in UTC to the second: `2026-01-31 12:00:00`. Nil for a time that has no such text.
    var modified: String? {
        var time = time_t(written.seconds)
        var parts = tm()
        guard gmtime_r(&time, &parts) != nil, (0...9999).contains(Int(parts.tm_year) + 1900) else { return nil }
        func digits(_ number: CInt, _ count: Int = 2) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let day = "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1))-\(digits(parts.tm_mday))"
        return "\(day) \(digits(parts.tm_hour)):\(digits(parts.tm_min)):\(digits(parts.tm_sec))"
    }
}

/// An open file, and the state it was opened in.
final class CSVFile: Sendable {
    let state: FileState
    /// Whether what is written into it right after it was opened might leave no trace in its state.
    let wasRecent: Bool
    private let descriptor: CInt

    init(path: String) throws(FileState.Problem) {
        // Not blocking: a pipe would wait for somebody who writes.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw FileState.problem(errno) }
        do throws(FileState.Problem) {
            state = try FileState(descriptor: descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        wasRecent = state.isRecent(at: SystemWallClock().now)
    }

    deinit {
        close(descriptor)
    }

    /// Whether nobody has written to it since it was opened.
    var isUnchanged: Bool {
        (try? FileState(descriptor: descriptor)) == state
    }

    /// Reads from a place in the file. Blocks as long as the disk does.
    ///
    /// - Returns: how many bytes were read; 0 at the file's end.
    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(FileState.Problem) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            if errno != EINTR { throw FileState.problem(errno) }
        }
    }

    /// The first bytes of the file, at most three.
    func start() throws(FileState.Problem) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 3, alignment: 1)
        defer { buffer.deallocate() }
        return Array(buffer[..<(try read(at: 0, into: buffer))])
    }
}
