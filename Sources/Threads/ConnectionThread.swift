/// The thread of a connection whose C library blocks: the executor of the actor that owns the connection.
///
/// A pool owns a fixed number of these, reuses them and ends each by `close()`, from another thread. Work that is
/// enqueued after that runs on its caller's thread, still one piece at a time; it finds its connection closed.
public final class ConnectionThread: SerialExecutor {
    private struct Work {
        var jobs: [UnownedJob] = []
        var isClosed = false
        /// Nobody runs jobs at the moment, and the thread won't any more: whoever enqueues one has to.
        var isUnattended = false
    }

    private let work = Monitor(Work())
    private let thread: JoinableThread

    /// - Parameter name: for debuggers and `top`; at most 15 bytes are shown.
    public init(name: String) throws(ThreadRefused) {
        let work = work
        // The thread holds its work, never the executor: one that its own thread holds would never be freed.
        let executor = Weak()
        thread = try JoinableThread(name: name) {
            while true {
                let jobs: [UnownedJob]? = work.wait { work in
                    if !work.jobs.isEmpty {
                        defer { work.jobs.removeAll(keepingCapacity: true) }
                        return .done(work.jobs)
                    }
                    guard work.isClosed else { return .wait }
                    work.isUnattended = true
                    return .done(nil)
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
        let isOurs = work.update { work in
            work.jobs.append(job)
            defer { work.isUnattended = false }
            return work.isUnattended
        }
        if isOurs { runLateJobs() }
    }

    /// The thread is gone. Two callers at once would break the actor's isolation, so one does the work of both.
    private func runLateJobs() {
        while true {
            let jobs = work.update { work in
                defer { work.jobs = [] }
                work.isUnattended = work.jobs.isEmpty
                return work.jobs
            }
            if jobs.isEmpty { return }
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
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
        let isForgotten = work.update { work in
            defer { work.isClosed = true }
            return !work.isClosed
        }
        if isForgotten { thread.detach() }
    }

    private final class Weak: @unchecked Sendable {
        // Invariant: written once, before the first job can be enqueued; `work`'s mutex orders it before every read.
        weak var value: ConnectionThread?
    }
}
