#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Keeps the thread busy waiting, as a C library or a hash would: Swift's scheduler doesn't learn of it.
public func sleepBlocking(_ duration: Duration) {
    var time = timespec()
    let parts = duration.components
    time.tv_sec = Int(parts.seconds)
    time.tv_nsec = Int(parts.attoseconds / 1_000_000_000)
    nanosleep(&time, nil)
}
