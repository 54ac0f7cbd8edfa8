import Foundation

/// What a process takes of the system at the moment (proc(5)).
public struct ProcessUsage: Sendable, CustomStringConvertible {
    public let threads: Int
    public let descriptors: Int
    /// In memory, in kB.
    public let resident: Int

    public init(of pid: Int32) throws {
        let folder = "/proc/\(pid)"
        threads = try FileManager.default.contentsOfDirectory(atPath: folder + "/task").count
        descriptors = try FileManager.default.contentsOfDirectory(atPath: folder + "/fd").count
        let status = try String(contentsOfFile: folder + "/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        resident = line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    public var description: String { "\(threads) threads, \(descriptors) descriptors, \(resident) kB" }
}
