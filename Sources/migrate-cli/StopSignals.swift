import Dispatch
import Foundation

/// Ctrl-C and SIGTERM, as a call that returns.
enum StopSignals {
    /// Returns when the process is asked to stop. A second signal ends it at once.
    static func wait() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let sources = [SIGINT, SIGTERM].map { number in
                signal(number, SIG_IGN)
                return DispatchSource.makeSignalSource(signal: number, queue: .main)
            }
            let stop = Once(continuation, sources)
            for source in sources {
                source.setEventHandler { stop.fire() }
                source.resume()
            }
        }
    }

    /// The answer of `work`, which is cancelled when the process is asked to stop, and waited for.
    static func cancelling<Answer: Sendable>(_ work: @escaping @Sendable () async -> Answer) async -> Answer {
        let task = Task { await work() }
        let stop = Task {
            await wait()
            task.cancel()
        }
        let answer = await task.value
        // It waits for a signal that may never come, and ends with the process.
        stop.cancel()
        return answer
    }

    /// Used on the main queue only.
    private final class Once: @unchecked Sendable {
        // Invariant: touched by the handlers alone, and those run on one serial queue.
        private var continuation: CheckedContinuation<Void, Never>?
        private var sources: [any DispatchSourceSignal]

        init(_ continuation: CheckedContinuation<Void, Never>, _ sources: [any DispatchSourceSignal]) {
            self.continuation = continuation
            self.sources = sources
        }

        func fire() {
            guard let continuation = continuation.take() else { _exit(130) }
            continuation.resume()
        }
    }
}
