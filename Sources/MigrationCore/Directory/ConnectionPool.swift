internal import Synchronization
public import Threads

/// A connection that one caller at a time uses, on a thread of its own.
///
/// It connects when it is first used, and again after a call left it in doubt.
public protocol PooledConnection: Actor {
    /// Where it runs; the pool's.
    nonisolated var place: PooledThread { get }
    /// Frees what it holds. Nothing is asked of it afterwards.
    func finish()
}

/// A connection's executor, and what ends the call under way on it, from any thread.
public struct PooledThread: Sendable {
    public let executor: ConnectionThread
    public let interruption: Interruption
    /// Whether the connection may be used as it is.
    public let trust: ConnectionTrust

    /// - Throws: `.overloaded` if the process has no thread or file descriptor left.
    fileprivate init(name: String, directory: String, trust: ConnectionTrust) throws(DirectoryError) {
        self.trust = trust
        guard let interruption = Interruption() else {
            throw DirectoryError(.overloaded, directory: directory, detail: "no file descriptor is left")
        }
        self.interruption = interruption
        do throws(ThreadRefused) {
            executor = try ConnectionThread(name: name)
        } catch {
            throw DirectoryError(.overloaded, directory: directory, detail: "the system has no thread left")
        }
    }
}

/// The connections of one directory: at most `limit` for look-ups, kept between them, and one for each listing under
/// way.
///
/// It owns their threads; `close()` ends whatever is under way and joins them.
public final class ConnectionPool<Connection: PooledConnection>: Sendable {
    private typealias Slot = Result<Int, DirectoryError>

    private struct State {
        var slots: ConnectionSlots
        var lastWaiter: ConnectionSlots.Waiter = 0
        var waiting: [ConnectionSlots.Waiter: CheckedContinuation<Slot, Never>] = [:]
        /// By slot; made on first use.
        var pooled: [Connection?]
        var separate: [ObjectIdentifier: Connection] = [:]
    }

    private let directory: String
    private let watchdog: Watchdog
    private let threadName: String
    private let trust: ConnectionTrust
    private let make: @Sendable (PooledThread) -> Connection
    private let state: Mutex<State>

    /// - Parameters:
    ///   - directory: its name, for errors.
    ///   - threadName: at most 15 bytes of it are shown.
    ///   - trust: shared with other pools of connections to the same servers.
    ///   - make: a connection that runs on the thread it is given, not connected yet.
    public init(
        directory: String, limit: Int, threadName: String, trust: ConnectionTrust = ConnectionTrust(),
        watchdog: Watchdog = .shared,
        make: @escaping @Sendable (PooledThread) -> Connection
    ) {
        self.directory = directory
        self.threadName = threadName
        self.trust = trust
        self.watchdog = watchdog
        self.make = make
        state = Mutex(State(slots: ConnectionSlots(limit: limit), pooled: Array(repeating: nil, count: limit)))
    }

    /// Calls `body` with a connection that nobody else uses until it returns. If the task is cancelled, the connection is
    /// told.
    ///
    /// - Throws: `.deadlineExceeded` if none was free by `deadline`, `.cancelled` once the pool is closed.
    public func withConnection<Answer: Sendable>(
        by deadline: Deadline, _ body: (Connection) async throws(DirectoryError) -> Answer
    ) async throws(DirectoryError) -> Answer {
        let slot = try await takeSlot(by: deadline)
        defer { giveBack(slot) }
        do throws(DirectoryError) {
            return try await connection(in: slot).interruptible(body)
        } catch {
            trust.note(error)
            throw error
        }
    }

    /// A connection beside the pooled ones, for a listing. Ended by `discard(_:)`, or by `abandon(_:)`.
    public func makeSeparate() throws(DirectoryError) -> Connection {
        try state.withLock { state throws(DirectoryError) in
            guard !state.slots.isClosed else { throw closed }
            let connection = try makeConnection()
            state.separate[ObjectIdentifier(connection)] = connection
            return connection
        }
    }

    /// Frees a separate connection and joins its thread.
    public func discard(_ connection: Connection) async {
        let isOurs = state.withLock { $0.separate.removeValue(forKey: ObjectIdentifier(connection)) != nil }
        // Otherwise `close()` is at it.
        if isOurs { await end(connection) }
    }

    /// Lets go of a separate connection from where nothing can be awaited: it goes with its last owner, its thread by
    /// itself.
    public func abandon(_ connection: Connection) {
        connection.place.interruption.close()
        state.withLock { _ = $0.separate.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    /// Ends whatever is under way, frees the connections and joins their threads. Later calls throw `.cancelled`.
    public func close() async {
        let (waiting, connections) = state.withLock { state in
            let waiting = state.slots.close().compactMap { state.waiting.removeValue(forKey: $0) }
            let connections = state.pooled.compactMap { $0 } + state.separate.values
            state.pooled = Array(repeating: nil, count: state.slots.limit)
            state.separate = [:]
            return (waiting, connections)
        }
        for continuation in waiting { continuation.resume(returning: .failure(closed)) }
        for connection in connections { connection.place.interruption.close() }
        for connection in connections { await end(connection) }
    }

    public func checkOpen() throws(DirectoryError) {
        if state.withLock({ $0.slots.isClosed }) { throw closed }
    }

    private var closed: DirectoryError {
        DirectoryError(.cancelled, directory: directory, detail: "the directory was closed")
    }

    private func end(_ connection: Connection) async {
        await connection.finish()
        connection.place.executor.close()
    }

    private func makeConnection() throws(DirectoryError) -> Connection {
        make(try PooledThread(name: threadName, directory: directory, trust: trust))
    }

    private func connection(in slot: Int) throws(DirectoryError) -> Connection {
        try state.withLock { state throws(DirectoryError) in
            guard !state.slots.isClosed else { throw closed }
            if let connection = state.pooled[slot] { return connection }
            let connection = try makeConnection()
            state.pooled[slot] = connection
            return connection
        }
    }

    private func takeSlot(by deadline: Deadline) async throws(DirectoryError) -> Int {
        let waiter = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let late = DirectoryError(
            .deadlineExceeded, directory: directory, detail: "all connections were busy until the deadline")
        let cancelled = DirectoryError(.cancelled, directory: directory)
        var alarm: WatchdogAlarm?
        let slot = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Slot, Never>) in
                let answer = state.withLock { state in
                    let answer = state.slots.ask(waiter)
                    if answer == .wait { state.waiting[waiter] = continuation }
                    return answer
                }
                switch answer {
                case .use(let slot): continuation.resume(returning: .success(slot))
                case .refuse: continuation.resume(returning: .failure(closed))
                case .wait:
                    alarm = watchdog.schedule(at: deadline.instant) { [weak self] in self?.giveUp(waiter, late) }
                    // A cancellation before the continuation was there has called nobody off.
                    if Task.isCancelled { giveUp(waiter, cancelled) }
                }
            }
        } onCancel: {
            giveUp(waiter, cancelled)
        }
        alarm?.cancel()
        return try slot.get()
    }

    private func giveUp(_ waiter: ConnectionSlots.Waiter, _ error: DirectoryError) {
        let continuation = state.withLock { state in
            state.slots.giveUp(waiter) ? state.waiting.removeValue(forKey: waiter) : nil
        }
        continuation?.resume(returning: .failure(error))
    }

    private func giveBack(_ slot: Int) {
        let next = state.withLock { state in
            state.slots.giveBack(slot).flatMap { state.waiting.removeValue(forKey: $0) }
        }
        next?.resume(returning: .success(slot))
    }
}

extension PooledConnection {
    /// Calls `body`, and raises the interruption when the task is cancelled meanwhile.
    nonisolated func interruptible<Answer: Sendable>(
        _ body: (Self) async throws(DirectoryError) -> Answer
    ) async throws(DirectoryError) -> Answer {
        place.interruption.reset()
        return try await withTaskCancellationHandler { () async -> Result<Answer, DirectoryError> in
            do throws(DirectoryError) {
                return .success(try await body(self))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            place.interruption.raise()
        }.get()
    }
}
