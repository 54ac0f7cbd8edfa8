import Foundation
import Synchronization

/// One line on standard error that is written over: how far a command is. Nothing unless that is a terminal.
final class ProgressLine: Sendable {
    private struct State {
        var shownAt: ContinuousClock.Instant?
        var isShown = false
    }

    private let isOn = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State())

    /// At most five times a second.
    func show(_ text: @autoclosure () -> String) {
        guard isOn else { return }
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
            if let shownAt = state.shownAt, shownAt.duration(to: now) < .milliseconds(200) { return false }
            state.shownAt = now
            state.isShown = true
            return true
        }
        // ECMA-48: erase to the end of the line.
        if isDue { Output.prompt("\r\(text())\u{1B}[K") }
    }

    /// Makes room for what comes after it.
    func clear() {
        let wasShown = state.withLock { state in
            defer { state.isShown = false }
            return state.isShown
        }
        if wasShown { Output.prompt("\r\u{1B}[K") }
    }
}
