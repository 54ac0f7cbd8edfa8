internal import Synchronization
internal import Threads

/// The memory layer of the cache: look-ups of all directories and verdicts, bounded together by number and by bytes.
///
/// A look-up is kept with its hash. A plain password never is: a verdict's key is a keyed hash, by a key of this process.
final class MemoryCache: Sendable {
    struct KeptLookup: Sendable {
        let lookup: Lookup
        let expiry: ContinuousClock.Instant
    }

    private enum Key: Hashable, Sendable {
        case lookup(directory: String, identifier: ExactText)
        case verdict(KeyedHash.Digest)
    }

    private enum Value: Sendable {
        case lookup(KeptLookup)
        case verdict(Decision, expiry: ContinuousClock.Instant, isForOnce: Bool)
    }

    /// What the bookkeeping of one value takes, about.
    private static let overhead = 400

    private let settings: CacheSettings.Memory
    private let clock: any MonotonicClock
    private let values: Mutex<BoundedCache<Key, Value>>

    init(_ settings: CacheSettings.Memory, clock: any MonotonicClock = ContinuousClock()) {
        self.settings = settings
        self.clock = clock
        values = Mutex(BoundedCache(maxCount: settings.entries, maxCost: settings.bytes))
    }

    // MARK: Look-ups

    func lookup(_ identifier: String, in directory: String) -> KeptLookup? {
        let key = Key.lookup(directory: directory, identifier: ExactText(identifier))
        return values.withLock { values in
            guard case .lookup(let kept)? = values.value(for: key) else { return nil }
            if kept.expiry > clock.now { return kept }
            values.remove(key)
            return nil
        }
    }

    /// Keeps what a directory has just said, in place of what it said before.
    ///
    /// - Returns: until when it is believed.
    @discardableResult
    func keep(_ lookup: Lookup, of identifier: String, in directory: String) -> ContinuousClock.Instant {
        let key = Key.lookup(directory: directory, identifier: ExactText(identifier))
        let now = clock.now
        let (ttl, size): (Duration, Int) =
            switch lookup {
            case .one(let entry): (settings.ttl, entry.batch.byteCount)
            case .none: (settings.negativeTTL, 0)
            // Somebody has to mend that, and then it should be seen.
            case .several: (.zero, 0)
            }
        values.withLock { values in
            guard ttl > .zero else {
                values.remove(key)
                return
            }
            values.insert(
                .lookup(KeptLookup(lookup: lookup, expiry: now + ttl)), for: key,
                cost: Self.overhead + identifier.utf8.count + size)
        }
        return now + ttl
    }

    // MARK: Verdicts

    /// What came of the same name and password before.
    func verdict(_ key: KeyedHash.Digest) -> Decision? {
        let key = Key.verdict(key)
        return values.withLock { values in
            guard case .verdict(let decision, let expiry, let isForOnce)? = values.value(for: key) else { return nil }
            if isForOnce || expiry <= clock.now { values.remove(key) }
            return expiry > clock.now ? decision : nil
        }
    }

    /// Whom a verdict is kept for.
    enum VerdictUse: Sendable {
        /// Everybody who asks within seconds: it was told, and the platform may ask again.
        case repetition
        /// Whoever tries again, as long as what it was made from is believed: its sign-in had no time to be told.
        case nextTry
        /// The next who asks within seconds, and nobody else.
        case once
    }

    /// Keeps a verdict, never longer than what it was made from is believed.
    ///
    /// - Parameter latest: until when that is; nil if it isn't a matter of time.
    func keep(
        _ decision: Decision, for key: KeyedHash.Digest, until latest: ContinuousClock.Instant?, _ use: VerdictUse
    ) {
        guard settings.verdictTTL > .zero else { return }
        let now = clock.now
        let believed = latest ?? now + settings.ttl
        let expiry =
            switch use {
            case .repetition, .once: min(believed, now + settings.verdictTTL)
            case .nextTry: believed
            }
        guard expiry > now else { return }
        let decision = decision.withoutEntries
        values.withLock { values in
            values.insert(
                .verdict(decision, expiry: expiry, isForOnce: use == .once), for: .verdict(key),
                cost: Self.overhead + decision.byteCount)
        }
    }
}

/// A text that is another one if a byte is: the standard library's takes canonically equivalent texts for one, and
/// directories don't.
struct ExactText: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.hasSameScalars(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
