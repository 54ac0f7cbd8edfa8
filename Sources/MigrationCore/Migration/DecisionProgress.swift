internal import Synchronization

/// How far a decision has come, for whoever can't wait for it.
final class DecisionProgress: Sendable {
    private struct State {
        var directory: String?
        var steps: [DirectoryStep] = []
    }

    private let state = Mutex(State())

    func ask(_ directory: String) {
        state.withLock { $0.directory = directory }
    }

    func note(_ step: DirectoryStep) {
        state.withLock { $0.steps.append(step) }
    }

    /// The directory that was asked last.
    var directory: String? { state.withLock { $0.directory } }
    var steps: [DirectoryStep] { state.withLock { $0.steps } }
}
