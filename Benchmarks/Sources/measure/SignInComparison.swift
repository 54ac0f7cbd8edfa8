import Foundation
import MigrationCore

/// Sign-ins over one kind of directory beside the same look-ups (and binds) by a loop in C, with a look-up that is kept and
/// without, one after the other and many at once.
struct SignInComparison {
    private static let atOnce = 16
    private static let count = 4800
    /// A prime, so that every one is another person.
    private static let step = 7919

    /// One variant: what is kept, how many at once, and the least ratio to the loop in C.
    private struct Variant {
        let kept: SignIns.Kept
        let atOnce: Int
        let required: Double
    }

    struct Required {
        let notKept: Double
        let notKeptAtOnce: Double
        let kept: Double
        let keptAtOnce: Double
    }

    /// Such as `postgres`.
    let kind: String
    let directory: DirectoryConfiguration
    let attributes: [AttributeRule]
    let username: String
    let people: Int
    let required: Required
    /// A loop in C that has its own connections: gets `count` people from `first` on, of this step.
    let makeLoop: () -> CLoop

    /// A part of the loop's work, for one thread: the number of its first person, how many, their step.
    typealias CLoop = @Sendable (_ first: Int, _ count: Int, _ step: Int) -> Void

    func measure(_ arguments: Arguments) async throws {
        // A bind is the directory's work.
        let hash = directory.password == .bind ? 0 : HashAlone.seconds()
        let variants = [
            Variant(kept: .nothing, atOnce: 1, required: required.notKept),
            Variant(kept: .nothing, atOnce: Self.atOnce, required: required.notKeptAtOnce),
            Variant(kept: .lookUps, atOnce: 1, required: required.kept),
            Variant(kept: .lookUps, atOnce: Self.atOnce, required: required.keptAtOnce),
        ]
        let loops = (0..<Self.atOnce).map { _ in makeLoop() }
        let events = (0..<Self.count).map { SignIns.event($0 * Self.step % people) }
        for variant in variants {
            try await compare(variant, events, loops, hash: hash, arguments)
        }
    }

    private func compare(
        _ variant: Variant, _ events: [[UInt8]], _ loops: [CLoop], hash: Double, _ arguments: Arguments
    ) async throws {
        let signIns = try SignIns(
            directory, attributes: attributes, username: username, kept: variant.kept, atOnce: variant.atOnce)
        let atOnce = variant.atOnce
        let share = Self.count / atOnce
        let kept = variant.kept == .nothing ? "not kept" : "kept"
        let what = "\(kind) sign-in, \(kept), \(atOnce) at once"
        let runs = try await Comparison(
            what: what, yardstick: "C loop", count: Self.count, unit: "sign-ins/s", required: variant.required
        ).run(arguments) {
            await seconds { await signIns.answer(events, atOnce: atOnce) }
        } theirs: {
            await seconds {
                onThreads(atOnce) { loops[$0]($0 * share, share, Self.step) }
            }
        }
        // What a sign-in takes without its hash, and how much of that is beyond the loop.
        let cores = min(atOnce, ProcessInfo.processInfo.activeProcessorCount)
        let own = runs.map { $0.own / Double(Self.count) - hash / Double(cores) }
        let other = runs.map { $0.other / Double(Self.count) }
        Results.add(
            [
                "\(what), but the hash", Results.microseconds(own), "µs a sign-in", "C loop",
                Results.microseconds([median(other)]), "\(Results.microseconds(zip(own, other).map(-))) more", "-",
            ], to: arguments.table)
        let expected = variant.kept == .nothing ? "none" : "memory"
        let counts = signIns.sources.take()
        // The first run is what fills the cache.
        guard counts[expected, default: 0] >= Self.count * arguments.runs else { fail("\(what): \(counts)") }
        await signIns.close()
    }
}
