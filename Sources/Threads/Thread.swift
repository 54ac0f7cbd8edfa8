#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The system has no thread left for us, or no memory for its stack.
public struct ThreadRefused: Error, Sendable, Hashable {
    /// What `pthread_create` returned: EAGAIN.
    public let code: CInt
}

/// A thread of the operating system with a name, started at once and joined by its owner.
///
/// Not Foundation's: MigrateLambda should not link that for a loop.
final class JoinableThread: @unchecked Sendable {
    // Invariant: `handle` is written once, in init, before anyone else sees the object.
    private var handle = pthread_t()

    /// - Parameter name: at most 15 bytes are shown by the system.
    init(name: String, _ body: @escaping @Sendable () -> Void) throws(ThreadRefused) {
        let box = Unmanaged.passRetained(Body(name: name, run: body))
        let code = pthread_create(&handle, nil, runBody, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw ThreadRefused(code: code)
        }
    }

    /// A thread that the process is started with and can't do without.
    static func indispensable(name: String, _ body: @escaping @Sendable () -> Void) -> JoinableThread {
        do throws(ThreadRefused) {
            return try JoinableThread(name: name, body)
        } catch {
            fatalError("the system refuses the thread \"\(name)\": pthread_create returned \(error.code)")
        }
    }

    /// Waits until the body has returned. Called once, and never by the thread itself.
    func join() {
        pthread_join(handle, nil)
    }

    /// Lets the thread end unattended, instead of `join`: for a call that may hang for ever.
    func detach() {
        pthread_detach(handle)
    }

    var isCurrent: Bool {
        pthread_equal(handle, pthread_self()) != 0
    }

    fileprivate final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }
}

private func runBody(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let body = Unmanaged<JoinableThread.Body>.fromOpaque(argument).takeRetainedValue()
    nameCurrentThread(body.name)
    body.run()
    return nil
}

/// By the kernel's file, because `pthread_setname_np` and `prctl` are not to be had from Swift. Best effort.
private func nameCurrentThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = Array(name.utf8.prefix(15)).withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    close(file)
}

/// A mutex and a condition variable on the monotonic clock: what a thread of ours sleeps on.
///
/// Swift's `Mutex` has no condition variable.
final class Monitor<State>: @unchecked Sendable {
    // Invariant: `state` is only touched while `mutex` is held.
    private var state: State
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(_ state: State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Changes the state and wakes every waiter.
    ///
    /// - Parameter isNews: whether the waiters have to look at the new state; waking them for nothing costs more than most
    ///   changes.
    func update<Result>(wakingIf isNews: (State) -> Bool = { _ in true }, _ change: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            if isNews(state) { pthread_cond_broadcast(condition) }
            pthread_mutex_unlock(mutex)
        }
        return change(&state)
    }

    /// Reads the state.
    func read<Result>(_ body: (State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(state)
    }

    /// What a waiter does after looking at the state.
    enum Step<Result> {
        case done(Result)
        case wait
        case waitUntil(ContinuousClock.Instant)
    }

    /// Looks at the state, and again after each change or once the given instant has passed, until the step is `.done`.
    func wait<Result>(_ step: (inout State) -> Step<Result>) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch step(&state) {
            case .done(let result):
                return result
            case .wait:
                pthread_cond_wait(condition, mutex)
            case .waitUntil(let instant):
                var until = timespec()
                clock_gettime(CLOCK_MONOTONIC, &until)
                let remaining = max(ContinuousClock.now.duration(to: instant), .zero).components
                until.tv_sec += Int(remaining.seconds)
                until.tv_nsec += Int(remaining.attoseconds / 1_000_000_000)
                if until.tv_nsec >= 1_000_000_000 {
                    until.tv_sec += 1
                    until.tv_nsec -= 1_000_000_000
                }
                pthread_cond_timedwait(condition, mutex, &until)
            }
        }
    }
}
