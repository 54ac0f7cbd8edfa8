/// The thread of a connection whose C library blocks: the executor of the actor that owns the connection.
///
/// A pool owns a fixed number of these, reuses them and ends each by `close()`, from another thread. Work that is
/// enqueued after that runs on the caller's thread; it finds its connection closed.
public final class ConnectionThread: SerialExecutor {
    private struct Work {
        var jobs: [UnownedJob] = []
        var isClosed = false
    }

    private let work = Monitor(Work())
    private let thread: JoinableThread

    /// - Parameter name: for debuggers and `top`; at most 15 bytes are shown.
    public init(name: String) {
        let work = work
        // The thread holds its work, never the executor: one that its own thread holds would never be freed.
        let executor = Weak()
        thread = JoinableThread(name: name) {
            while true {
                let jobs: [UnownedJob]? = work.wait { work in
                    if !work.jobs.isEmpty {
                        defer { work.jobs.removeAll(keepingCapacity: true) }
                        return .done(work.jobs)
                    }
                    return work.isClosed ? .done(nil) : .wait
                }
                guard let jobs else { return }
                for job in jobs {
                    // A job keeps its actor alive, and the actor its executor.
                    guard let executor = executor.value else { return }
                    job.runSynchronously(on: executor.asUnownedSerialExecutor())
                }
            }
        }
        executor.value = self
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isAccepted = work.update { work in
            if !work.isClosed { work.jobs.append(job) }
            return !work.isClosed
        }
        if !isAccepted {
            job.runSynchronously(on: asUnownedSerialExecutor())
        }
    }

    public func isIsolatingCurrentContext() -> Bool? {
        thread.isCurrent
    }

    /// Runs what is enqueued, ends the thread and waits for it. Safe to call again.
    ///
    /// Called from outside: a thread can't join itself. May block for as long as the call under way does, so cut that
    /// first (`SocketCutter`).
    public func close() {
        precondition(!thread.isCurrent, "a connection thread can't join itself")
        let isFirst = work.update { work in
            defer { work.isClosed = true }
            return !work.isClosed
        }
        if isFirst { thread.join() }
    }

    deinit {
        // The safety net: an owner that forgot `close()` leaves a thread that ends by itself.
        work.update { $0.isClosed = true }
    }

    private final class Weak: @unchecked Sendable {
        // Invariant: written once, before the first job can be enqueued; `work`'s mutex orders it before every read.
        weak var value: ConnectionThread?
    }
}
