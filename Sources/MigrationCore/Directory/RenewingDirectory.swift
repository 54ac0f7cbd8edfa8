internal import Synchronization
internal import Threads

/// A directory that is opened anew when it refuses its reader, if the reader's secrets have other values by then: a password
/// that was rotated costs nobody a sign-in.
///
/// The newer values are asked for once for each refusal, by one call for all that wait, and not again for a while: neither
/// an outage nor a stranger can make it many.
final class RenewingDirectory: PasswordCheckingDirectory {
    /// The directory as it is with the newer values, and their fingerprint; nil if they are still the same or can't be had.
    typealias Renewal = @Sendable (KeyedHash.Digest?, Deadline) async -> (any Directory, KeyedHash.Digest)?

    /// Between two questions for newer values that brought nothing.
    static let pause = Duration.seconds(60)

    /// A directory with the calls that are under way in it: one that was replaced is closed when the last is over, since
    /// connections that are logged in go on.
    private final class Opened: Sendable {
        private struct State {
            var calls = 0
            var isReplaced = false
        }

        let directory: any Directory
        private let state = Mutex(State())

        init(_ directory: any Directory) {
            self.directory = directory
        }

        func use<Answer>(
            _ work: (any Directory) async throws(DirectoryError) -> Answer
        ) async throws(DirectoryError) -> Answer {
            state.withLock { $0.calls += 1 }
            do throws(DirectoryError) {
                let answer = try await work(directory)
                await end { $0.calls -= 1 }
                return answer
            } catch {
                await end { $0.calls -= 1 }
                throw error
            }
        }

        func replace() async {
            await end { $0.isReplaced = true }
        }

        private func end(_ change: (inout State) -> Void) async {
            let isOver = state.withLock { state in
                change(&state)
                return state.isReplaced && state.calls == 0
            }
            if isOver { await directory.close() }
        }
    }

    private struct State {
        var opened: Opened
        var fingerprint: KeyedHash.Digest?
        var renewal: Task<Opened?, Never>?
        var nextQuestion: ContinuousClock.Instant
        var isClosed = false
    }

    let name: String
    private let renew: Renewal
    private let clock: any MonotonicClock
    private let state: Mutex<State>

    /// - Parameter fingerprint: of the values that it was opened with; nil if they aren't known.
    init(
        _ directory: any Directory, fingerprint: KeyedHash.Digest?, clock: any MonotonicClock = ContinuousClock(),
        renew: @escaping Renewal
    ) {
        name = directory.name
        self.renew = renew
        self.clock = clock
        state = Mutex(State(opened: Opened(directory), fingerprint: fingerprint, nextQuestion: clock.now))
    }

    func lookUp(_ identifier: String, by deadline: Deadline) async throws(DirectoryError) -> Lookup {
        let opened = state.withLock { $0.opened }
        do throws(DirectoryError) {
            return try await opened.use { directory throws(DirectoryError) in
                try await directory.lookUp(identifier, by: deadline)
            }
        } catch  where error.code == .readerRefused {
            guard let newer = await newer(than: opened, by: deadline) else { throw error }
            return try await newer.use { directory throws(DirectoryError) in
                try await directory.lookUp(identifier, by: deadline)
            }
        }
    }

    func check(
        _ password: Secret, of entry: DirectoryEntry, by deadline: Deadline
    ) async throws(DirectoryError) -> PasswordAnswer {
        // By the entry's own name and password: the reader's aren't needed, and a password is shown once.
        try await state.withLock { $0.opened }.use { directory throws(DirectoryError) in
            guard let directory = directory as? any PasswordCheckingDirectory else {
                throw DirectoryError(.notADirectory, directory: name, detail: "it can't check passwords by a bind")
            }
            return try await directory.check(password, of: entry, by: deadline)
        }
    }

    func nameToCheck(of entry: DirectoryEntry) -> [UInt8]? {
        (state.withLock { $0.opened }.directory as? any PasswordCheckingDirectory)?.nameToCheck(of: entry)
    }

    func close() async {
        let (opened, renewal) = state.withLock { state in
            state.isClosed = true
            return (state.opened, state.renewal)
        }
        renewal?.cancel()
        _ = await renewal?.value
        await opened.directory.close()
    }

    /// What was opened after `refused`, now or by another call; nil if there is nothing newer.
    private func newer(than refused: Opened, by deadline: Deadline) async -> Opened? {
        let (known, task) = state.withLock { state -> (Opened?, Task<Opened?, Never>?) in
            guard !state.isClosed else { return (nil, nil) }
            if state.opened !== refused { return (state.opened, nil) }
            if let renewal = state.renewal { return (nil, renewal) }
            guard clock.now >= state.nextQuestion else { return (nil, nil) }
            state.nextQuestion = clock.now + Self.pause
            let fingerprint = state.fingerprint
            let task = Task { await renewed(after: refused, fingerprint, by: deadline) }
            state.renewal = task
            return (nil, task)
        }
        if let known { return known }
        return await task?.value
    }

    private func renewed(
        after refused: Opened, _ fingerprint: KeyedHash.Digest?, by deadline: Deadline
    ) async -> Opened? {
        let found = await renew(fingerprint, deadline)
        let opened = found.map { Opened($0.0) }
        let isLate = state.withLock { state in
            state.renewal = nil
            guard let opened, !state.isClosed else { return true }
            state.opened = opened
            state.fingerprint = found?.1
            return false
        }
        guard !isLate else {
            await opened?.directory.close()
            return nil
        }
        await refused.replace()
        return opened
    }
}
