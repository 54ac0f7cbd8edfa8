import MigrationCore
import Threads

/// A connection for users' binds and its thread. The reader is never bound on it, nor anything read.
actor BindConnection: PooledConnection {
    nonisolated let place: PooledThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { place.executor.asUnownedSerialExecutor() }

    private let source: LDAPSource
    private var session: LDAPSession?
    private var lastUse: ContinuousClock.Instant

    init(_ source: LDAPSource, on place: PooledThread) {
        self.source = source
        self.place = place
        lastUse = place.trust.now
    }

    func finish() {
        session = nil
    }

    /// One bind, sent once: a connection that is lost with it is not made anew.
    func check(_ password: Secret, dn: String, by deadline: Deadline) async throws(DirectoryError) -> PasswordAnswer {
        let session = try await soundSession(by: deadline)
        defer { if !session.isIdle { self.session = nil } }
        let result = try session.bind(dn: dn, password: password, by: deadline)
        lastUse = place.trust.now
        guard let answer = result.answer else {
            let failure = session.failure(result.code, by: deadline, diagnostic: result.diagnostic)
            // What a code says about the reader, it doesn't say here.
            throw DirectoryError(
                failure.code == .overloaded ? .overloaded : .unexpected, directory: source.name,
                detail: "the bind's answer isn't one that this connector knows: \(result.words)",
                nativeCode: String(result.code))
        }
        return answer
    }

    /// A connection that is surely there: what is found out by the bind is found out too late.
    private func soundSession(by deadline: Deadline) async throws(DirectoryError) -> LDAPSession {
        if let session = session.take(), !session.hasUnaskedInput {
            var isSound = place.trust.holds(since: lastUse)
            if !isSound { isSound = try session.isAlive(by: deadline) }
            if isSound {
                self.session = session
                return session
            }
        }
        let session = try await source.connect(interruption: place.interruption, by: deadline) {
            _, _ throws(DirectoryError) in
        }
        self.session = session
        return session
    }
}

extension BindResult {
    /// For whoever runs the migration; nothing that the server said in words.
    fileprivate var words: String {
        var words = "result code \(code)"
        if let reason = ActiveDirectoryReason(diagnostic: diagnostic) { words += ", Active Directory's \(reason.code)" }
        if let error = policy?.error { words += ", password policy error \(error)" }
        return words
    }
}
