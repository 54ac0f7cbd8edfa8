#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
internal import Synchronization

/// Ends a blocking call at its socket, from another thread.
///
/// It owns a `dup` of the descriptor, made by whoever opened the socket; the C library's own number is never used from
/// outside, because by then it may be somebody else's (descriptor numbers are reused at once). `cut()` shuts the socket
/// down for all its descriptors, so the library's call returns; only the cutter closes its copy.
public final class SocketCutter: Sendable {
    private let descriptor: Mutex<CInt?>

    /// - Returns: nil if the descriptor is not one of this process, or none is left.
    public init?(duplicating socket: CInt) {
        let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return nil }
        descriptor = Mutex(copy)
    }

    /// Shuts the socket down in both directions and closes the copy. Only the first call does anything.
    public func cut() {
        descriptor.withLock { descriptor in
            guard let copy = descriptor.take() else { return }
            shutdown(copy, CInt(SHUT_RDWR))
            close(copy)
        }
    }

    /// Closes the copy and leaves the connection as it is. After this `cut()` does nothing.
    public func release() {
        descriptor.withLock { descriptor in
            guard let copy = descriptor.take() else { return }
            close(copy)
        }
    }

    deinit {
        release()
    }
}
