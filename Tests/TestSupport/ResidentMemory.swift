import Foundation

/// What the process has in memory, in bytes.
public func residentMemory() throws -> Int {
    // proc(5): the second number is in pages.
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return (Int(fields[1]) ?? 0) * Int(sysconf(CInt(_SC_PAGESIZE)))
}
