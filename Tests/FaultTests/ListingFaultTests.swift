import MigrationCore
import Synchronization
import TestSupport
import Testing

/// A listing that was cut short is an error, never one that calls itself complete.
@Suite struct ListingFaultTests {
    private static let count = 11

    /// How far it came: the entries, and its end's own count if there was one.
    private struct Outcome {
        var entries = 0
        var end: ListingEnd?
        var error: DirectoryError?
    }

    private func listing(_ opened: OpenedDirectory, stallLimit: Duration = .seconds(5)) async -> Outcome {
        var outcome = Outcome()
        do throws(DirectoryError) {
            for try await batch in opened.directory.list(stallLimit: stallLimit) {
                outcome.entries += batch.count
                outcome.end = batch.end ?? outcome.end
            }
        } catch {
            outcome.error = error
        }
        return outcome
    }

    private func expectWhole(_ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(outcome.error == nil, sourceLocation: sourceLocation)
        #expect(outcome.entries == Self.count, sourceLocation: sourceLocation)
        #expect(outcome.end?.count == Self.count, sourceLocation: sourceLocation)
    }

    /// Pages of two, so that there are cookies to lose.
    private func open(_ kind: Faulted.Kind, servers: Servers? = nil) async throws -> OpenedDirectory {
        try await OpenedDirectory(kind, servers: servers, isPlain: true) { yaml in
            kind == .ldap
                ? yaml.replacing("list_filter:", with: "page_size: 2\n    list_filter:") : yaml
        }
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `a server that restarts in the middle`(_ kind: Faulted.Kind) async throws {
        let servers = try await Servers.own()
        let opened = try await open(kind, servers: servers)
        expectWhole(await listing(opened))
        let whole = try #require(opened.proxy.deliveries.last)
        // It comes so far and waits; the server that it waits for is another one then.
        opened.proxy.behaviour = .stalling(after: whole * 2 / 3)
        async let outcome = listing(opened, stallLimit: .seconds(20))
        while opened.proxy.deliveries.last != whole * 2 / 3 { try await Task.sleep(for: .milliseconds(5)) }
        switch kind {
        case .postgres: try await servers.postgres.restart()
        case .ldap: try await servers.ldap.restart()
        }
        opened.proxy.behaviour = .passing
        opened.proxy.cut()
        let short = await outcome
        #expect(short.error?.code == .connectionLost)
        #expect(short.end == nil)
        expectWhole(await listing(opened))
        await opened.directory.close()
    }

    @Test(arguments: Faulted.Kind.allCases)
    func `a connection that is lost, or silent, after any part of it`(_ kind: Faulted.Kind) async throws {
        let opened = try await open(kind)
        expectWhole(await listing(opened))
        let whole = try #require(opened.proxy.deliveries.last)
        for part in stride(from: 0, to: whole - 30, by: whole / 10) {
            for behaviour in [FaultProxy.Behaviour.resetting(after: part), .stalling(after: part)] {
                opened.proxy.behaviour = behaviour
                let outcome = await listing(opened, stallLimit: .milliseconds(100))
                #expect(outcome.error != nil, "\(behaviour) of \(whole)")
                #expect(outcome.end == nil, "\(behaviour) of \(whole)")
            }
        }
        opened.proxy.behaviour = .passing
        expectWhole(await listing(opened))
        await opened.directory.close()
    }

    /// unwillingToPerform, as RFC 2696 has a server say it; sizeLimitExceeded; adminLimitExceeded; busy; other.
    @Test(arguments: [53, 4, 11, 51, 80] as [UInt8])
    func `a server that doesn't know the cookie any more, or has enough`(_ code: UInt8) async throws {
        let opened = try await open(.ldap)
        let searches = Counter()
        opened.proxy.behaviour = .rewriting { message in
            guard message.operation == LDAPMessage.Operation.searchDone else { return message }
            // The first is the watermark's; then two pages.
            return searches.next() > 3 ? message.with(resultCode: code) : message
        }
        let outcome = await listing(opened)
        #expect(outcome.error?.nativeCode == "\(code)")
        #expect(outcome.end == nil)
        await opened.directory.close()
    }

    private final class Counter: Sendable {
        private let count = Atomic(0)

        func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).newValue }
    }
}
