/// Who may use which connection of a pool: the decision, without the doing.
///
/// Slots are numbered from 0 to `limit - 1` and used from the most recently used one down, so that a warm connection
/// stays warm.
struct ConnectionSlots: Sendable, Equatable {
    typealias Waiter = UInt64

    enum Answer: Sendable, Equatable {
        /// Given back with `giveBack(_:)`.
        case use(slot: Int)
        /// The slot comes with somebody's `giveBack(_:)`.
        case wait
        case refuse
    }

    let limit: Int
    private var free: [Int]
    private var waiting: [Waiter] = []
    private(set) var isClosed = false

    init(limit: Int) {
        precondition(limit > 0)
        self.limit = limit
        free = Array((0..<limit).reversed())
    }

    mutating func ask(_ waiter: Waiter) -> Answer {
        if isClosed { return .refuse }
        if let slot = free.popLast() { return .use(slot: slot) }
        waiting.append(waiter)
        return .wait
    }

    /// - Returns: who has the slot now; nil if it is free.
    mutating func giveBack(_ slot: Int) -> Waiter? {
        if !waiting.isEmpty { return waiting.removeFirst() }
        free.append(slot)
        return nil
    }

    /// The waiter doesn't wait any longer.
    ///
    /// - Returns: false if it has its slot already.
    mutating func giveUp(_ waiter: Waiter) -> Bool {
        guard let place = waiting.firstIndex(of: waiter) else { return false }
        waiting.remove(at: place)
        return true
    }

    /// - Returns: those who wait in vain now.
    mutating func close() -> [Waiter] {
        isClosed = true
        defer { waiting = [] }
        return waiting
    }
}
