import Foundation

/// Calls `body` while the system refuses every new thread, for want of memory for its stack. Only in a process of its own.
public func withNoThreadLeft(_ body: () async throws -> Void) async throws {
    let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
    var before = rlimit()
    guard getrlimit(resource, &before) == 0,
        // In pages.
        let size = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ").first,
        let pages = rlim_t(size)
    else { throw ChildProcess.Failure(description: "no limit can be read") }
    // There is room for everything but a stack, which has 8 MB.
    var limit = rlimit(rlim_cur: pages * rlim_t(getpagesize()) + 4_000_000, rlim_max: before.rlim_max)
    guard setrlimit(resource, &limit) == 0 else { throw ChildProcess.Failure(description: "no limit can be set") }
    // The C library keeps the stacks of threads that have ended: use those up.
    var idle: [pthread_t] = []
    var thread = pthread_t()
    while pthread_create(&thread, nil, waitForGate, nil) == 0 { idle.append(thread) }
    defer {
        setrlimit(resource, &before)
        for _ in idle { gate.signal() }
        for thread in idle { pthread_join(thread, nil) }
    }
    try await body()
}

private let gate = DispatchSemaphore(value: 0)

private func waitForGate(_: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    gate.wait()
    return nil
}
