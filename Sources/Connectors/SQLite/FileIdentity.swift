#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Which file a path leads to: a file that was renamed over another is a different one.
///
/// The number can't be used again for as long as the file is open, so the comparison is safe.
struct FileIdentity: Sendable, Equatable {
    enum Problem: Error, Sendable, Hashable {
        case missing
        case noPermission
        case notAFile
        case other(errno: CInt)
    }

    private let device: dev_t
    private let number: ino_t

    init(path: String) throws(Problem) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            switch errno {
            case ENOENT, ENOTDIR: throw .missing
            case EACCES: throw .noPermission
            case let code: throw .other(errno: code)
            }
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard access(path, R_OK) == 0 else { throw .noPermission }
        device = status.st_dev
        number = status.st_ino
    }
}
