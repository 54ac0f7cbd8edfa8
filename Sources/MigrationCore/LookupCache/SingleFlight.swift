internal import Synchronization

/// Calls under way, by what they are for: whoever asks for the same meanwhile waits for the same answer.
///
/// It is the parent of its calls: `close()` cancels them and waits for their ends.
final class SingleFlight<Key: Hashable & Sendable, Answer: Sendable>: Sendable {
    private struct State {
        var calls: [Key: Task<Answer, Never>] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// The call for a key that is under way, or `work`, started now.
    ///
    /// Nobody's waiting ends a call, nor does the cancellation of somebody who waits: it has a deadline of its own.
    ///
    /// - Returns: also whether the call was started for this caller.
    func call(_ key: Key, _ work: @escaping @Sendable () async -> Answer) -> (call: Task<Answer, Never>, isNew: Bool) {
        state.withLock { state in
            if let call = state.calls[key] { return (call, false) }
            let call = Task {
                let answer = await work()
                // By then its answer is where it is kept, so nobody comes between.
                end(key)
                return answer
            }
            state.calls[key] = call
            if state.isClosed { call.cancel() }
            return (call, true)
        }
    }

    var count: Int { state.withLock { $0.calls.count } }

    /// Cancels all that is under way, and what is started later, and waits for its end.
    func close() async {
        let calls = state.withLock { state in
            state.isClosed = true
            return Array(state.calls.values)
        }
        for call in calls { call.cancel() }
        for call in calls { _ = await call.value }
    }

    private func end(_ key: Key) {
        state.withLock { _ = $0.calls.removeValue(forKey: key) }
    }
}
