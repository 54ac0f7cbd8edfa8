internal import Synchronization

/// Takes the reply to one event: the first call of `send` wins, later ones do nothing.
///
/// It may be called from any thread and never blocks. The reply goes to the thread that owns the socket without a detour
/// through Swift's cooperative pool, so a watchdog can reply while that pool is full.
public final class InvocationResponder: Sendable {
    private let isTaken = Atomic(false)
    private let deliver: @Sendable (InvocationReply) -> Void

    /// - Parameter deliver: gets the one reply, on the thread that sent it; must not block.
    public init(_ deliver: @escaping @Sendable (InvocationReply) -> Void) {
        self.deliver = deliver
    }

    public func send(_ reply: InvocationReply) {
        guard !isTaken.exchange(true, ordering: .acquiringAndReleasing) else { return }
        deliver(reply)
    }
}
