internal import MigrationCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Which file a path leads to, and as it was last written: one that differs is to be opened anew.
struct FileState: Equatable {
    private let device: dev_t
    private let number: ino_t
    private let size: off_t
    private let seconds: time_t
    private let nanoseconds: Int

    init(path: String) throws(SnapshotProblem) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable }
        device = status.st_dev
        number = status.st_ino
        size = status.st_size
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
