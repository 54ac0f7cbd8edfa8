/// Threads for work that keeps a core busy (password hashes), of fixed width and with a bounded queue.
///
/// Two hashes on Swift's cooperative pool hold everything else up for as long as they take; here they hold up only each
/// other.
public final class VerificationPool: Sendable {
    /// Why a piece of work was not done.
    public enum Refusal: Error, Sendable, Hashable {
        /// As much is waiting as may wait.
        case queueFull
        /// Its deadline passed before a thread was free for it; it never started.
        case notStartedInTime
        case closed
    }

    private struct Item {
        let deadline: ContinuousClock.Instant
        let run: @Sendable () -> Void
        let refuse: @Sendable (Refusal) -> Void
    }

    private struct Queue {
        var items: [Item] = []
        var isClosed = false
    }

    private let queue = Monitor(Queue())
    private let threads: [JoinableThread]
    private let maxQueued: Int

    /// - Parameters:
    ///   - width: how many pieces run at once, at least 1: the number of cores.
    ///   - maxQueued: how many may wait beyond as many as the width.
    public init(width: Int, maxQueued: Int) {
        precondition(width > 0 && maxQueued >= 0)
        self.maxQueued = maxQueued
        let queue = queue
        threads = (0..<width).map { number in
            JoinableThread.indispensable(name: "verification-\(number)") {
                while true {
                    let item: Item? = queue.wait { queue in
                        if !queue.items.isEmpty { return .done(queue.items.removeFirst()) }
                        return queue.isClosed ? .done(nil) : .wait
                    }
                    guard let item else { return }
                    if item.deadline <= .now {
                        item.refuse(.notStartedInTime)
                    } else {
                        item.run()
                    }
                }
            }
        }
    }

    /// The result of `work`, on one of the pool's threads.
    ///
    /// Work that has started can't be stopped: the caller bounds what it asks for, and holds its own wait to the deadline
    /// with `answer(by:)`.
    public func run<Result: Sendable>(
        by deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () -> Result
    ) async throws(Refusal) -> Result {
        let outcome = await withCheckedContinuation {
            (continuation: CheckedContinuation<Swift.Result<Result, Refusal>, Never>) in
            let item = Item(
                deadline: deadline,
                run: { continuation.resume(returning: .success(work())) },
                refuse: { continuation.resume(returning: .failure($0)) })
            let refusal: Refusal? = queue.update { queue in
                if queue.isClosed { return .closed }
                // What no thread has taken yet waits; `width` of it will be taken at once.
                guard queue.items.count < maxQueued + threads.count else { return .queueFull }
                queue.items.append(item)
                return nil
            }
            if let refusal { item.refuse(refusal) }
        }
        return try outcome.get()
    }

    /// Does what is queued, ends the threads and waits for them. From outside, once.
    public func close() {
        let isFirst = queue.update { queue in
            defer { queue.isClosed = true }
            return !queue.isClosed
        }
        if isFirst { threads.forEach { $0.join() } }
    }
}
