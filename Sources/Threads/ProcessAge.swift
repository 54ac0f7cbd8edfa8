#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// How long this process has been running, loading its libraries included; nil where there is no /proc.
///
/// To a hundredth of a second: the kernel counts a process's start in clock ticks.
///
/// - SeeAlso: proc(5), `/proc/pid/stat`, field 22.
public func processAge() -> Duration? {
    guard let file = fopen("/proc/self/stat", "re") else { return nil }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = buffer.withUnsafeMutableBytes { fread($0.baseAddress, 1, $0.count, file) }
    // The second field is the program's name in parentheses, and may hold anything.
    guard let nameEnd = buffer[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = buffer[..<count][(nameEnd + 1)...].split(separator: UInt8(ascii: " "))
    let ticksPerSecond = sysconf(CInt(_SC_CLK_TCK))
    guard fields.count > 19, let start = Int64(String(decoding: fields[19], as: UTF8.self)), ticksPerSecond > 0 else {
        return nil
    }
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    let sinceBoot = Duration.seconds(Int64(now.tv_sec)) + .nanoseconds(Int64(now.tv_nsec))
    return max(sinceBoot - .seconds(start) / Int64(ticksPerSecond), .zero)
}
