import Foundation
import TestSupport
import Testing

/// The directory's name isn't found, or nobody says whether it is.
@Suite struct NameFaultTests {
    private static let host = "directory.example.com"

    private func faulted(_ kind: Faulted.Kind, _ names: NameServer) async throws -> Faulted {
        // What a certificate is for is another matter.
        try await Faulted(kind, isPlain: true, host: Self.host, by: names.command)
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `a name that doesn't resolve`(_ kind: Faulted.Kind) async throws {
        let names = try await NameServer(.nothingFound)
        let faulted = try await faulted(kind, names)
        #expect(try await faulted.expectOutage().allSatisfy { $0.contains("unreachable") })
        try names.setHosts("127.0.0.1 \(Self.host)\n")
        try await faulted.expectRecovery()
        try await faulted.end()
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `a name server that says nothing leaves few look-ups behind`(_ kind: Faulted.Kind) async throws {
        let names = try await NameServer(.silent)
        let faulted = try await faulted(kind, names)
        var most = 0
        for round in 1...3 {
            // As many as there are connections and some more, each for somebody else.
            let strangers = (1...6).map { UserTable.event("user\(round)\($0)@example.com", password: "x") }
            let reasons = try await faulted.expectOutage(of: strangers)
            if round == 1 { #expect(reasons.allSatisfy { $0.contains("deadline-exceeded") }, "\(reasons)") }
            most = max(most, try lookUpsUnderWay(faulted.trigger.program.pid))
            try await Task.sleep(for: .milliseconds(500))
        }
        // At least one was seen, or the threads have another name by now.
        #expect((1...8).contains(most))
        try names.setHosts("127.0.0.1 \(Self.host)\n")
        try await faulted.expectRecovery()
        try await faulted.end()
    }

    /// The process's threads that look up a name.
    private func lookUpsUnderWay(_ pid: Int32) throws -> Int {
        let folder = "/proc/\(pid)/task"
        return try FileManager.default.contentsOfDirectory(atPath: folder).count { thread in
            let name = try? String(contentsOfFile: "\(folder)/\(thread)/comm", encoding: .utf8)
            return name?.hasPrefix("name look-up") == true
        }
    }
}
